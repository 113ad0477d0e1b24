package import CodePipelineClient
import Primitives
package import RetryCore

extension CallFailure {
    /// Maps a failed read to the engine's value.
    package init(_ error: ReadError) {
        self.init(
            kind: Kind(error),
            operation: error.operation,
            code: error.code?.bounded(.name),
            message: error.message.bounded(.failure),
            requestID: error.requestID?.bounded(.name)
        )
    }
}

extension CallFailure.Kind {
    fileprivate init(_ error: ReadError) {
        switch error.kind {
        case .pipelineNotFound: self = .notFound
        case .executionNotFound, .validation, .other: self = .invalid
        case .accessDenied: self = .accessDenied
        case .throttled: self = .throttled
        case .credentials: self = .credentials
        case .clock: self = .clock
        case .unreachable: self = .unreachable
        // The receiver of the request was reached: the error may be one pipeline's, and not the
        // target's.
        case .unavailable, .unreadable, .cancelled: self = .serverError
        }
    }
}

extension RetryAnswer {
    /// Maps an answer to RetryStageExecution to the engine's value.
    package init(_ wire: Wire.RetryAnswer) {
        let requestID = wire.requestID?.bounded(.name)
        switch wire.outcome {
        case .accepted: self = .accepted(requestID: requestID, at: wire.serverDate)
        case .unknown: self = .unknown(wire.message.bounded(.failure))
        case .refused(let refusal):
            self = .refused(
                RetryRefusal(refusal),
                CallFailure(
                    kind: CallFailure.Kind(refusal),
                    operation: .retryStageExecution,
                    code: wire.code?.bounded(.name),
                    message: wire.message.bounded(.failure),
                    requestID: requestID
                )
            )
        }
    }
}

extension RetryRefusal {
    /// Maps the client's value to the core's.
    package init(_ wire: Wire.RetryRefusal) {
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
    /// Maps a refusal of RetryStageExecution to its kind of error.
    package init(_ wire: Wire.RetryRefusal) {
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
