package import AWSClient
package import Primitives

/// A call that a reading needs next.
package struct CauseCall: Hashable, Sendable {
    /// The operation, which decides service and protocol.
    package let operation: AWSOperation
    let input: JSONInput

    init(_ operation: AWSOperation, _ input: JSONInput) {
        self.operation = operation
        self.input = input
    }

    /// The call in the form that the service takes.
    package var serviceCall: ServiceCall {
        switch operation.definition.service.wireProtocol {
        case .awsJSON1_0, .awsJSON1_1: .json(operation.definition, input.json)
        case .query: .form(operation.definition, input.parameters)
        }
    }
}

/// What became of a call.
package enum CauseAnswer: Sendable {
    /// The body of a success.
    case body([UInt8])
    /// The service's error.
    case refused(ServiceError)
    /// There is no answer.
    case failed(CauseGap.Kind, String)

    /// Reads an answer as it came.
    package init(status: Int, body: [UInt8]) {
        if (200..<300).contains(status) {
            self = .body(body)
        } else {
            let response = HTTPResponse(status: status, headers: [], body: body)
            self = .refused(ServiceError(response: response))
        }
    }

    /// The gap that a call without a result leaves; nil for a body.
    func gap(of operation: AWSOperation) -> CauseGap? {
        switch self {
        case .body: nil
        case .failed(let kind, let text): CauseGap(operation, kind, text)
        case .refused(let error):
            CauseGap(operation, CauseGap.Kind(error, of: operation), error.description)
        }
    }
}

extension CauseGap.Kind {
    /// The kind that a service's error is.
    init(_ error: ServiceError, of operation: AWSOperation) {
        switch error.errorClass(of: operation.definition.service) {
        case .accessDenied: self = .denied
        case .throttling: self = .throttled
        case .credentials, .clock: self = .credentials
        case .transient, .server: self = .unreachable
        case .client:
            let isMissing =
                error.code.contains("NotFound") || error.code.contains("DoesNotExist")
                || error.message.contains("does not exist")
            self = isMissing ? .missing : .refused
        }
    }
}
