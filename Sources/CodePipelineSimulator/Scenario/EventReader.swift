/// Reads one entry of `events:`.
enum EventReader {
    /// The events by their names in a scenario.
    private enum Name: String, CaseIterable {
        case start, stop, update
        case disableTransition = "disable_transition"
        case enableTransition = "enable_transition"
        case retry, approve, reject, rollback
        case failExecution = "fail_execution"
        case failSource = "fail_source"
        case busy
    }

    static func read(
        _ node: ScenarioNode,
        _ definition: ServiceModel.Definition,
        _ problems: inout ProblemList
    ) -> Scenario.Event? {
        let map = ScenarioMapping(
            node,
            keys: [
                "at", "do", "stage", "action", "abandon", "reason", "mode", "summary", "for",
                "code", "message", "execution", "execution_mode",
            ],
            &problems
        )
        let at = map.duration("at", default: nil, &problems)
        guard let action = action(map, definition, &problems) else { return nil }
        return Scenario.Event(at: at, action: action)
    }

    private static func action(
        _ map: ScenarioMapping,
        _ definition: ServiceModel.Definition,
        _ problems: inout ProblemList
    ) -> ServiceModel.OutsideAction? {
        guard let name = Name(rawValue: map.text("do", &problems)) else {
            if let node = map["do"] {
                let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
                problems.add(node, "expected one of \(names)")
            }
            return nil
        }
        switch name {
        case .start: return .start
        case .stop:
            return .stop(
                abandon: map.bool("abandon", &problems),
                reason: map.optionalText("reason", &problems),
                execution: execution(map, &problems)
            )
        case .update: return update(map, &problems)
        case .disableTransition:
            return .disableTransition(
                stage: stage(map, definition, &problems),
                reason: map.text("reason", default: "maintenance", &problems)
            )
        case .enableTransition:
            return .enableTransition(stage: stage(map, definition, &problems))
        case .retry:
            return .retry(
                stage: stage(map, definition, &problems),
                mode: map.choice(
                    "mode",
                    default: ServiceModel.RetryMode.failedActions,
                    &problems
                ),
                execution: execution(map, &problems)
            )
        case .approve: return answer(map, definition, approve: true, &problems)
        case .reject: return answer(map, definition, approve: false, &problems)
        case .rollback: return .rollback(stage: stage(map, definition, &problems))
        case .failExecution:
            return .failExecution(reason: map.text("reason", &problems))
        case .failSource:
            let (stage, action) = place(map, definition, &problems)
            return .failSource(
                stage: stage,
                action: action,
                code: map.text("code", default: "ConfigurationError", &problems),
                message: map.text("message", &problems)
            )
        case .busy: return .busy(map.duration("for", default: nil, &problems))
        }
    }

    private static func update(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> ServiceModel.OutsideAction {
        guard map["execution_mode"] != nil else { return .update }
        let fallback = ServiceModel.ExecutionMode.superseded
        return .switchMode(map.choice("execution_mode", default: fallback, &problems))
    }

    /// The number of an execution in the order of starts; nil: the event picks one.
    private static func execution(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> Int? {
        guard map["execution"] != nil else { return nil }
        return map.integer("execution", default: 1, in: 1...100_000, &problems)
    }

    private static func stage(
        _ map: ScenarioMapping,
        _ definition: ServiceModel.Definition,
        _ problems: inout ProblemList
    ) -> String {
        let name = map.text("stage", &problems)
        if let node = map["stage"], definition.stageIndex(name) == nil {
            problems.add(node, "the pipeline has no stage '\(name)'")
        }
        return name
    }

    private static func place(
        _ map: ScenarioMapping,
        _ definition: ServiceModel.Definition,
        _ problems: inout ProblemList
    ) -> (stage: String, action: String) {
        let stage = stage(map, definition, &problems)
        let action = map.text("action", &problems)
        let declared = definition.stages.first { $0.name == stage }?.actions ?? []
        if let node = map["action"], !declared.contains(where: { $0.name == action }) {
            problems.add(node, "the stage has no action '\(action)'")
        }
        return (stage, action)
    }

    private static func answer(
        _ map: ScenarioMapping,
        _ definition: ServiceModel.Definition,
        approve: Bool,
        _ problems: inout ProblemList
    ) -> ServiceModel.OutsideAction {
        let (stage, action) = place(map, definition, &problems)
        let summary = map.text(
            "summary",
            default: approve ? "Approved" : "Rejected",
            &problems
        )
        return .answer(
            stage: stage,
            action: action,
            approve: approve,
            summary: summary,
            execution: execution(map, &problems)
        )
    }
}
