package import Primitives

/// What the engine wants done; the effects run in the order of the array.
///
/// A case with a ``CallID`` is answered by one ``Event`` that carries it. A lost answer does no
/// harm: the engine keeps a deadline for each.
package enum Effect: Hashable, Sendable {
    /// Call GetPipelineState; answered by ``Event/stateRead(_:_:)``. An answer whose bytes have
    /// the known digest may come as ``PolledState/unchanged``.
    case readState(CallID, PipelineKey, known: StateDigest?)
    /// Call GetPipeline; answered by ``Event/definitionRead(_:_:)``.
    case readDefinition(CallID, PipelineKey)
    /// Call ListActionExecutions for one execution; answered by ``Event/evidenceRead(_:_:)``.
    case readEvidence(CallID, PipelineKey, ExecutionID)
    /// Call ListPipelineExecutions for one page of so many of the newest; answered by
    /// ``Event/executionsListed(_:_:)``. An answer whose bytes have the known digest may come as
    /// ``PolledExecutions/unchanged``.
    case listExecutions(CallID, PipelineKey, limit: Int, known: StateDigest?)
    /// Call GetPipelineExecution and then ListActionExecutions, all attempts, for one execution;
    /// answered by ``Event/executionRead(_:_:)``.
    case readExecution(CallID, PipelineKey, ExecutionID)
    /// Call ListPipelines, all pages; answered by ``Event/pipelinesListed(_:_:)``.
    case listPipelines(CallID, TargetName)
    /// Evaluate patterns; answered by ``Event/patternsMatched(_:_:)``.
    case matchPatterns(CallID, [PatternQuery])
    /// Read the causes of an episode's failed actions, all of them within the duration; answered by
    /// ``Event/causesRead(_:_:)``, with what is there when it ends.
    case readCauses(CallID, EpisodeKey, [CauseRequest], within: Duration)
    /// Ask the ledger for its record of an episode; answered by ``Event/recalled(_:_:)``.
    case recall(CallID, EpisodeKey)
    /// Ask the ledger what came of failures like one, and what is known of its revision, which a
    /// list of executions may tell; answered by ``Event/precedentsRead(_:_:)``.
    case readPrecedents(CallID, PrecedentQuestion)
    /// Make an intent durable; answered by ``Event/intentRecorded(_:_:)``.
    case recordIntent(CallID, Intent)
    /// Call RetryStageExecution; answered by ``Event/retryAnswered(_:_:)``.
    case retry(CallID, EpisodeKey, RetryMode)
    /// Change the ledger, all of it or nothing: the changes of one event belong together. A failure
    /// comes back as ``Event/ledgerFailed(_:)``.
    case record([LedgerWrite])
    /// Emit a report.
    case report(Report)
}
