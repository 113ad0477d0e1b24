import AttemptLedger
import Primitives
import RetryCore

/// One import of the history that AWS keeps: pipeline by pipeline, page by page, at a pace of its
/// own.
///
/// It makes no call itself: it says which step is next and when, and takes the results. After each
/// page the ledger has the attempts and the token of the next one, so an import that was
/// interrupted goes on from there.
struct HistoryImport: Sendable {
    /// What is to be done next.
    enum Step: Hashable, Sendable {
        /// Ask the ledger how far the import of a pipeline has come.
        case position(PipelineKey)
        /// Ask AWS for a page.
        case page(PipelineKey, after: String?)
        /// Ask AWS for a page of executions with their revisions.
        case revisions(PipelineKey, after: String?)
        /// Store a page.
        case store(LearnedPage)
    }

    enum Phase {
        /// The step is to begin at that time.
        case due(Instant, Step)
        /// The step began and has no result yet.
        case underWay
        /// Nothing is left.
        case finished(Instant)
    }

    /// The pipeline that is being read.
    struct Current {
        var position: ImportPosition
        let floor: WallTime
        /// The start of the newest attempt that was seen.
        var newest: WallTime?
        /// Whether the token is of an earlier import, which AWS may not know any more.
        var isResumed: Bool
        /// What follows when a page of executions is stored; nil: attempts are being read.
        var afterRevisions: Step?
        var pages = 0
        var failures = 0
    }

    /// What it was asked for.
    let request: ImportRequest
    /// What it has done.
    var tally: ImportTally

    private let since: WallTime
    private let began: Instant
    private var waiting: [PipelineKey]
    var current: Current?
    var pace = ImportPace()
    var phase: Phase

    /// More pages of one pipeline would be an endless list: a million attempts.
    static let mostPages = 10_000
    /// Failed calls of one page before its pipeline is given up.
    static let mostFailures = 8

    /// Begins an import of pipelines.
    init(_ request: ImportRequest, _ pipelines: [PipelineKey], now: Instant, wall: WallTime) {
        self.request = request
        waiting = pipelines.reversed()
        tally = ImportTally(pipelines: pipelines.count)
        since = wall + (.zero - request.since)
        began = now
        phase = .finished(now)
        nextPipeline(now)
    }

    /// When a step is to begin; nil: one is under way, or nothing is left.
    var nextAt: Instant? {
        switch phase {
        case .due(let at, _): at
        case .underWay, .finished: nil
        }
    }

    /// Whether nothing is left to do.
    var isFinished: Bool {
        switch phase {
        case .finished: true
        case .due, .underWay: false
        }
    }

    /// How long it has taken so far.
    func elapsed(_ now: Instant) -> Duration {
        switch phase {
        case .finished(let end): end - began
        case .due, .underWay: now - began
        }
    }

    /// The step that is to begin now; its result must be given to ``take(_:now:)``.
    mutating func begin(_ now: Instant) -> Step? {
        guard case .due(let at, let step) = phase, at <= now else { return nil }
        phase = .underWay
        return step
    }

    // MARK: Results

    /// Takes the ledger's position of the current pipeline.
    mutating func take(position answer: Result<ImportPosition, LedgerError>, now: Instant) {
        switch answer {
        case .success(let position):
            let floor = position.floor(since: since)
            let token = position.token(for: floor)
            current = Current(
                position: position,
                floor: position.reading.flatMap { token == nil ? nil : $0.floor } ?? floor,
                newest: token == nil ? nil : position.reading?.newest,
                isResumed: token != nil
            )
            // The revisions come first: an import that goes on has them.
            let isNew = token == nil
            phase = .due(
                now,
                isNew
                    ? .revisions(position.pipeline, after: nil)
                    : .page(position.pipeline, after: token)
            )
        case .failure(let error): end(error, now)
        }
    }

    /// Takes AWS's answer for a page.
    mutating func take(
        page answer: ReadAnswer<HistoryPage>,
        of pipeline: PipelineKey,
        after token: String?,
        now: Instant
    ) {
        tally.calls += 1
        switch answer {
        case .read(let page, let served): take(page, of: pipeline, after: token, served, now)
        case .failed(let failure): take(failure, of: pipeline, after: token, now)
        }
    }

    /// Takes the ledger's answer for a stored page: how many attempts were new.
    mutating func take(stored answer: Result<Int, LedgerError>, now: Instant) {
        switch answer {
        case .success(let new):
            tally.new += new
            if let next = current?.afterRevisions {
                current?.afterRevisions = nil
                phase = .due(now + pace.gap, next)
                return
            }
            guard let current, let reading = current.position.reading else {
                tally.finished += 1
                nextPipeline(now)
                return
            }
            let next = Step.page(current.position.pipeline, after: reading.token)
            phase = .due(now + pace.gap, next)
        case .failure(let error): end(error, now)
        }
    }

    private mutating func take(
        _ page: HistoryPage,
        of pipeline: PipelineKey,
        after token: String?,
        _ served: WallTime?,
        _ now: Instant
    ) {
        pace.recover()
        guard var current else { return }
        // A time in the future would hide from later imports what starts until then.
        let starts = page.rows.compactMap(\.action.started).map { min($0, served ?? $0) }
        current.pages += 1
        current.failures = 0
        current.isResumed = false
        current.newest = [current.newest, starts.max()].compactMap(\.self).max()
        let isBeyond = !starts.isEmpty && starts.allSatisfy { $0 < current.floor }
        let newest = current.newest ?? current.floor
        if let next = page.next, next != token, !isBeyond, current.pages < Self.mostPages {
            current.position.reading = ImportPosition.Reading(
                token: next,
                floor: current.floor,
                newest: newest
            )
        } else {
            let known = current.position.done.flatMap { $0.since <= current.floor ? $0 : nil }
            current.position.reading = nil
            current.position.done = ImportPosition.Span(
                since: known?.since ?? current.floor,
                newest: max(known?.newest ?? newest, newest)
            )
        }
        self.current = current
        let attempts = page.rows.compactMap { row in
            ActionAttempt(row.action, in: row.execution, of: pipeline, source: .imported)
        }
        let kept = attempts.filter { $0.started >= current.floor }
        tally.attempts += kept.count
        phase = .due(now, .store(LearnedPage(attempts: kept, position: current.position)))
    }

    private mutating func take(
        _ failure: CallFailure,
        of pipeline: PipelineKey,
        after token: String?,
        _ now: Instant
    ) {
        guard var current else { return }
        if current.isResumed, failure.concernsToken {
            // Once: the list is read again from its newest page.
            current.isResumed = false
            current.position.reading = nil
            self.current = current
            phase = .due(now + pace.gap, .page(pipeline, after: nil))
            return
        }
        current.failures += 1
        self.current = current
        switch failure.kind {
        case .throttled, .unreachable, .serverError:
            pace.slowDown()
            guard current.failures < Self.mostFailures else {
                return giveUp(pipeline, failure, now)
            }
            let wait = max(pace.gap, .seconds(1 << min(current.failures, 6)))
            phase = .due(now + min(wait, ImportPace.longest), .page(pipeline, after: token))
        case .accessDenied, .credentials, .clock, .notFound, .invalid:
            giveUp(pipeline, failure, now)
        }
    }

    // MARK: Pipelines

    private mutating func nextPipeline(_ now: Instant) {
        current = nil
        if let next = waiting.popLast() {
            phase = .due(now + pace.gap, .position(next))
        } else {
            phase = .finished(now)
        }
    }

    /// Leaves a pipeline out; where the target is what fails, the rest of its pipelines too.
    private mutating func giveUp(_ pipeline: PipelineKey, _ failure: CallFailure, _ now: Instant) {
        let others =
            failure.concernsTarget ? waiting.filter { $0.target == pipeline.target } : []
        waiting.removeAll { others.contains($0) }
        let rest = others.isEmpty ? "" : " and \(others.count) more of this target"
        let code = failure.code.map { "\($0): " } ?? ""
        tally.fail(1 + others.count, "\(pipeline)\(rest): \(code)\(failure.message)")
        nextPipeline(now)
    }

    /// Ends everything: the ledger takes nothing.
    private mutating func end(_ error: LedgerError, _ now: Instant) {
        tally.fail(tally.pipelines - tally.finished, error.sentence)
        waiting = []
        current = nil
        phase = .finished(now)
    }
}

extension CallFailure {
    /// Whether the page token may be the reason: recorded are 500 InternalFailure and
    /// InvalidNextTokenException.
    fileprivate var concernsToken: Bool {
        code == "InternalFailure" || code == "InvalidNextTokenException"
    }

    /// Whether no pipeline of the target could be read.
    fileprivate var concernsTarget: Bool {
        switch kind {
        case .accessDenied, .credentials, .clock, .unreachable: true
        case .throttled, .notFound, .serverError, .invalid: false
        }
    }
}
