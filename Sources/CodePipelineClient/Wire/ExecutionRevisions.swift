package import Primitives
import WireFormats

extension Wire {
    /// One execution with its source revisions (PipelineExecutionSummary).
    ///
    /// Polls of the same list leave the revisions out, since they read it often.
    package struct ExecutionRevisions: Hashable, Sendable, Decodable {
        /// One revision of a source action.
        package struct Revision: Hashable, Sendable, Decodable {
            /// The source action.
            package private(set) var actionName: String?
            /// Its revision.
            package private(set) var revisionId: String?
        }

        /// The execution.
        package private(set) var pipelineExecutionId: String?
        /// Its status as a whole.
        package private(set) var status: PipelineExecutionStatus?
        /// When it began.
        package private(set) var startTime: WallTime?
        /// Its revisions.
        package private(set) var sourceRevisions: [Revision] = []

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineExecutionId, status, startTime, sourceRevisions
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            pipelineExecutionId = try members.value(.pipelineExecutionId)
            status = try members.value(.status)
            startTime = try members.time(.startTime)
            sourceRevisions = try members.list(.sourceRevisions, of: Revision.self)
        }
    }

    /// One page of ListPipelineExecutions, with revisions.
    package struct ExecutionRevisionsPage: Hashable, Sendable, Decodable {
        /// The executions.
        package private(set) var pipelineExecutionSummaries: [ExecutionRevisions] = []
        /// The token for the next page.
        package private(set) var nextToken: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case pipelineExecutionSummaries, nextToken
        }

        package init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            pipelineExecutionSummaries = try members.needed(.pipelineExecutionSummaries)
            nextToken = try members.value(.nextToken)
        }
    }
}
