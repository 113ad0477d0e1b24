package import AWSClient
import Primitives

extension Wire.RetryRefusal {
    /// The refusal that an error of CodePipeline is.
    package init(_ error: ServiceError) {
        if let known = Wire.RetryRefusal.modelled[error.code] {
            self = known
            return
        }
        switch error.errorClass(of: .codePipeline) {
        case .throttling: self = .throttled
        case .credentials: self = .credentials
        case .clock: self = .clock
        case .accessDenied: self = .accessDenied
        case .transient, .server, .client: self = .other(code: error.code)
        }
    }

    private static let modelled: [String: Wire.RetryRefusal] = [
        "ConflictException": .conflict,
        "ConcurrentPipelineExecutionsLimitExceededException": .concurrentLimit,
        "NotLatestPipelineExecutionException": .notLatest,
        "StageNotRetryableException": .stageNotRetryable,
        "StageNotFoundException": .stageNotFound,
        "PipelineNotFoundException": .pipelineNotFound,
        "ValidationException": .validation,
    ]
}
