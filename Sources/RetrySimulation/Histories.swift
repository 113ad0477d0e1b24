import Primitives
import RetryCore

/// What one process of the daemon was shown of executions in PARALLEL mode.
struct Histories: Sendable {
    /// An execution as the newest page that had it showed it.
    struct Row: Sendable {
        var at: WallTime
        /// Whether it ran, or was being stopped.
        var isOpen: Bool
        /// Whether its failure was too old for the config file of that moment.
        var isOld: Bool
    }

    /// The newest reads of single executions.
    var newest: [ExecutionKey: Poll] = [:]
    /// The ones before.
    var former: [ExecutionKey: Poll] = [:]
    /// The lists of executions under way, and when they were asked for.
    var lists: [CallID: (of: PipelineKey, at: Int64)] = [:]
    /// The lists of pipelines of which nothing is in PARALLEL mode.
    var others: [PipelineKey: Oracle.Lists] = [:]
    /// What pages showed.
    var rows: [ExecutionKey: Row] = [:]
    /// When AWS was reported to refuse retries in a pipeline.
    var refusedAt: [PipelineKey: Int64] = [:]
    /// The pipelines that were made again since.
    var remade: Set<PipelineKey> = []
}
