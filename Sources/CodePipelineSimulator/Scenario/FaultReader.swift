/// Reads one entry of `faults:`.
enum FaultReader {
    private static let kinds = [
        "throttle", "500", "502", "503", "latency", "lost_answer", "lost_request",
        "close_mid_answer", "access_denied", "expired_token", "skewed_date", "garbage", "error",
    ]

    static func read(_ node: ScenarioNode, _ problems: inout ProblemList) -> Fault? {
        let map = ScenarioMapping(
            node,
            keys: [
                "operation", "pipeline", "kind", "calls", "every", "rate", "for", "seconds",
                "code", "message",
            ],
            &problems
        )
        let operation = operation(map, &problems)
        let timing = timing(map, &problems)
        guard let kind = kind(map, &problems) else { return nil }
        return Fault(
            operation: operation,
            pipeline: map.optionalText("pipeline", &problems),
            kind: kind,
            timing: timing
        )
    }

    private static func operation(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> Operation? {
        guard let text = map.optionalText("operation", &problems) else { return nil }
        let operation = Operation(rawValue: text)
        if operation == nil, let node = map["operation"] {
            let names = Operation.allCases.map(\.rawValue).joined(separator: ", ")
            problems.add(node, "expected one of \(names)")
        }
        return operation
    }

    private static func kind(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> Fault.Kind? {
        switch map.text("kind", &problems) {
        case "throttle": return .throttle
        case "500": return .status(500)
        case "502": return .status(502)
        case "503": return .status(503)
        case "latency": return .latency(map.duration("for", default: nil, &problems))
        case "lost_answer": return .lostAnswer
        case "lost_request": return .lostRequest
        case "close_mid_answer": return .closeMidAnswer
        case "access_denied": return .accessDenied
        case "expired_token": return .expiredToken
        case "skewed_date":
            return .skewedDate(
                map.integer("seconds", default: 600, in: -1_000_000...1_000_000, &problems)
            )
        case "garbage": return .garbage
        case "error":
            return .error(
                ServiceError(
                    code: map.text("code", &problems),
                    message: map.text("message", default: "", &problems)
                )
            )
        default:
            if let node = map["kind"] {
                problems.add(node, "expected one of \(kinds.joined(separator: ", "))")
            }
            return nil
        }
    }

    private static func timing(
        _ map: ScenarioMapping,
        _ problems: inout ProblemList
    ) -> Fault.Timing {
        let given = ["calls", "every", "rate"].filter { map[$0] != nil }
        if given.count > 1 {
            problems.add(map.whole, "only one of calls, every and rate may be given")
        }
        if let node = map["calls"] {
            let calls = ScenarioMapping.list(node, &problems).compactMap { $0.integer }
            if calls.isEmpty || calls.contains(where: { $0 < 1 }) {
                problems.add(node, "expected a list of call numbers, counted from 1")
            }
            return .calls(Set(calls))
        }
        if map["every"] != nil {
            return .every(map.integer("every", default: 1, in: 1...1_000_000, &problems))
        }
        if let node = map["rate"] {
            guard let rate = node.number, (0...1).contains(rate) else {
                problems.add(node, "expected a chance from 0 to 1")
                return .always
            }
            return .rate(rate)
        }
        return .always
    }
}
