/// Reads one entry of `pipelines:`.
enum PipelineReader {
    /// An entry with `copies: n` gives n pipelines, named `name-1` to `name-n`.
    static func read(
        _ node: ScenarioNode,
        account: String,
        _ problems: inout ProblemList
    ) -> [Scenario.Pipeline] {
        let map = ScenarioMapping(
            node,
            keys: [
                "name", "execution_mode", "pipeline_type", "stages", "starts", "events", "copies",
            ],
            &problems
        )
        let name = map.text("name", &problems)
        let copies = map.integer("copies", default: 0, in: 0...100_000, &problems)
        var script = ServiceModel.Script()
        let stages = map.list("stages", &problems).map {
            StageReader.read($0, &script, &problems)
        }
        let mode = map.choice(
            "execution_mode",
            default: ServiceModel.ExecutionMode.superseded,
            &problems
        )
        let definition = ServiceModel.Definition(
            name: name,
            executionMode: mode,
            pipelineType: type(map, &problems),
            roleARN: "arn:aws:iam::\(account):role/pipeline",
            stages: stages
        )
        check(definition, map, &problems)
        let starts = map.list("starts", &problems).map {
            Scenario.Event(at: ScenarioMapping.duration($0, &problems), action: .start)
        }
        let events = map.list("events", &problems).compactMap {
            EventReader.read($0, definition, &problems)
        }
        let names = copies == 0 ? [name] : (1...copies).map { "\(name)-\($0)" }
        return names.map { name in
            var copy = definition
            copy.name = name
            return Scenario.Pipeline(definition: copy, script: script, events: starts + events)
        }
    }

    private static func type(_ map: ScenarioMapping, _ problems: inout ProblemList) -> String {
        let type = map.text("pipeline_type", default: "V2", &problems)
        if !["V1", "V2"].contains(type), let node = map["pipeline_type"] {
            problems.add(node, "expected V1 or V2")
        }
        return type
    }

    private static func check(
        _ definition: ServiceModel.Definition,
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) {
        let names =
            [definition.name]
            + definition.stages.flatMap { [$0.name] + $0.actions.map(\.name) }
        for name in names where !Rule.isName(name) || name.utf8.count > 100 {
            problems.add(map.whole, "'\(name)' is not a name: 1 to 100 of A-Z a-z 0-9 . @ - _")
        }
        do throws(ServiceError) {
            try DeclarationReader.checkStructure(definition)
        } catch {
            problems.add(map["stages"] ?? map.whole, error.message)
        }
    }
}

/// Reads one entry of `stages:`.
private enum StageReader {
    static func read(
        _ node: ScenarioNode,
        _ script: inout ServiceModel.Script,
        _ problems: inout ProblemList
    ) -> ServiceModel.Stage {
        let map = ScenarioMapping(
            node,
            keys: [
                "name", "on_failure", "before_entry", "on_success", "failure_condition", "actions",
            ],
            &problems
        )
        let name = map.text("name", &problems)
        let before = condition(map["before_entry"], [.fail, .skip], &problems)
        let success = condition(map["on_success"], [.fail, .rollback], &problems)
        let failure = condition(map["failure_condition"], [.rollback, .fail, .skip], &problems)
        script.beforeEntry[name] = before?.outcomes
        script.onSuccess[name] = success?.outcomes
        script.onFailure[name] = failure?.outcomes
        let actions = map.list("actions", &problems).map {
            ActionReader.read($0, stage: name, &script, &problems)
        }
        return ServiceModel.Stage(
            name: name,
            onFailure: onFailure(map, &problems),
            beforeEntry: before?.result,
            onSuccess: success?.result,
            failureCondition: failure?.result,
            actions: actions
        )
    }

    /// `on_failure: ROLLBACK`, or `RETRY` with a `retry_mode` in a mapping.
    private static func onFailure(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> ServiceModel.OnFailure? {
        guard let node = map["on_failure"] else { return nil }
        var word = node.text
        var mode = ServiceModel.RetryMode.failedActions
        if word == nil {
            let inner = ScenarioMapping(node, keys: ["result", "retry_mode"], &problems)
            word = inner.text("result", &problems)
            mode = inner.choice("retry_mode", default: mode, &problems)
        }
        switch word {
        case "RETRY": return .retry(mode)
        case "ROLLBACK": return .rollback
        case "SKIP": return .skip
        case "FAIL": return .fail
        default:
            problems.add(node, "expected RETRY, ROLLBACK, SKIP or FAIL")
            return nil
        }
    }

    /// `{result: FAIL, outcomes: [succeed, fail]}`: per execution whether the condition holds.
    private static func condition(
        _ node: ScenarioNode?,
        _ results: [ServiceModel.ConditionResult],
        _ problems: inout ProblemList
    ) -> (result: ServiceModel.ConditionResult, outcomes: [Bool])? {
        guard let node else { return nil }
        let map = ScenarioMapping(node, keys: ["result", "outcomes"], &problems)
        let result = map.choice("result", default: ServiceModel.ConditionResult.fail, &problems)
        if !results.contains(result) {
            let words = results.map(\.rawValue).joined(separator: " or ")
            problems.add(map["result"] ?? node, "expected \(words)")
        }
        let outcomes = map.list("outcomes", &problems).map { element in
            let word = element.text
            if word != "succeed", word != "fail" {
                problems.add(element, "expected succeed or fail")
            }
            return word == "succeed"
        }
        return (result, outcomes)
    }
}

/// Reads one entry of `actions:`.
private enum ActionReader {
    static func read(
        _ node: ScenarioNode,
        stage: String,
        _ script: inout ServiceModel.Script,
        _ problems: inout ProblemList
    ) -> ServiceModel.Action {
        let map = ScenarioMapping(
            node,
            keys: [
                "name", "category", "owner", "provider", "run_order", "timeout", "configuration",
                "attempts", "executions", "rollback",
            ],
            &problems
        )
        let name = map.text("name", &problems)
        let category = map.choice("category", default: ServiceModel.Category.build, &problems)
        if map["attempts"] != nil, map["executions"] != nil {
            problems.add(node, "only one of attempts and executions may be given")
        }
        var executions = map.list("executions", &problems).map { list in
            attempts(list, &problems)
        }
        if let list = map["attempts"] {
            executions = [attempts(list, &problems)]
        }
        let rollback = map["rollback"].map { attempts($0, &problems) } ?? []
        script.actions[ServiceModel.ActionKey(stage: stage, action: name)] =
            ServiceModel.ActionScript(executions: executions, rollback: rollback)
        let timeout = map["timeout"].map { ScenarioMapping.duration($0, &problems) }
        return ServiceModel.Action(
            name: name,
            category: category,
            owner: map.text("owner", default: "AWS", &problems),
            provider: map.text("provider", default: provider(category), &problems),
            runOrder: map.integer("run_order", default: 1, in: 1...999, &problems),
            timeout: timeout,
            configuration: configuration(map["configuration"], &problems)
        )
    }

    private static func provider(_ category: ServiceModel.Category) -> String {
        switch category {
        case .source: "S3"
        case .build, .test: "CodeBuild"
        case .deploy: "CodeDeploy"
        case .invoke: "Lambda"
        case .approval: "Manual"
        case .compute: "Commands"
        }
    }

    private static func configuration(
        _ node: ScenarioNode?,
        _ problems: inout ProblemList
    ) -> [String: String] {
        guard let node else { return [:] }
        guard let configuration = node.texts else {
            problems.add(node, "expected a mapping of texts")
            return [:]
        }
        return configuration
    }

    private static func attempts(
        _ node: ScenarioNode,
        _ problems: inout ProblemList
    ) -> [ServiceModel.Attempt] {
        let list = ScenarioMapping.list(node, &problems)
        if list.isEmpty {
            problems.add(node, "at least one attempt is needed")
        }
        return list.map { attempt($0, &problems) }
    }

    /// An attempt is a mapping, or just its result.
    private static func attempt(
        _ node: ScenarioNode,
        _ problems: inout ProblemList
    ) -> ServiceModel.Attempt {
        let results = ServiceModel.Attempt.Result.allCases.map(\.rawValue)
        if let word = node.text {
            guard let result = ServiceModel.Attempt.Result(rawValue: word) else {
                problems.add(node, "expected one of \(results.joined(separator: ", "))")
                return ServiceModel.Attempt()
            }
            return ServiceModel.Attempt(result, code: result == .fail ? "JobFailed" : nil)
        }
        let map = ScenarioMapping(
            node,
            keys: ["result", "after", "code", "message", "summary", "external_url", "cause"],
            &problems
        )
        let result = map.choice(
            "result",
            default: ServiceModel.Attempt.Result.succeed,
            &problems
        )
        let message = map.optionalText("message", &problems)
        let code = map.optionalText("code", &problems)
        let fallback = result == .fail ? "JobFailed" : nil
        return ServiceModel.Attempt(
            result,
            after: map.duration("after", default: .seconds(1), &problems),
            code: code == "none" ? nil : code ?? fallback,
            message: message,
            summary: map.optionalText("summary", &problems),
            externalURL: map.optionalText("external_url", &problems),
            cause: map["cause"].map { CauseReader.read($0, &problems) }
        )
    }
}
