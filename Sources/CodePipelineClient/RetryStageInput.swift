struct RetryStageInput: Encodable {
    let pipelineName: String
    let stageName: String
    let pipelineExecutionId: String
    let retryMode: String
}

/// The answer of RetryStageExecution.
struct RetryStageOutput: Decodable {
    let pipelineExecutionId: String?
}
