extension ReportKind {
    /// The constant MESSAGE_ID of the event, the key of its catalog text.
    package var messageID: String { catalog.id }

    /// What happened, what it implies, and what to do: the event's text in catalog and runbook.
    package var catalog: CatalogText {
        switch self {
        case .started: .started
        case .stopping: .stopping
        case .configLoaded: .configLoaded
        case .configRejected: .configRejected
        case .targetDegraded: .targetDegraded
        case .targetRecovered: .targetRecovered
        case .pipelineFound: .pipelineFound
        case .pipelineLost: .pipelineLost
        case .stageFailed: .stageFailed
        case .retryScheduled: .retryScheduled
        case .retryDeferred: .retryDeferred
        case .retrySent: .retrySent
        case .retryAccepted: .retryAccepted
        case .retryRefused: .retryRefused
        case .retryUnknown: .retryUnknown
        case .retrySettled: .retrySettled
        case .retryWithoutEffect: .retryWithoutEffect
        case .retryCost: .retryCost
        case .stageRecovered: .stageRecovered
        case .retriesExhausted: .retriesExhausted
        case .stageNotRetried: .stageNotRetried
        case .stageSuperseded: .stageSuperseded
        case .stageRemoved: .stageRemoved
        case .parallelRefused: .parallelRefused
        case .configUnmatched: .configUnmatched
        case .sourceFailed: .sourceFailed
        case .stageStuck: .stageStuck
        case .executionFailed: .executionFailed
        case .causeUnavailable: .causeUnavailable
        case .throttled: .throttled
        case .pollingSlowed: .pollingSlowed
        case .outageHold: .outageHold
        case .outageOver: .outageOver
        case .paused: .paused
        case .resumed: .resumed
        case .wouldRetry: .wouldRetry
        }
    }
}
