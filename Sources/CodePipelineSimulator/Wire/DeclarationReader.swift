extension ServiceModel.Action {
    /// The type; in rows with the name of its shape, as the service sends it there.
    func typeJSON(isRow: Bool = false) -> JSON {
        .members([
            ("__type", isRow ? .string("ActionTypeId") : nil),
            ("category", .string(category.rawValue)), ("owner", .string(owner)),
            ("provider", .string(provider)), ("version", .string(version)),
        ])
    }

    func json() -> JSON {
        .members([
            ("name", .string(name)),
            ("actionTypeId", typeJSON()),
            ("runOrder", .integer(Int64(runOrder))),
            ("configuration", .object(configuration.mapValues { .string($0) })),
            ("inputArtifacts", .array([])),
            ("outputArtifacts", .array([])),
            ("timeoutInMinutes", timeout.map { .integer(max($0.components.seconds / 60, 5)) }),
        ])
    }
}

extension ServiceModel.Stage {
    func json() -> JSON {
        .members([
            ("name", .string(name)),
            ("actions", .list(actions) { $0.json() }),
            ("onFailure", failureJSON()),
            ("beforeEntry", beforeEntry.map { .members([conditions($0, "BeforeEntryRule")]) }),
            ("onSuccess", onSuccess.map { .members([conditions($0, "OnSuccessRule")]) }),
        ])
    }

    private func failureJSON() -> JSON? {
        guard onFailure != nil || failureCondition != nil else { return nil }
        var retry: JSON?
        if case .retry(let mode) = onFailure {
            retry = .object(["retryMode": .string(mode.rawValue)])
        }
        return .members([
            ("result", onFailure.map { .string($0.result) }), ("retryConfiguration", retry),
            conditions(failureCondition, "OnFailureRule"),
        ])
    }

    private func conditions(
        _ result: ServiceModel.ConditionResult?,
        _ rule: String
    ) -> (String, JSON?) {
        let type = JSON.object([
            "category": .string("Rule"), "owner": .string("AWS"),
            "provider": .string("CloudWatchAlarm"), "version": .string("1"),
        ])
        let list = result.map { result in
            JSON.array([
                .object([
                    "result": .string(result.rawValue),
                    "rules": .array([
                        .object(["name": .string(rule), "ruleTypeId": type])
                    ]),
                ])
            ])
        }
        return ("conditions", list)
    }
}

extension ServiceModel.Definition {
    /// The declaration as GetPipeline shows it: the one given to UpdatePipeline, else our own.
    func json(version: Int) -> JSON {
        if var members = declaration?.object {
            members["version"] = .integer(Int64(version))
            return .object(members)
        }
        return .object([
            "name": .string(name),
            "roleArn": .string(roleARN),
            "artifactStore": .object([
                "type": .string("S3"), "location": .string("codepipeline-artifacts"),
            ]),
            "stages": .list(stages) { $0.json() },
            "version": .integer(Int64(version)),
            "executionMode": .string(executionMode.rawValue),
            "pipelineType": .string(pipelineType),
        ])
    }
}

/// Reads the declaration of UpdatePipeline.
enum DeclarationReader {
    static func read(_ input: JSON) throws(ServiceError) -> ServiceModel.Definition {
        var outer = RequestReader(input)
        let declaration = outer.structure("pipeline", required: true)
        try outer.finish()
        guard let declaration else { throw .serialization("The member 'pipeline' is missing.") }
        var reader = RequestReader(declaration, path: "pipeline.")
        let name = reader.string("name", Rule.name)
        let role = reader.string("roleArn", Rule.roleARN)
        let modes = ServiceModel.ExecutionMode.allCases.map(\.rawValue)
        let mode = reader.optionalString("executionMode", [.oneOf(modes)]) ?? "SUPERSEDED"
        let type = reader.optionalString("pipelineType", [.oneOf(["V1", "V2"])]) ?? "V1"
        let stages = reader.list("stages", required: true).enumerated().map { place, stage in
            read(stage: stage, "pipeline.stages.\(place + 1).member.", &reader)
        }
        try reader.finish()
        let definition = ServiceModel.Definition(
            name: name,
            executionMode: ServiceModel.ExecutionMode(rawValue: mode) ?? .superseded,
            pipelineType: type,
            roleARN: role,
            stages: stages,
            declaration: declaration
        )
        try checkStructure(definition)
        return definition
    }

    private static func read(
        stage: JSON,
        _ path: String,
        _ outer: inout RequestReader
    ) -> ServiceModel.Stage {
        var reader = RequestReader(stage, path: path)
        let name = reader.string("name", Rule.name)
        let actions = reader.list("actions", required: true).enumerated().map { place, action in
            read(action: action, "\(path)actions.\(place + 1).member.", &reader)
        }
        let failure = reader.structure("onFailure", required: false)
        var inner = RequestReader(failure ?? .object([:]), path: "\(path)onFailure.")
        let result = inner.optionalString(
            "result",
            [.oneOf(["ROLLBACK", "FAIL", "RETRY", "SKIP"])]
        )
        reader.absorb(inner)
        outer.absorb(reader)
        let mode = failure?["retryConfiguration"]?["retryMode"]?.string
        return ServiceModel.Stage(
            name: name,
            onFailure: result.flatMap { onFailure($0, mode) },
            beforeEntry: conditionResult(stage["beforeEntry"]),
            onSuccess: conditionResult(stage["onSuccess"]),
            failureCondition: failure?["conditions"] == nil ? nil : conditionResult(failure),
            actions: actions
        )
    }

    private static func onFailure(
        _ result: String,
        _ mode: String?
    ) -> ServiceModel.OnFailure? {
        switch result {
        case "RETRY":
            .retry(mode.flatMap { ServiceModel.RetryMode(rawValue: $0) } ?? .failedActions)
        case "ROLLBACK": .rollback
        case "SKIP": .skip
        case "FAIL": .fail
        default: nil
        }
    }

    private static func conditionResult(_ value: JSON?) -> ServiceModel.ConditionResult? {
        guard let value else { return nil }
        let result = value["conditions"]?[0]?["result"]?.string
        return result.flatMap { ServiceModel.ConditionResult(rawValue: $0) } ?? .fail
    }

    private static func read(
        action: JSON,
        _ path: String,
        _ outer: inout RequestReader
    ) -> ServiceModel.Action {
        var reader = RequestReader(action, path: path)
        let name = reader.string("name", Rule.name)
        let type = reader.structure("actionTypeId", required: true) ?? .object([:])
        var inner = RequestReader(type, path: "\(path)actionTypeId.")
        let categories = ServiceModel.Category.allCases.map(\.rawValue)
        let category = inner.string("category", [.oneOf(categories)])
        let owner = inner.string("owner", [.oneOf(["AWS", "ThirdParty", "Custom"])])
        let provider = inner.string("provider", Rule.provider)
        let version = inner.string("version", Rule.version)
        let order = reader.integer("runOrder", in: 1...999) ?? 1
        let timeout = reader.integer("timeoutInMinutes", in: 5...86_400)
        reader.absorb(inner)
        outer.absorb(reader)
        return ServiceModel.Action(
            name: name,
            category: ServiceModel.Category(rawValue: category) ?? .build,
            owner: owner,
            provider: provider,
            version: version,
            runOrder: order,
            timeout: timeout.map { .seconds($0 * 60) },
            configuration: (action["configuration"]?.object ?? [:]).compactMapValues(\.string)
        )
    }

    /// The rules on the whole that the API model cannot express.
    static func checkStructure(_ definition: ServiceModel.Definition) throws(ServiceError) {
        let invalid = "InvalidStructureException"
        guard definition.stages.count >= 2 else {
            throw .structure(
                invalid,
                "Pipeline has \(definition.stages.count) stage(s). There should be a "
                    + "minimum of 2 stages in a pipeline"
            )
        }
        guard definition.pipelineType == "V2" || definition.executionMode == .superseded else {
            throw .structure(
                invalid,
                "The execution mode \(definition.executionMode.rawValue) needs a "
                    + "pipeline of type V2"
            )
        }
        guard Set(definition.stages.map(\.name)).count == definition.stages.count else {
            throw .structure("InvalidStageDeclarationException", "A stage name is used twice")
        }
        for stage in definition.stages {
            guard !stage.actions.isEmpty else {
                throw .structure(
                    "InvalidStageDeclarationException",
                    "Stage '\(stage.name)' has no actions"
                )
            }
            guard Set(stage.actions.map(\.name)).count == stage.actions.count else {
                throw .structure(
                    "InvalidActionDeclarationException",
                    "An action name is used twice in stage '\(stage.name)'"
                )
            }
        }
    }
}
