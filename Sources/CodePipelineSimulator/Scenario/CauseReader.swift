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
                "nested", "account", "region", "goes_on", "denied",
            ],
            &problems
        )
        return ServiceModel.Cause(
            phase: map.optionalText("phase", &problems),
            status: map.optionalText("status", &problems),
            code: map.optionalText("code", &problems),
            message: map.optionalText("message", &problems),
            log: texts("log", of: map, &problems),
            resource: map.optionalText("resource", &problems),
            resourceType: map.optionalText("type", &problems),
            stackStatus: map.optionalText("stack_status", &problems),
            nested: texts("nested", of: map, &problems),
            account: map.optionalText("account", &problems),
            region: map.optionalText("region", &problems),
            goesOn: map["goes_on"].map { ScenarioMapping.duration($0, &problems) },
            isDenied: map.bool("denied", &problems)
        )
    }

    private static func texts(
        _ key: String,
        of map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> [String] {
        map.list(key, &problems).map { item in
            if item.text == nil { problems.add(item, "expected text") }
            return item.text ?? ""
        }
    }
}
