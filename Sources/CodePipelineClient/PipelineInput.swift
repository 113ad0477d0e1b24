/// Members of an operation's input; nil members are omitted.
struct PipelineInput: Encodable {
    let name: String
}

struct ListPipelinesInput: Encodable {
    let maxResults: Int
    let nextToken: String?
}

struct ListActionExecutionsInput: Encodable {
    struct Filter: Encodable {
        let pipelineExecutionId: String
    }

    let pipelineName: String
    let filter: Filter?
    let maxResults: Int
    let nextToken: String?
}

struct ListPipelineExecutionsInput: Encodable {
    let pipelineName: String
    let maxResults: Int
}
