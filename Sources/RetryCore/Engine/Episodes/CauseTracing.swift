import Primitives

/// The causes of an episode's failed attempts: which were asked for, and what came.
///
/// An attempt is asked about once, whatever comes of it: its cause does not change, and a service
/// that does not answer must not delay a second decision.
struct CauseTracing: Hashable, Sendable {
    /// The most attempts of one failure that are asked about, the first by name.
    static let most = 8

    /// What services said, by action; each names its attempt.
    private(set) var known: [ActionName: ActionCause] = [:]
    /// How many answers brought a cause: a reading of the failure is of one such state.
    private(set) var edition = 0
    /// The attempts that were asked about.
    private var asked: Set<ActionExecutionID> = []
    /// Those without an answer.
    private var open: [ActionExecutionID: Question] = [:]

    private struct Question: Hashable, Sendable {
        let call: CallID
        let action: ActionName
        let service: CauseService
        let until: Instant
    }

    /// Whether one of the failed actions has not been asked about.
    func isOpen(for failed: [FailedAction]) -> Bool {
        failed.contains { request(for: $0, region: "") != nil }
    }

    /// What must be asked about the failed actions of a stage that shows these attempts, in a
    /// pipeline of this Region; it counts as asked by the call.
    mutating func ask(
        about failed: [FailedAction],
        shown: Set<ActionExecutionID>,
        region: String,
        by call: CallID,
        until: Instant
    ) -> [CauseRequest] {
        // What replaced attempts died of is no part of any later decision, and large.
        let attempts = shown.union(failed.compactMap(\.executionID))
        known = known.filter { $0.value.attempt.map(attempts.contains) == true }
        let requests = failed.compactMap { request(for: $0, region: region) }
        for request in requests.prefix(CauseTracing.most) {
            guard let service = CauseService(provider: request.provider) else { continue }
            open[request.attempt] = Question(
                call: call,
                action: request.action,
                service: service,
                until: until
            )
        }
        // Those past the bound are not asked about later either.
        asked.formUnion(requests.map(\.attempt))
        return Array(requests.prefix(CauseTracing.most))
    }

    /// Until when a decision on the failed actions waits for answers; nil: for none.
    func wait(for failed: [FailedAction], _ now: Instant) -> Instant? {
        let until = failed.compactMap(\.executionID).compactMap { open[$0]?.until }.max()
        return until.flatMap { $0 > now ? $0 : nil }
    }

    /// Takes the answers to a call, with their logs if a rule asks for them.
    mutating func take(
        _ answers: [ActionExecutionID: CauseReport],
        to call: CallID,
        keepsLog: Bool
    ) {
        for (attempt, question) in open where question.call == call {
            open[attempt] = nil
            guard let cause = answers[attempt]?.cause else { continue }
            known[question.action] = cause.of(attempt, keepsLog: keepsLog)
            edition += 1
        }
    }

    /// The services that a call asks.
    func services(askedBy call: CallID) -> Set<CauseService> {
        Set(open.values.filter { $0.call == call }.map(\.service))
    }

    private func request(for action: FailedAction, region: String) -> CauseRequest? {
        guard let request = action.causeRequest(region: region), !asked.contains(request.attempt)
        else { return nil }
        return request
    }
}
