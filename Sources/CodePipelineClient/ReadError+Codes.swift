package import AWSClient
package import Primitives

extension ReadError.Kind {
    /// The kind that an error of an operation is.
    package init(_ error: ServiceError, of operation: AWSOperation) {
        if let known = ReadError.Kind.modelled[error.code] {
            self = known
            return
        }
        switch error.errorClass(of: operation.definition.service) {
        case .throttling: self = .throttled
        case .credentials: self = .credentials
        case .clock: self = .clock
        case .accessDenied: self = .accessDenied
        case .transient, .server: self = .unavailable
        case .client: self = .other(code: error.code)
        }
    }

    init(_ error: TransportError) {
        switch error.kind {
        case .cancelled: self = .cancelled
        case .tooLarge: self = .unreadable
        case .timeout, .connection, .lasting, .broken:
            switch error.progress {
            case .notSent: self = .unreachable
            case .maybeSent: self = .unavailable
            }
        }
    }

    private static let modelled: [String: ReadError.Kind] = [
        "PipelineNotFoundException": .pipelineNotFound,
        "PipelineExecutionNotFoundException": .executionNotFound,
        "ValidationException": .validation,
    ]
}
