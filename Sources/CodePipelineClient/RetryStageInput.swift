struct RetryStageInput: Encodable {
    let pipelineName: String
    let stageName: String
    let pipelineExecutionId: String
    let retryMode: String
}

/// What RetryStageExecution answers.
struct RetryStageOutput: Decodable {
    let pipelineExecutionId: String?
}
