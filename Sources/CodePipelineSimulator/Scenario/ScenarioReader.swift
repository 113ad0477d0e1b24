import YAML

/// Reads scenario files.
package enum ScenarioReader {
    /// Reads a scenario; throws all of its errors, as `file:line: key: what`.
    package static func read(
        _ text: String,
        file: String
    ) throws(ScenarioError) -> Scenario {
        var problems = ProblemList(file: file)
        let root = try compose(text, file: file)
        let scenario = read(ScenarioNode(node: root, path: ""), &problems)
        guard problems.problems.isEmpty else {
            throw ScenarioError(problems: problems.problems.sorted { $0.line < $1.line })
        }
        return scenario
    }

    private static func compose(
        _ text: String,
        file: String
    ) throws(ScenarioError) -> YAMLNode {
        func problem(_ position: SourcePosition, _ what: String) -> ScenarioError.Problem {
            ScenarioError.Problem(file: file, line: position.line, key: "", what: what)
        }
        let document: YAMLDocument
        do {
            document = try YAMLDocument(Array(text.utf8))
        } catch {
            throw ScenarioError(problems: [
                problem(error.position, "not YAML: \(error.problem)")
            ])
        }
        guard document.errors.isEmpty else {
            throw ScenarioError(
                problems: document.errors.map { problem($0.position, what($0.kind)) }
            )
        }
        guard let root = document.root else {
            throw ScenarioError(problems: [problem(.start, "the file is empty")])
        }
        return root
    }

    private static func what(_ error: YAMLError.Kind) -> String {
        switch error {
        case .tag: "a tag is not allowed"
        case .secondDocument: "expected one document"
        case .unknownAlias(let name, _): "the alias *\(name) names no anchor before it"
        case .tooDeep: "nested deeper than \(YAMLDocument.deepest) levels"
        case .tooManyAliasedNodes:
            "the aliases stand for more than \(YAMLDocument.mostAliasedNodes) nodes"
        }
    }

    private static func read(
        _ root: ScenarioNode,
        _ problems: inout ProblemList
    ) -> Scenario {
        let map = ScenarioMapping(
            root,
            keys: [
                "account", "region", "seed", "start_time", "native_window", "handover",
                "execution_limit", "history_keeps", "parallel_retry", "delays", "credentials",
                "pipelines", "faults",
            ],
            &problems
        )
        let account = map.text("account", default: "111122223333", &problems)
        if account.utf8.count != 12 || !account.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            problems.add(map["account"] ?? root, "expected an account id of 12 digits in quotes")
        }
        let pipelines = map.list("pipelines", &problems).flatMap {
            PipelineReader.read($0, account: account, &problems)
        }
        var names: Set<String> = []
        for name in pipelines.map(\.definition.name) where !names.insert(name).inserted {
            problems.add(map["pipelines"] ?? root, "the pipeline name '\(name)' is used twice")
        }
        return Scenario(
            account: account,
            region: map.text("region", default: "eu-west-1", &problems),
            seed: UInt64(map.integer("seed", default: 1, in: 0...Int.max, &problems)),
            startTime: startTime(map, &problems),
            timing: timing(map, &problems),
            credentials: credentials(map, &problems),
            pipelines: pipelines,
            faults: map.list("faults", &problems).compactMap { FaultReader.read($0, &problems) }
        )
    }

    private static func timing(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> ServiceModel.Timing {
        var timing = delays(map["delays"], &problems)
        timing.nativeWindow = map.duration("native_window", default: .seconds(2), &problems)
        timing.handover = map.duration("handover", default: .zero, &problems)
        timing.executionLimit = map.integer(
            "execution_limit",
            default: 50,
            in: 1...10_000,
            &problems
        )
        timing.historyKeeps = map.duration(
            "history_keeps",
            default: timing.historyKeeps,
            &problems
        )
        timing.parallelRetry = map.choice(
            "parallel_retry",
            default: timing.parallelRetry,
            &problems
        )
        return timing
    }

    /// `recorded`, or a mapping of a delay's name to a duration, or to the shortest and longest.
    private static func delays(
        _ node: ScenarioNode?,
        _ problems: inout ProblemList
    ) -> ServiceModel.Timing {
        guard let node else { return ServiceModel.Timing() }
        if let word = node.text {
            if word == "recorded" { return .recorded }
            problems.add(node, "expected recorded, or a mapping of delays")
            return ServiceModel.Timing()
        }
        let names = ServiceModel.Delay.allCases.map(\.rawValue)
        let map = ScenarioMapping(node, keys: names + ["approval_sticks"], &problems)
        var timing = ServiceModel.Timing()
        timing.approvalSticks = map.duration("approval_sticks", default: .seconds(60), &problems)
        for delay in ServiceModel.Delay.allCases {
            guard let value = map[delay.rawValue] else { continue }
            let bounds = value.text == nil ? ScenarioMapping.list(value, &problems) : [value]
            let times = bounds.map { ScenarioMapping.duration($0, &problems).milliseconds }
            guard let shortest = times.first, let longest = times.last, times.count <= 2,
                shortest <= longest
            else {
                problems.add(value, "expected a duration, or the shortest and the longest")
                continue
            }
            timing[delay] = ServiceModel.Span(shortest, longest)
        }
        return timing
    }

    private static func startTime(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> ModelTime? {
        guard let node = map["start_time"] else { return nil }
        guard let text = node.text, let time = parseTime(text) else {
            problems.add(node, "expected a time in UTC such as 2026-11-23T01:02:03Z")
            return nil
        }
        return time
    }

    private static func credentials(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> [Scenario.Credential] {
        let found = map.list("credentials", &problems).map { node in
            let entry = ScenarioMapping(
                node,
                keys: ["access_key_id", "secret_access_key", "session_token", "expired"],
                &problems
            )
            return Scenario.Credential(
                accessKeyID: entry.text("access_key_id", &problems),
                secretAccessKey: entry.text("secret_access_key", &problems),
                sessionToken: entry.optionalText("session_token", &problems),
                isExpired: entry.bool("expired", &problems)
            )
        }
        if found.isEmpty {
            problems.add(
                map.whole,
                "credentials: at least one key is needed to verify signatures with"
            )
        }
        return found
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
