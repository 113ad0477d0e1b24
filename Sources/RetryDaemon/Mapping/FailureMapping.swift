import CodePipelineClient
package import RetryCore

extension CallFailure {
    /// What a failed read is to the engine.
    package init(_ error: WireReadError) {
        self.init(
            kind: Kind(error),
            operation: error.operation,
            code: CallFailure.code(of: error),
            message: CallFailure.text(of: error.message),
            requestID: error.requestID?.bounded(.name)
        )
    }

    /// AWS's error code, where AWS answered with an error.
    private static func code(of error: WireReadError) -> String? {
        switch error.kind {
        case .other(let code): code.bounded(.name)
        case .pipelineNotFound, .executionNotFound, .validation, .accessDenied, .throttled,
            .credentials, .clock, .unavailable:
            leadingCode(of: error.message)
        case .unreachable, .unreadable, .cancelled: nil
        }
    }

    /// The code in `Code: message (HTTP 400)`, the form in which the client says AWS's errors.
    fileprivate static func leadingCode(of message: String) -> String? {
        let code = message.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let rest = message.dropFirst(code.count)
        guard !code.isEmpty, rest.hasPrefix(": ") || rest.hasPrefix(" (HTTP"),
            message.contains("(HTTP ")
        else { return nil }
        return String(code).bounded(.name)
    }

    /// The message without the code in front of it, since the code stands in a field of its own.
    fileprivate static func text(of message: String) -> String {
        guard let code = leadingCode(of: message), message.hasPrefix("\(code): ") else {
            return message.bounded(.failure)
        }
        return String(message.dropFirst(code.count + 2)).bounded(.failure)
    }
}

extension CallFailure.Kind {
    fileprivate init(_ error: WireReadError) {
        switch error.kind {
        case .pipelineNotFound: self = .notFound
        case .executionNotFound, .validation, .other: self = .invalid
        case .accessDenied: self = .accessDenied
        case .throttled: self = .throttled
        case .credentials: self = .credentials
        case .clock: self = .clock
        case .unreachable: self = .unreachable
        // Whoever took the request was reached: one pipeline's trouble, perhaps, and not the
        // target's.
        case .unavailable, .unreadable, .cancelled: self = .trouble
        }
    }
}

extension RetryCore.RetryAnswer {
    /// What an answer to RetryStageExecution is to the engine.
    package init(_ wire: WireRetryAnswer) {
        let requestID = wire.requestID?.bounded(.name)
        switch wire.outcome {
        case .accepted: self = .accepted(requestID: requestID, at: wire.serverDate)
        case .unknown: self = .unknown(wire.message.bounded(.failure))
        case .refused(let refusal):
            self = .refused(
                RetryCore.RetryRefusal(refusal),
                CallFailure(
                    kind: CallFailure.Kind(refusal),
                    operation: "RetryStageExecution",
                    code: refusal.code ?? CallFailure.leadingCode(of: wire.message),
                    message: CallFailure.text(of: wire.message),
                    requestID: requestID
                )
            )
        }
    }
}

extension RetryCore.RetryRefusal {
    /// The core's word for the client's.
    package init(_ wire: WireRefusal) {
        switch wire {
        case .conflict: self = .conflict
        case .concurrentLimit: self = .concurrentLimit
        case .notLatest: self = .notLatest
        case .stageNotRetryable: self = .notRetryable
        case .stageNotFound: self = .stageNotFound
        case .pipelineNotFound: self = .pipelineNotFound
        case .validation: self = .invalid
        case .accessDenied: self = .accessDenied
        case .throttled: self = .throttled
        case .credentials, .clock: self = .credentials
        case .unreachable: self = .unreachable
        case .other: self = .other
        }
    }
}

extension CallFailure.Kind {
    /// The kind of trouble that a refusal of RetryStageExecution shows.
    package init(_ wire: WireRefusal) {
        switch wire {
        case .conflict, .concurrentLimit, .notLatest, .stageNotRetryable, .stageNotFound,
            .validation, .other:
            self = .invalid
        case .pipelineNotFound: self = .notFound
        case .accessDenied: self = .accessDenied
        case .throttled: self = .throttled
        case .credentials: self = .credentials
        case .clock: self = .clock
        case .unreachable: self = .unreachable
        }
    }
}

extension WireRefusal {
    fileprivate var code: String? {
        switch self {
        case .other(let code): code.bounded(.name)
        case .conflict, .concurrentLimit, .notLatest, .stageNotRetryable, .stageNotFound,
            .pipelineNotFound, .validation, .accessDenied, .throttled, .credentials, .clock,
            .unreachable:
            nil
        }
    }
}

extension ReadAnswer {
    /// The answer of a read, with its value made into facts; one with names that can not be used
    /// is a failure.
    static func of<Wire: Hashable & Sendable>(
        _ operation: String,
        _ read: () async throws(WireReadError) -> Reading<Wire>,
        refusing fault: (Wire) -> NameFault?,
        _ facts: (Wire) -> Value
    ) async -> ReadAnswer {
        do throws(WireReadError) {
            let reading = try await read()
            if let fault = fault(reading.value) { return .failed(fault.failure(of: operation)) }
            return .read(facts(reading.value), at: reading.serverDate)
        } catch {
            return .failed(CallFailure(error))
        }
    }
}
