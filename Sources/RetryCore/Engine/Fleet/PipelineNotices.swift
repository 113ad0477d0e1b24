import Primitives

/// Conditions that a poll shows and no episode reports: sources that cannot be read, stages that do
/// not end.
struct PipelineNotices: Hashable, Sendable {
    /// The source failures that were reported, while they last.
    var sources: Set<SourceFailure> = []
    /// The stages that have nothing left to run.
    var stuck: [StageName: Stuck] = [:]

    /// One source action that cannot be read.
    struct SourceFailure: Hashable, Sendable {
        let stage: StageName
        let action: ActionName
    }

    /// A stage that is InProgress although nothing in it runs.
    struct Stuck: Hashable, Sendable {
        let execution: ExecutionID
        let failure: FailureFacts
        let since: Instant
        var isReported = false
    }
}
