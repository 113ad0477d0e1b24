/// Reads one entry of `faults:`.
enum FaultReader {
    /// The kinds by their names in a scenario.
    private enum Name: String, CaseIterable {
        case throttle
        case internalError = "500"
        case badGateway = "502"
        case unavailable = "503"
        case latency
        case lostAnswer = "lost_answer"
        case lostRequest = "lost_request"
        case closeMidAnswer = "close_mid_answer"
        case accessDenied = "access_denied"
        case expiredToken = "expired_token"
        case skewedDate = "skewed_date"
        case garbage
        case error
    }

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
        guard let name = Name(rawValue: map.text("kind", &problems)) else {
            if let node = map["kind"] {
                let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
                problems.add(node, "expected one of \(names)")
            }
            return nil
        }
        switch name {
        case .throttle: return .throttle
        case .internalError: return .status(500)
        case .badGateway: return .status(502)
        case .unavailable: return .status(503)
        case .latency: return .latency(map.duration("for", default: nil, &problems))
        case .lostAnswer: return .lostAnswer
        case .lostRequest: return .lostRequest
        case .closeMidAnswer: return .closeMidAnswer
        case .accessDenied: return .accessDenied
        case .expiredToken: return .expiredToken
        case .skewedDate:
            return .skewedDate(
                map.integer("seconds", default: 600, in: -1_000_000...1_000_000, &problems)
            )
        case .garbage: return .garbage
        case .error:
            return .error(
                ServiceError(
                    code: map.text("code", &problems),
                    message: map.text("message", default: "", &problems)
                )
            )
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
