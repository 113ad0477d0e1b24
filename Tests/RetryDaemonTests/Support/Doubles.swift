import AttemptLedger
import Dispatch
import Primitives
import RetryCore
import RetryDaemon
import Settings
import Synchronization
import RetryTestSupport

/// A target's CodePipeline, as a test writes it.
final class ServiceDouble: PipelineService {
    struct Script: Sendable {
        var states: [PipelineName: ReadAnswer<PolledState>] = [:]
        var rows: [ActionRow] = []
        var names: [PipelineName] = []
        var listFailure: CallFailure?
        /// The answers for pages of history, by their token; the newest has an empty one.
        var history: [String: ReadAnswer<HistoryPage>] = [:]
        /// The executions with their revisions.
        var revisions = ReadAnswer<ExecutionPage>.read(ExecutionPage(rows: []), at: nil)
        var retry: RetryAnswer = .accepted(requestID: "r-1", at: nil)
        /// A retry waits until this is opened; nil: it answers at once.
        var retryGate: Gate?
        /// Polls wait until this is opened.
        var pollGate: Gate?
    }

    let script: Mutex<Script>
    private let eventLog: EventLog
    private let target: String

    init(_ target: String, _ eventLog: EventLog, _ script: Script) {
        self.target = target
        self.eventLog = eventLog
        self.script = Mutex(script)
    }

    func state(
        of pipeline: PipelineName,
        known: StateDigest?
    ) async -> ReadAnswer<PolledState> {
        eventLog.note("call state \(target)/\(pipeline)")
        if let gate = script.withLock(\.pollGate) { await gate.passed() }
        return script.withLock { $0.states[pipeline] ?? .failed(.missing) }
    }

    func revisions(
        of pipeline: PipelineName,
        after token: String?,
        limit: Int
    ) async -> ReadAnswer<ExecutionPage> {
        eventLog.note("call revisions \(target)/\(pipeline)")
        return script.withLock(\.revisions)
    }

    func definition(of pipeline: PipelineName) async -> ReadAnswer<PipelineDefinition> {
        eventLog.note("call definition \(target)/\(pipeline)")
        let actions: [ActionName: ActionKind] = [
            "Ship": ActionKind(category: "Deploy", provider: "CodeDeploy")
        ]
        let stages: [StageName: StageDefinition] = ["Deploy": StageDefinition(actions: actions)]
        return .read(
            PipelineDefinition(version: 1, executionMode: .superseded, stages: stages),
            at: nil
        )
    }

    func actions(
        of pipeline: PipelineName,
        in execution: ExecutionID
    ) async -> ReadAnswer<[ActionRow]> {
        eventLog.note("call actions \(target)/\(pipeline)")
        return .read(script.withLock(\.rows), at: nil)
    }

    func history(
        of pipeline: PipelineName,
        after token: String?
    ) async -> ReadAnswer<HistoryPage> {
        eventLog.note("call history \(target)/\(pipeline) \(token ?? "newest")")
        return script.withLock { script in
            script.history[token ?? ""] ?? .read(HistoryPage(rows: []), at: nil)
        }
    }

    func executions(
        of pipeline: PipelineName,
        limit: Int,
        known: StateDigest?
    ) async -> ReadAnswer<PolledExecutions> {
        eventLog.note("call executions \(target)/\(pipeline)")
        return .executions([], at: nil)
    }

    func execution(
        _ execution: ExecutionID,
        of pipeline: PipelineName
    ) async -> ReadAnswer<ExecutionReading?> {
        eventLog.note("call execution \(target)/\(pipeline)/\(execution)")
        return .read(nil, at: nil)
    }

    func pipelines() async -> ReadAnswer<[PipelineName]> {
        eventLog.note("call list \(target)")
        return script.withLock { script in
            script.listFailure.map { .failed($0) } ?? .read(script.names, at: nil)
        }
    }

    func retry(_ episode: EpisodeKey, _ mode: RetryMode) async -> RetryAnswer {
        eventLog.note("call retry \(target)/\(episode.pipeline.pipeline)/\(episode.stage)")
        let (gate, answer) = script.withLock { ($0.retryGate, $0.retry) }
        if let gate { await gate.passed() }
        eventLog.note("retry returns")
        return answer
    }
}

/// Holds tasks until it is opened or they are cancelled.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func passed() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOpen = state.withLock { state in
                    guard !state.isOpen else { return true }
                    state.waiters.append(waiter)
                    return false
                }
                if isOpen { waiter.resume() }
            }
        } onCancel: {
            open()
        }
    }
}

/// Makes connections to service doubles; the settings are a version number.
struct ConnectorDouble: Connecting {
    let eventLog: EventLog
    let services: [TargetName: ServiceDouble]
    let causes: CausesDouble

    func connect(_ target: TargetName, _ settings: Int) -> any ServiceConnection {
        eventLog.note("connect \(target) \(settings)")
        guard let service = services[target] else {
            preconditionFailure("the test has no service for \(target)")
        }
        return ConnectionDouble(
            name: "\(target) \(settings)",
            double: service,
            causes: causes,
            eventLog: eventLog
        )
    }
}

struct ConnectionDouble: ServiceConnection {
    let name: String
    let double: ServiceDouble
    let causes: any CauseAnswering
    let eventLog: EventLog
    let gate = Gate()

    var service: any PipelineService { double }

    func run() async { await gate.passed() }

    func close() {
        eventLog.note("close \(name)")
        gate.open()
    }
}

/// Answers each load and each plan with the next outcome.
final class LoaderDouble: ConfigurationLoading {
    private let outcomes: Mutex<[LoadOutcome<Int>]>
    private let plans: Mutex<[PlanOutcome<Int>]>
    private let eventLog: EventLog

    init(_ outcomes: [LoadOutcome<Int>], plans: [PlanOutcome<Int>], _ eventLog: EventLog) {
        self.outcomes = Mutex(outcomes)
        self.plans = Mutex(plans)
        self.eventLog = eventLog
    }

    /// The next plan; the last one stays.
    func plan(
        _ target: TargetName,
        of loaded: LoadedConfiguration<Int>
    ) async -> PlanOutcome<Int> {
        defer { eventLog.note("plan \(target)") }
        return plans.withLock { plans in
            guard let next = plans.first else {
                preconditionFailure("one plan more than the test foresaw")
            }
            if plans.count > 1 { plans.removeFirst() }
            return next
        }
    }

    /// The path represents everything that a file sets for a target.
    func reaches(
        _ target: TargetName,
        alikeIn old: LoadedConfiguration<Int>,
        and new: LoadedConfiguration<Int>
    ) -> Bool {
        old.path == new.path
    }

    func load() async -> LoadOutcome<Int> {
        outcomes.withLock { outcomes in
            precondition(!outcomes.isEmpty, "one load more than the test foresaw")
            return outcomes.removeFirst()
        }
    }

    func changes(
        from old: LoadedConfiguration<Int>,
        to new: LoadedConfiguration<Int>
    ) -> [String] {
        old.configuration == new.configuration ? [] : ["something: old -> new"]
    }
}

/// A ledger in memory that records its calls, and can hold the writing of an intent.
final class StoreDouble: AttemptStore {
    let memory = MemoryLedger(syncsEveryWrite: true)
    let holdsIntents: Bool
    /// Whether the next question waits for ``release()``.
    let holdsRecalls = Mutex(false)
    /// The errors of queries, in order; then the memory answers.
    let recallErrors = Mutex<[LedgerError]>([])
    /// How many steps of pruning there are to do, and the notice of the last of them.
    let pruning = Mutex<(steps: Int, notice: LedgerNotice?)>((0, nil))
    private let notices = Mutex<[LedgerNotice]>([])
    private let eventLog: EventLog
    private let released = DispatchSemaphore(value: 0)

    init(_ eventLog: EventLog, holdsIntents: Bool = false) {
        self.eventLog = eventLog
        self.holdsIntents = holdsIntents
    }

    func record(_ intent: Intent, now: WallTime) throws(LedgerError) {
        eventLog.note("store record \(intent.number)")
        if holdsIntents { released.wait() }
        try memory.record(intent, now: now)
        eventLog.note("store durable \(intent.number)")
    }

    func release() { released.signal() }

    func apply(_ writes: [LedgerWrite], now: WallTime) throws(LedgerError) {
        eventLog.note("store apply \(writes.count)")
        try memory.apply(writes, now: now)
    }

    func recall(_ key: EpisodeKey, now: WallTime) throws(LedgerError) -> Recollection {
        eventLog.note("store recall \(key)")
        let isHeld = holdsRecalls.withLock { held in
            defer { held = false }
            return held
        }
        if isHeld { released.wait() }
        let error = recallErrors.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if let error { throw error }
        return try memory.recall(key, now: now)
    }

    func keepIntents(for memory: Duration) {
        self.memory.keepIntents(for: memory)
    }

    func prune(now: WallTime) throws(LedgerError) -> Bool {
        let (steps, notice) = pruning.withLock { pruning in
            defer { if pruning.steps > 0 { pruning.steps -= 1 } }
            return pruning
        }
        guard steps > 0 else { return false }
        eventLog.note("store prune")
        if steps == 1, let notice { notices.withLock { $0.append(notice) } }
        return steps > 1
    }

    func snapshot() throws(LedgerError) -> LedgerSnapshot { try memory.snapshot() }

    func learn(_ page: LearnedPage, now: WallTime) throws(LedgerError) -> Int {
        eventLog.note("store learn \(page.attempts.count)")
        return try memory.learn(page, now: now)
    }

    func learn(
        _ causes: [AttemptCause],
        of episode: EpisodeKey,
        now: WallTime
    ) throws(LedgerError) {
        eventLog.note("store learn causes \(causes.count)")
        try memory.learn(causes, of: episode, now: now)
    }

    func attempts(
        of execution: ExecutionKey,
        now: WallTime
    ) throws(LedgerError) -> [ActionAttempt] {
        try memory.attempts(of: execution, now: now)
    }

    func position(
        of pipeline: PipelineKey,
        now: WallTime
    ) throws(LedgerError) -> ImportPosition {
        try memory.position(of: pipeline, now: now)
    }

    func pastEpisodes(
        _ query: HistoryQuery,
        now: WallTime
    ) throws(LedgerError) -> HistoryAnswer {
        eventLog.note("store history")
        return try memory.pastEpisodes(query, now: now)
    }

    func precedents(
        of question: PrecedentQuestion,
        now: WallTime
    ) throws(LedgerError) -> Precedents {
        try memory.precedents(of: question, now: now)
    }

    func sums(since day: Int64, now: WallTime) throws(LedgerError) -> [DailySum] {
        try memory.sums(since: day, now: now)
    }

    func attempts(
        _ query: AttemptQuery,
        now: WallTime
    ) throws(LedgerError) -> AttemptAnswer {
        eventLog.note("store attempts")
        return try memory.attempts(query, now: now)
    }

    func sums(_ query: SumQuery, now: WallTime) throws(LedgerError) -> SumAnswer {
        eventLog.note("store sums")
        return try memory.sums(query, now: now)
    }

    func takeNotices() -> [LedgerNotice] {
        notices.withLock { notices in
            defer { notices = [] }
            return notices
        }
    }

    func close() { memory.close() }
}

/// Nothing matches.
struct NoPatterns: PatternEvaluating {
    func find(_ query: PatternQuery) -> PatternFinding { .differs }
}

extension CallFailure {
    static let missing = CallFailure(
        kind: .notFound,
        operation: .getPipelineState,
        code: "PipelineNotFoundException",
        message: "no such pipeline"
    )
}
