/// Members of an operation's input; nil members are omitted.
struct PipelineInput: Encodable {
    let name: String
}

struct ListPipelinesInput: Encodable {
    let maxResults: Int
    let nextToken: String?
}

struct ListActionExecutionsInput: Encodable {
    /// Exactly one of its members is set.
    struct Filter: Encodable {
        var pipelineExecutionId: String?
        var latestInPipelineExecution: Attempts?
    }

    /// The attempts of one execution: `All`, or only the `Latest` of each action.
    struct Attempts: Encodable {
        let pipelineExecutionId: String
        var startTimeRange = "All"
    }

    let pipelineName: String
    let filter: Filter?
    let maxResults: Int
    let nextToken: String?
}

struct PipelineExecutionInput: Encodable {
    let pipelineName: String
    let pipelineExecutionId: String
}

struct ListPipelineExecutionsInput: Encodable {
    let pipelineName: String
    let maxResults: Int
    var nextToken: String?
}
