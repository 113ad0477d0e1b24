package import Primitives

/// One page of what ListPipelines answers.
package struct PipelinePage: Hashable, Sendable, Decodable {
    /// The pipelines.
    package let pipelines: [PipelineSummary]
    /// What asks for the next page; absent on the last.
    package let nextToken: String?

    private enum CodingKeys: String, CodingKey {
        case pipelines, nextToken
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        pipelines = try members.needed(.pipelines)
        nextToken = try members.value(.nextToken)
    }
}

/// One pipeline of an account and Region (PipelineSummary).
package struct PipelineSummary: Hashable, Sendable, Decodable {
    /// The pipeline's name.
    package let name: String?
    /// The version of the definition.
    package let version: Int?
    /// The pipeline's generation.
    package let pipelineType: PipelineType?
    /// How its executions meet.
    package let executionMode: ExecutionMode?
    /// When the pipeline was created.
    package let created: WallTime?
    /// When its definition was last changed.
    package let updated: WallTime?

    private enum CodingKeys: String, CodingKey {
        case name, version, pipelineType, executionMode, created, updated
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        name = try members.value(.name)
        version = try members.value(.version)
        pipelineType = try members.value(.pipelineType)
        executionMode = try members.value(.executionMode)
        created = try members.time(.created)
        updated = try members.time(.updated)
    }
}

/// What GetPipelineExecution answers (PipelineExecution).
package struct PipelineExecution: Hashable, Sendable, Decodable {
    /// The pipeline's name.
    package let pipelineName: String?
    /// The version of the definition.
    package let pipelineVersion: Int?
    /// The execution.
    package let pipelineExecutionId: String?
    /// How it stands as a whole.
    package let status: PipelineExecutionStatus?
    /// A text about the status.
    package let statusSummary: String?
    /// How this execution meets others.
    package let executionMode: ExecutionMode?
    /// What it is for.
    package let executionType: ExecutionType?
    /// What started it, by AWS's name.
    package let triggerType: String?
    /// Who or what exactly started it.
    package let triggerDetail: String?

    /// An answer without an execution.
    static let empty = PipelineExecution()

    private enum CodingKeys: String, CodingKey {
        case pipelineName, pipelineVersion, pipelineExecutionId, status, statusSummary
        case executionMode, executionType, trigger
    }

    private struct Trigger: Decodable {
        let triggerType: String?
        let triggerDetail: String?
    }

    private init() {
        (pipelineName, pipelineVersion, pipelineExecutionId) = (nil, nil, nil)
        (status, statusSummary, executionMode, executionType) = (nil, nil, nil, nil)
        (triggerType, triggerDetail) = (nil, nil)
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        pipelineName = try members.value(.pipelineName)
        pipelineVersion = try members.value(.pipelineVersion)
        pipelineExecutionId = try members.value(.pipelineExecutionId)
        status = try members.value(.status)
        statusSummary = try members.value(.statusSummary)
        executionMode = try members.value(.executionMode)
        executionType = try members.value(.executionType)
        let trigger = try members.value(.trigger, of: Trigger.self)
        triggerType = trigger?.triggerType
        triggerDetail = trigger?.triggerDetail
    }
}

/// The envelope around a ``PipelineExecution``.
struct ExecutionAnswer: Decodable {
    let execution: PipelineExecution

    private enum CodingKeys: String, CodingKey {
        case pipelineExecution
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        execution = try members.decode(PipelineExecution.self, forKey: .pipelineExecution)
    }
}
