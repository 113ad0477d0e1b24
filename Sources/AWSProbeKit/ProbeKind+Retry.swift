import AWSClient
import Primitives

extension ProbeKind {
    /// Retry Behavior 2.1.
    package static let retry = ProbeKind(
        name: "retry",
        answer: { RetryScenario($0).play() },
        check: { path throws(ProbeError) in try retryCases(path) }
    )
}

/// A given quota and limits and the answers to one or more calls.
package struct RetryScenario: Sendable {
    private let settings: RetrySettings
    private let service: AWSService
    private let jitter: Double
    private let initialQuota: RetryQuota
    private let threads: [[JSONValue]]
    private let isThreaded: Bool
    private let finalQuota: Double?

    /// Reads a case; missing members have the standard value.
    package init(_ value: JSONValue) {
        let given = value["given"]
        service = .named(given?["service"]?.text ?? "service")
        var settings = RetrySettings.standard(service: service.signingName)
        if let attempts = given?["max_attempts"]?.number { settings.maxAttempts = Int(attempts) }
        if let longest = given?["max_backoff_time"]?.number {
            settings.maxBackoff = .saturating(seconds: longest)
        }
        settings.isLongPolling = given?["long_polling"]?.flag ?? false
        self.settings = settings
        jitter = given?["exponential_base"]?.number ?? 1
        let tokens = given?["initial_retry_tokens"]?.number.map { Int($0) }
        initialQuota = RetryQuota(available: tokens ?? RetryQuota.standardCapacity)
        let threads = value["threads"]?.elements?.map { $0.elements ?? [] }
        isThreaded = threads != nil
        self.threads = threads ?? [value["responses"]?.elements ?? []]
        finalQuota = value["expected_final_quota"]?.number
    }

    /// Plays the answers; for several threads in the order that the expectations require.
    package func play() -> JSONValue {
        let start = World(quota: initialQuota, threads: threads.count, settings: settings)
        let world = search(start) ?? sequential(start)
        let quota = JSONValue.number(Double(world.quota.available))
        guard isThreaded else {
            return .object(["responses": .array(world.steps[0]), "final_quota": quota])
        }
        return .object([
            "threads": .array(world.steps.map(JSONValue.array)), "final_quota": quota,
        ])
    }

    /// The error in the played answers; nil when all is as expected.
    package func failure() -> String? {
        let start = World(quota: initialQuota, threads: threads.count, settings: settings)
        guard let world = search(start) else { return sequential(start).steps.description }
        guard let finalQuota, finalQuota != Double(world.quota.available) else { return nil }
        return "the final quota is \(world.quota.available)"
    }

    /// The quota and each thread's call between two answers.
    private struct World {
        var quota: RetryQuota
        var policies: [RetryPolicy]
        var steps: [[JSONValue]]

        init(quota: RetryQuota, threads: Int, settings: RetrySettings) {
            self.quota = quota
            policies = Array(repeating: RetryPolicy(settings: settings), count: threads)
            steps = Array(repeating: [], count: threads)
        }
    }

    /// The final state of an order in which every answer meets its expectation; nil when there is
    /// none.
    private func search(_ world: World) -> World? {
        let open = threads.indices.filter { world.steps[$0].count < threads[$0].count }
        guard !open.isEmpty else {
            return finalQuota.map { $0 == Double(world.quota.available) } ?? true ? world : nil
        }
        for thread in open {
            let next = step(world, thread)
            let entry = threads[thread][world.steps[thread].count]
            guard let played = next.steps[thread].last,
                meets(played, expected: entry["expected"] ?? .object([:]))
            else { continue }
            if let end = search(next) { return end }
        }
        return nil
    }

    private func sequential(_ start: World) -> World {
        var world = start
        for thread in threads.indices {
            while world.steps[thread].count < threads[thread].count { world = step(world, thread) }
        }
        return world
    }

    /// Plays the next answer of one thread.
    private func step(_ world: World, _ thread: Int) -> World {
        var world = world
        let answer = threads[thread][world.steps[thread].count]["response"]
        let status = answer?["status_code"]?.number.map { Int($0) }
        let outcome: String
        var delay: Duration?
        if let status, (200..<300).contains(status) {
            world.policies[thread].succeeded(quota: &world.quota)
            outcome = "success"
        } else {
            let decision = world.policies[thread].failed(
                failure(answer, status: status),
                hint: RetrySettings.hint(
                    HTTPResponse(status: status ?? 0, headers: headers(answer?["headers"]))
                ),
                jitter: jitter,
                quota: &world.quota
            )
            (outcome, delay) = named(decision)
        }
        if outcome != "retry_request" { world.policies[thread] = RetryPolicy(settings: settings) }
        var entry: [String: JSONValue] = [
            "outcome": .string(outcome), "retry_quota": .number(Double(world.quota.available)),
        ]
        if let delay { entry["delay"] = .number(delay.seconds) }
        world.steps[thread].append(.object(entry))
        return world
    }

    private func failure(_ answer: JSONValue?, status: Int?) -> AttemptFailure {
        guard let status else { return .transient }
        let error = ServiceError(
            code: answer?["error_code"]?.text ?? String(status),
            message: "",
            requestID: nil,
            status: status
        )
        let errorClass = error.errorClass(of: service)
        return AttemptFailure(errorClass, status: status, replay: .safe)
    }

    private func named(_ decision: RetryDecision) -> (String, Duration?) {
        switch decision {
        case .retry(let delay): ("retry_request", delay)
        case .notRetryable: ("fail_request", nil)
        case .attemptsExhausted: ("max_attempts_exceeded", nil)
        case .quotaExhausted(let delay): ("retry_quota_exceeded", delay > .zero ? delay : nil)
        }
    }

    /// Whether an answer's result is the expected one, without an unexpected delay at the end.
    private func meets(_ played: JSONValue, expected: JSONValue) -> Bool {
        guard played["outcome"] == expected["outcome"] else { return false }
        if let quota = expected["retry_quota"], quota != played["retry_quota"] { return false }
        if let delay = expected["delay"]?.number {
            return played["delay"]?.number.map { abs($0 - delay) < 0.000_1 } ?? false
        }
        return played["outcome"]?.text == "retry_request" || played["delay"] == nil
    }
}

/// Checks a file of named cases.
package func retryCases(_ path: String) throws(ProbeError) -> [ProbeResult] {
    guard let cases = try ProbeFiles.json(path).members else {
        throw ProbeError("\(path): not an object of cases")
    }
    return cases.sorted { $0.key < $1.key }.map { name, value in
        ProbeResult(name: name, failure: RetryScenario(value).failure())
    }
}
