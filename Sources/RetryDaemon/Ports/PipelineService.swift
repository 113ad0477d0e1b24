package import Primitives
package import RetryCore

/// The calls that the loop makes to CodePipeline for one target.
///
/// Every method returns in every case, and ends soon after its task is cancelled.
package protocol PipelineService: Sendable {
    /// GetPipelineState; bytes with the known digest are not decoded.
    func state(
        of pipeline: PipelineName,
        known: StateDigest?
    ) async -> ReadAnswer<PolledState>

    /// GetPipeline.
    func definition(of pipeline: PipelineName) async -> ReadAnswer<PipelineDefinition>

    /// ListActionExecutions, filtered by the execution.
    func actions(
        of pipeline: PipelineName,
        in execution: ExecutionID
    ) async -> ReadAnswer<[ActionRow]>

    /// ListActionExecutions of all executions, newest first: the page after a token; nil: the
    /// newest.
    func history(of pipeline: PipelineName, after token: String?) async -> ReadAnswer<HistoryPage>

    /// ListPipelineExecutions with revisions, so many a page, newest first: the page after a token;
    /// nil: the newest.
    func revisions(
        of pipeline: PipelineName,
        after token: String?,
        limit: Int
    ) async -> ReadAnswer<ExecutionPage>

    /// ListPipelineExecutions, so many of the newest; bytes with the known digest are not decoded.
    func executions(
        of pipeline: PipelineName,
        limit: Int,
        known: StateDigest?
    ) async -> ReadAnswer<PolledExecutions>

    /// GetPipelineExecution, then ListActionExecutions for every attempt; nil: AWS has no such
    /// execution.
    func execution(
        _ execution: ExecutionID,
        of pipeline: PipelineName
    ) async -> ReadAnswer<ExecutionReading?>

    /// ListPipelines, all pages.
    func pipelines() async -> ReadAnswer<[PipelineName]>

    /// RetryStageExecution; sent again only after an attempt that certainly was not executed.
    func retry(_ episode: EpisodeKey, _ mode: RetryMode) async -> RetryAnswer
}

/// One target's connection to AWS: its service, and the background work that it needs.
package protocol ServiceConnection: Sendable {
    /// The service that the loop calls.
    var service: any PipelineService { get }

    /// Reads causes from the services that ran the actions.
    var causes: any CauseAnswering { get }

    /// Does the background work of the service, such as refreshing credentials, until ``close()``.
    func run() async

    /// Ends ``run()``; called once, when no call of the connection is under way any more.
    func close()
}

/// Creates connections.
package protocol Connecting: Sendable {
    /// How a target is reached; equal values mean that a connection can stay.
    associatedtype Settings: Hashable, Sendable

    /// Creates a connection; nothing is sent yet.
    func connect(_ target: TargetName, _ settings: Settings) -> any ServiceConnection
}

/// Evaluates the rules' patterns, within bounds of its own.
package protocol PatternEvaluating: Sendable {
    /// Whether the pattern is somewhere in the text.
    func find(_ query: PatternQuery) -> PatternFinding
}
