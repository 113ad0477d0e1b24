/// Reads `cause:` of an attempt: what the service that ran it says.
enum CauseReader {
    static func read(
        _ node: ScenarioNode,
        _ problems: inout ProblemList
    ) -> ServiceModel.Cause {
        let map = ScenarioMapping(
            node,
            keys: [
                "phase", "status", "code", "message", "log", "resource", "type", "stack_status",
                "denied",
            ],
            &problems
        )
        let log = map.list("log", &problems).map { line in
            if line.text == nil { problems.add(line, "expected text") }
            return line.text ?? ""
        }
        return ServiceModel.Cause(
            phase: map.optionalText("phase", &problems),
            status: map.optionalText("status", &problems),
            code: map.optionalText("code", &problems),
            message: map.optionalText("message", &problems),
            log: log,
            resource: map.optionalText("resource", &problems),
            resourceType: map.optionalText("type", &problems),
            stackStatus: map.optionalText("stack_status", &problems),
            isDenied: map.bool("denied", &problems)
        )
    }
}
