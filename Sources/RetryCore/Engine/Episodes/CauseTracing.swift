import Primitives

/// The causes of an episode's failed attempts: which were asked for, and what came.
///
/// An attempt is asked about once, whatever comes of it: its cause does not change, and a service
/// that does not answer must not delay a second decision. Only a log is asked for later, when a
/// rule comes to need it: the ledger keeps none, and neither does an episode without such a rule;
/// and a service that is still at it is asked again for as long as its guard waits.
struct CauseTracing: Hashable, Sendable {
    /// The most attempts of one failure that are asked about, the first by name.
    static let most = 8
    /// How often an attempt is asked about whose service is still at it, once a minute at most.
    static let rounds = 60

    /// What services said, by action; each names its attempt.
    private(set) var known: [ActionName: ActionCause] = [:]
    /// How many answers brought a cause: a reading of the failure is of one such state.
    private(set) var edition = 0
    /// The attempts that were asked about, and whether with their logs.
    private(set) var asked: [ActionExecutionID: Bool] = [:]
    /// Those of which a part could not be read: another process asks again.
    private var incomplete: Set<ActionExecutionID> = []
    /// How often services said that they are still at it.
    private var rounds: [ActionExecutionID: Int] = [:]
    /// Those without an answer.
    private var open: [ActionExecutionID: Question] = [:]

    private struct Question: Hashable, Sendable {
        let call: CallID
        let action: ActionName
        let service: CauseService
        let needsLog: Bool
        let until: Instant
    }

    /// Begins with what the ledger kept, which is not asked for again.
    init(known causes: [AttemptCause] = []) {
        for cause in causes {
            known[cause.action] = ActionCause(cause.root).of(cause.attempt, keepsLog: false)
            asked[cause.attempt] = false
        }
    }

    /// What the ledger keeps: every cause of which all was read.
    var stored: [AttemptCause] {
        known.sorted { $0.key < $1.key }.compactMap { action, cause in
            guard let attempt = cause.attempt, !incomplete.contains(attempt) else { return nil }
            return AttemptCause(action: action, attempt: attempt, root: cause.root)
        }
    }

    /// Whether one of the failed actions has not been asked about as the rules need it.
    func isOpen(for failed: [FailedAction], needsLog: Bool) -> Bool {
        failed.contains { request(for: $0, needsLog: needsLog, region: "") != nil }
    }

    /// What must be asked about the failed actions of a stage that shows these attempts, in a
    /// pipeline of this Region; it counts as asked by the call.
    mutating func ask(
        about failed: [FailedAction],
        shown: Set<ActionExecutionID>,
        needsLog: Bool,
        region: String,
        by call: CallID,
        until: Instant
    ) -> [CauseRequest] {
        keep(only: shown.union(failed.compactMap(\.executionID)))
        let requests = failed.compactMap { request(for: $0, needsLog: needsLog, region: region) }
        for request in requests.prefix(CauseTracing.most) {
            guard let service = CauseService(provider: request.provider) else { continue }
            open[request.attempt] = Question(
                call: call,
                action: request.action,
                service: service,
                needsLog: needsLog,
                until: until
            )
        }
        // Those past the bound are not asked about later either.
        for request in requests { asked[request.attempt] = needsLog }
        return Array(requests.prefix(CauseTracing.most))
    }

    /// What replaced attempts died of is no part of any later decision, and large; nor do they fail
    /// again.
    private mutating func keep(only attempts: Set<ActionExecutionID>) {
        known = known.filter { $0.value.attempt.map(attempts.contains) == true }
        asked = asked.filter { attempts.contains($0.key) }
        incomplete.formIntersection(attempts)
        rounds = rounds.filter { attempts.contains($0.key) }
    }

    /// Until when a decision on the failed actions waits for answers; nil: for none.
    func wait(for failed: [FailedAction], _ now: Instant) -> Instant? {
        let until = failed.compactMap(\.executionID).compactMap { open[$0]?.until }.max()
        return until.flatMap { $0 > now ? $0 : nil }
    }

    /// Takes the answers to a call, with their logs if a rule asked for them.
    mutating func take(
        _ answers: [ActionExecutionID: CauseReport],
        to call: CallID,
        at time: WallTime
    ) {
        for (attempt, question) in open where question.call == call {
            open[attempt] = nil
            guard let answer = answers[attempt], let cause = answer.cause else { continue }
            let isOver = (rounds[attempt] ?? 0) >= CauseTracing.rounds
            let told = cause.answered(at: time, isOver: isOver)
            known[question.action] = told.of(attempt, keepsLog: question.needsLog)
            edition += 1
            if told.isUnderWay {
                rounds[attempt, default: 0] += 1
                asked[attempt] = nil
            }
            if answer.failures.isEmpty, !cause.isUnderWay {
                incomplete.remove(attempt)
            } else {
                incomplete.insert(attempt)
            }
        }
    }

    /// The services that a call asks.
    func services(askedBy call: CallID) -> Set<CauseService> {
        Set(open.values.filter { $0.call == call }.map(\.service))
    }

    private func request(
        for action: FailedAction,
        needsLog: Bool,
        region: String
    ) -> CauseRequest? {
        guard let request = action.causeRequest(region: region) else { return nil }
        guard let hadLog = asked[request.attempt] else { return request }
        let hasLog = CauseService(provider: request.provider)?.hasLogs == true
        return needsLog && !hadLog && hasLog ? request : nil
    }
}
