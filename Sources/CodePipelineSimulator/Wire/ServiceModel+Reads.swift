/// The operations that only read.
extension ServiceModel {
    func getPipelineState(_ input: JSON) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let name = reader.string("name", Rule.name)
        try reader.finish()
        return try state(of: name).json(region: region)
    }

    func getPipeline(_ input: JSON) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let name = reader.string("name", Rule.name)
        let version = reader.integer("version", in: 1...Int(Int32.max))
        try reader.finish()
        return try declaration(of: name, version: version)
    }

    private func declaration(of name: String, version: Int?) throws(ServiceError) -> JSON {
        let definition = try definition(of: name, version: version)
        let record = pipelines[try place(of: name)]
        return .object([
            "pipeline": definition.json(version: version ?? record.version),
            "metadata": .object([
                "pipelineArn": .string(arn(name)),
                "created": .timestamp(record.created),
                "updated": .timestamp(record.updated),
            ]),
        ])
    }

    /// The ARN of a pipeline, or of a stage written `pipeline/stage`.
    package func arn(_ resource: String) -> String {
        "arn:\(context.partition):codepipeline:\(region):\(account):\(resource)"
    }

    func listPipelines(_ input: JSON) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let limit = reader.integer("maxResults", in: 1...1000) ?? 1000
        let token = reader.optionalString("nextToken", Rule.nextToken)
        try reader.finish()
        let after = try token.map { token throws(ServiceError) in
            try PageToken.read(token, scope: "pipelines")
        }
        let names = pipelineNames
        let start = Int(exactly: after ?? 0) ?? names.count
        guard start <= names.count else { throw .invalidToken(token ?? "") }
        let page = names[start..<min(start + limit, names.count)]
        let hasMore = page.endIndex < names.count
        return .members([
            ("pipelines", .list(Array(page)) { summary($0) }),
            (
                "nextToken",
                hasMore
                    ? .string(PageToken.write(UInt64(page.endIndex), scope: "pipelines")) : nil
            ),
        ])
    }

    private func summary(_ name: String) -> JSON {
        guard let place = places[name] else { return .null }
        let record = pipelines[place]
        return .object([
            "name": .string(name),
            "version": .integer(Int64(record.version)),
            "pipelineType": .string(record.definition.pipelineType),
            "executionMode": .string(record.definition.executionMode.rawValue),
            "created": .timestamp(record.created),
            "updated": .timestamp(record.updated),
        ])
    }

    func getPipelineExecution(_ input: JSON) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let id = reader.string("pipelineExecutionId", Rule.uuid)
        try reader.finish()
        let execution = try execution(id, of: pipeline)
        return .object(["pipelineExecution": execution.json(pipeline: pipeline)])
    }

    func listPipelineExecutions(_ input: JSON) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let limit = reader.integer("maxResults", in: 1...100) ?? 100
        let token = reader.optionalString("nextToken", Rule.nextToken)
        let filter = reader.structure("filter", required: false)
        var stage: String?
        if let succeeded = filter?["succeededInStage"] {
            var inner = RequestReader(succeeded, path: "filter.succeededInStage.")
            stage = inner.optionalString("stageName", Rule.name)
            reader.absorb(inner)
        }
        try reader.finish()
        let record = pipelines[try place(of: pipeline)]
        let scope = "executions/\(pipeline)/\(stage ?? "")"
        let below = try pageStart(token, scope: scope, all: UInt64(record.executions.count))
        let context = context
        let found = record.executions.indices.reversed().lazy.filter { number in
            number < below && record.executions[number].appears <= context.now
                && record.remembers(number, context)
                && (stage.map { record.hasSucceeded(number, in: $0) } ?? true)
        }
        let page = Array(found.prefix(limit + 1))
        return .members([
            (
                "pipelineExecutionSummaries",
                .list(Array(page.prefix(limit))) {
                    record.executionView($0, context.now).summaryJSON()
                }
            ),
            (
                "nextToken",
                page.count > limit
                    ? .string(PageToken.write(UInt64(page[limit - 1]), scope: scope)) : nil
            ),
        ])
    }

    mutating func listActionExecutions(_ input: JSON) throws(ServiceError) -> JSON {
        var reader = RequestReader(input)
        let pipeline = reader.string("pipelineName", Rule.name)
        let limit = reader.integer("maxResults", in: 1...100) ?? 100
        let token = reader.optionalString("nextToken", Rule.nextToken)
        let filter = ActionFilter(&reader)
        try reader.finish()
        guard places[pipeline] != nil else { throw .noPipelineToList(pipeline, account: account) }
        var runs = try selected(by: filter, of: pipeline)
        if filter.latestOnly {
            var seen: Set<ActionKey> = []
            runs = runs.filter {
                seen.insert(ActionKey(stage: $0.stage, action: $0.action.name)).inserted
            }
        }
        let family = "actions/\(pipeline)/\(filter.latestIn ?? filter.execution ?? "")"
        let scope = family + filter.kind
        let below = try pageStart(token, scope: scope, family: family, all: .max)
        let page = Array(runs.lazy.filter { $0.sequence < below }.prefix(limit + 1))
        return .members([
            (
                "actionExecutionDetails",
                .list(Array(page.prefix(limit))) { $0.detailJSON(region: region) }
            ),
            (
                "nextToken",
                page.count > limit
                    ? .string(
                        PageToken.write(page[limit - 1].sequence, scope: scope, family: family)
                    ) : nil
            ),
        ])
    }

    /// The runs that both filters select, newest first.
    private mutating func selected(
        by filter: ActionFilter,
        of pipeline: String
    ) throws(ServiceError) -> [ActionRunView] {
        let place = try place(of: pipeline)
        if let execution = filter.execution { _ = try rememberedPlace(execution, of: place) }
        if let latest = filter.latestIn {
            let number = pipelines[place].indexByID[latest]
            guard let number, pipelines[place].remembers(number, context) else {
                throw .noExecution("null", pipeline: pipeline)
            }
        }
        let seen = context.now - context.draw(.historyLags)
        let runs = try actionRuns(
            of: pipeline,
            execution: filter.execution ?? filter.latestIn,
            asOf: seen < now ? seen : nil
        )
        guard let latest = filter.latestIn else { return runs }
        return runs.filter { $0.execution == latest }
    }

    private func pageStart(
        _ token: String?,
        scope: String,
        family: String? = nil,
        all: UInt64
    ) throws(ServiceError) -> UInt64 {
        guard let token else { return all }
        return try PageToken.read(token, scope: scope, family: family ?? scope)
    }
}

/// The filter of ListActionExecutions.
private struct ActionFilter {
    /// pipelineExecutionId at the top.
    var execution: String?
    /// latestInPipelineExecution.pipelineExecutionId.
    var latestIn: String?
    /// Whether its startTimeRange is Latest.
    var latestOnly = false

    /// Identifies the filters of one execution: a page token is valid for one of them.
    var kind: String {
        "/\(execution != nil)/\(latestIn != nil)/\(latestOnly)"
    }

    init(_ reader: inout RequestReader) {
        guard let filter = reader.structure("filter", required: false) else { return }
        var inner = RequestReader(filter, path: "filter.")
        execution = inner.optionalString("pipelineExecutionId", Rule.uuid)
        if let latest = inner.structure("latestInPipelineExecution", required: false) {
            var deep = RequestReader(latest, path: "filter.latestInPipelineExecution.")
            latestIn = deep.string("pipelineExecutionId", Rule.uuid)
            latestOnly = deep.string("startTimeRange", [.oneOf(["Latest", "All"])]) == "Latest"
            inner.absorb(deep)
        }
        reader.absorb(inner)
    }
}

/// Page tokens: a position and a check of the list that it belongs to.
enum PageToken {
    static func write(_ position: UInt64, scope: String, family: String? = nil) -> String {
        hexadecimal(position, digits: 16) + hexadecimal(check(position, scope), digits: 16)
            + hexadecimal(check(position, family ?? scope), digits: 16)
    }

    /// The position in a list; a token of another list of the same family is an internal failure.
    static func read(
        _ token: String,
        scope: String,
        family: String? = nil
    ) throws(ServiceError) -> UInt64 {
        guard token.utf8.count == 48, let position = UInt64(token.prefix(16), radix: 16),
            let sum = UInt64(token.dropFirst(16).prefix(16), radix: 16),
            let familySum = UInt64(token.suffix(16), radix: 16),
            familySum == check(position, family ?? scope)
        else { throw .invalidToken(token) }
        guard sum == check(position, scope) else { throw .internalFailure }
        return position
    }

    /// FNV-1a, so that a token of another list is noticed.
    private static func check(_ position: UInt64, _ scope: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ position
        for byte in scope.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return hash
    }
}

/// The answers of reads, as the bytes on the wire.
extension ServiceModel {
    /// The body of GetPipelineState with a state.
    package func body(of state: StateView, _ parts: inout WrittenParts<StageView>) -> [UInt8] {
        state.json(stages: parts.list(state.stages) { $0.json(region: region) }).utf8
    }

    /// The body of GetPipeline with a version.
    package func body(
        ofDefinition version: Int,
        of pipeline: String
    ) throws(ServiceError) -> [UInt8] {
        try declaration(of: pipeline, version: version).utf8
    }

    /// The body of ListActionExecutions with rows.
    package func body(
        of runs: [ActionRunView],
        _ parts: inout WrittenParts<ActionRunView>
    ) -> [UInt8] {
        let rows = parts.list(runs) { $0.detailJSON(region: region) }
        return JSON.object(["actionExecutionDetails": rows]).utf8
    }

    /// The body of GetPipelineExecution with an execution.
    package func body(of execution: ExecutionView, pipeline: String) -> [UInt8] {
        JSON.object(["pipelineExecution": execution.json(pipeline: pipeline)]).utf8
    }

    /// The body of ListPipelineExecutions with rows.
    package func body(
        of executions: [ExecutionView],
        _ parts: inout WrittenParts<ExecutionView>
    ) -> [UInt8] {
        JSON.object(["pipelineExecutionSummaries": parts.list(executions) { $0.summaryJSON() }])
            .utf8
    }
}
