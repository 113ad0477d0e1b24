import AttemptLedger
import Primitives
import RetryCore
import Testing
import RetryTestSupport

@testable import RetryDaemon

/// An import as a value, step by step, under a clock of the test.
@Suite struct HistoryImportTests {
    /// One import with the times that it sees.
    struct Course {
        var subject: HistoryImport
        var now: Instant
        let wall = ManualClock.start

        init(_ pipelines: [PipelineKey], since: Duration = .seconds(30 * 86_400)) {
            now = .origin + .seconds(100)
            let request = ImportRequest(scope: PauseScope(), since: since)
            subject = HistoryImport(request, pipelines, now: now, wall: wall)
        }

        /// Goes to the next step.
        mutating func next() -> HistoryImport.Step? {
            if let next = subject.nextAt { now = max(now, next) }
            return subject.begin(now)
        }

        /// The same past the executions, of which there are none.
        mutating func step() -> HistoryImport.Step? {
            let step = next()
            guard case .revisions(let pipeline, let token) = step else { return step }
            answer(.read(ExecutionPage(rows: []), at: nil), after: token, of: pipeline)
            guard case .store = next() else { return nil }
            stored(0)
            return self.step()
        }

        mutating func answer(
            _ answer: ReadAnswer<ExecutionPage>,
            after token: String? = nil,
            of pipeline: PipelineKey = HistoryImportTests.web
        ) {
            subject.take(revisions: answer, of: pipeline, after: token, now: now)
        }

        mutating func answer(_ position: ImportPosition) {
            subject.take(position: .success(position), now: now)
        }

        mutating func answer(
            _ answer: ReadAnswer<HistoryPage>,
            after token: String? = nil,
            of pipeline: PipelineKey = HistoryImportTests.web
        ) {
            subject.take(page: answer, of: pipeline, after: token, now: now)
        }

        mutating func stored(_ new: Int) { subject.take(stored: .success(new), now: now) }
    }

    static let web = PipelineKey(target: "prod", pipeline: "web")
    static let api = PipelineKey(target: "prod", pipeline: "api")
    static let other = PipelineKey(target: "test", pipeline: "web")

    /// A time so many days before the clock's start.
    static func day(_ before: Int64) -> WallTime { ManualClock.start + .seconds(-before * 86_400) }

    /// A page with one attempt for each day.
    static func page(
        _ days: [Int64],
        next: String? = nil,
        at served: WallTime? = nil
    ) -> ReadAnswer<HistoryPage> {
        let rows = days.map { before in
            HistoryPage.Row(
                execution: ExecutionID("e\(before)"),
                action: ActionRow(
                    stage: "Build",
                    action: ActionSnapshot(
                        name: "Compile",
                        executionID: ActionExecutionID("a\(before)"),
                        status: .succeeded,
                        lastStatusChange: day(before) + .seconds(60)
                    ),
                    category: .build,
                    provider: "CodeBuild",
                    started: day(before)
                )
            )
        }
        return .read(HistoryPage(rows: rows, next: next), at: served)
    }

    static func failure(_ kind: CallFailure.Kind, _ code: String) -> ReadAnswer<HistoryPage> {
        .failed(
            CallFailure(kind: kind, operation: .listActionExecutions, code: code, message: "no")
        )
    }

    /// The page that a step stores.
    private func page(_ step: HistoryImport.Step?) throws -> LearnedPage {
        guard case .store(let page) = step else {
            throw Unexpected(step: step)
        }
        return page
    }

    private struct Unexpected: Error {
        let step: HistoryImport.Step?
    }

    @Test func `an attempt that starts in the future hides none from the next import`() throws {
        var course = Course([Self.web])
        #expect(course.step() != nil)
        course.answer(ImportPosition(pipeline: Self.web))
        #expect(course.step() != nil)
        course.answer(Self.page([-3, 1], at: Self.day(0)))
        #expect(try page(course.step()).position?.done?.newest == Self.day(0))
    }

    @Test func `pages follow each other until the last, then the next pipeline`() throws {
        var course = Course([Self.web, Self.api])
        #expect(course.step() == .position(Self.web))
        #expect(course.step() == nil)
        course.answer(ImportPosition(pipeline: Self.web))
        #expect(course.step() == .page(Self.web, after: nil))
        course.answer(Self.page([0, 1], next: "p2"))
        let first = try page(course.step())
        #expect(first.attempts.map(\.id) == ["a0", "a1"])
        #expect(first.attempts.allSatisfy { $0.source == .imported })
        #expect(first.position?.reading?.token == "p2")
        #expect(first.position?.done == nil)
        course.stored(2)
        #expect(course.step() == .page(Self.web, after: "p2"))
        course.answer(Self.page([2]), after: "p2")
        let last = try page(course.step())
        #expect(last.position?.reading == nil)
        #expect(last.position?.done?.newest == Self.day(0))
        #expect(last.position?.done?.since == Self.day(30))
        course.stored(1)
        #expect(course.step() == .position(Self.api))
        course.answer(ImportPosition(pipeline: Self.api))
        #expect(course.step() == .page(Self.api, after: nil))
        course.answer(Self.page([]), of: Self.api)
        #expect(try page(course.step()).attempts.isEmpty)
        course.stored(0)
        #expect(course.subject.isFinished)
        #expect(course.step() == nil)
        var tally = ImportTally(pipelines: 2)
        // Two calls found no executions.
        (tally.finished, tally.calls, tally.attempts, tally.new) = (2, 5, 3, 3)
        #expect(course.subject.tally == tally)
    }

    // MARK: Revisions

    /// A page with one execution for each day.
    static func executions(_ days: [Int64], next: String? = nil) -> ReadAnswer<ExecutionPage> {
        let rows = days.map { before in
            ExecutionPage.Row(
                execution: ExecutionID("e\(before)"),
                started: day(before),
                hasSucceeded: true,
                revision: RevisionDigest(number: before)
            )
        }
        return .read(ExecutionPage(rows: rows, next: next), at: nil)
    }

    static func revisionFailure(_ kind: CallFailure.Kind) -> ReadAnswer<ExecutionPage> {
        .failed(
            CallFailure(kind: kind, operation: .listPipelineExecutions, code: "No", message: "no")
        )
    }

    @Test func `executions are stored page by page before the attempts are read`() throws {
        var course = Course([Self.web])
        _ = course.next()
        course.answer(ImportPosition(pipeline: Self.web))
        #expect(course.next() == .revisions(Self.web, after: nil))
        course.answer(Self.executions([0, 1], next: "p2"))
        let first = try page(course.next())
        #expect(first.executions.map(\.key.execution) == ["e0", "e1"])
        #expect(first.position == nil)
        course.stored(0)
        #expect(course.next() == .revisions(Self.web, after: "p2"))
        // The last is older than what is asked for.
        course.answer(Self.executions([29, 31], next: "p3"), after: "p2")
        #expect(try page(course.next()).executions.map(\.key.execution) == ["e29"])
        course.stored(0)
        #expect(course.next() == .page(Self.web, after: nil))
    }

    @Test func `a list of executions that goes in a circle ends`() throws {
        var course = Course([Self.web])
        _ = course.next()
        course.answer(ImportPosition(pipeline: Self.web))
        _ = course.next()
        course.answer(Self.executions([0], next: "p2"))
        _ = course.next()
        course.stored(0)
        _ = course.next()
        course.answer(Self.executions([0], next: "p2"), after: "p2")
        _ = course.next()
        course.stored(0)
        #expect(course.next() == .page(Self.web, after: nil))
    }

    @Test func `an import that goes on has its executions`() {
        var course = Course([Self.web])
        _ = course.next()
        course.answer(interrupted)
        #expect(course.next() == .page(Self.web, after: "p2"))
    }

    @Test(arguments: [(CallFailure.Kind.accessDenied, 1), (.serverError, 8), (.throttled, 8)])
    func `without executions the attempts are imported all the same`(
        _ kind: CallFailure.Kind,
        _ tries: Int
    ) throws {
        var course = Course([Self.web])
        _ = course.next()
        course.answer(ImportPosition(pipeline: Self.web))
        var made = 0
        var step = course.next()
        while step == .revisions(Self.web, after: nil) {
            made += 1
            course.answer(Self.revisionFailure(kind))
            step = course.next()
        }
        #expect(made == tries)
        #expect(step == .page(Self.web, after: nil))
        #expect(course.subject.tally.withoutRevisions == ["prod/web: No: no"])
        course.answer(Self.page([0]))
        _ = course.next()
        course.stored(1)
        #expect(course.subject.isFinished)
        #expect(course.subject.tally.failed == 0)
    }

    @Test func `calls are half a second apart`() throws {
        var course = Course([Self.web])
        #expect(course.step() != nil)
        course.answer(ImportPosition(pipeline: Self.web))
        #expect(course.step() != nil)
        let first = course.now
        course.answer(Self.page([0], next: "p2"))
        _ = course.step()
        course.stored(1)
        #expect(course.step() == .page(Self.web, after: "p2"))
        #expect(course.now == first + ImportPace.shortest)
    }

    @Test func `a page beyond the time asked for is the last, and its rows are not kept`() throws {
        var course = Course([Self.web])
        _ = course.step()
        course.answer(ImportPosition(pipeline: Self.web))
        _ = course.step()
        course.answer(Self.page([29, 31], next: "p2"))
        #expect(try page(course.step()).attempts.map(\.id) == ["a29"])
        course.stored(1)
        _ = course.step()
        course.answer(Self.page([32, 33], next: "p3"), after: "p2")
        let last = try page(course.step())
        #expect(last.attempts.isEmpty)
        #expect(last.position?.reading == nil)
        course.stored(0)
        #expect(course.subject.isFinished)
    }

    @Test(arguments: ["p2", ""])
    func `a list that goes in a circle ends`(_ token: String) throws {
        var course = Course([Self.web])
        _ = course.step()
        course.answer(ImportPosition(pipeline: Self.web))
        _ = course.step()
        course.answer(Self.page([0], next: token))
        _ = course.step()
        course.stored(1)
        _ = course.step()
        course.answer(Self.page([0], next: token), after: token)
        #expect(try page(course.step()).position?.reading == nil)
    }

    /// The position of an import that was interrupted after its first page.
    private var interrupted: ImportPosition {
        var position = ImportPosition(pipeline: Self.web)
        position.reading = ImportPosition.Reading(
            token: "p2",
            floor: Self.day(40),
            newest: Self.day(1)
        )
        return position
    }

    @Test func `an import that was interrupted goes on where it stopped`() throws {
        var course = Course([Self.web])
        _ = course.step()
        course.answer(interrupted)
        #expect(course.step() == .page(Self.web, after: "p2"))
        course.answer(Self.page([39]), after: "p2")
        let last = try page(course.step())
        // It goes on to the time that the first one was asked for.
        #expect(last.attempts.count == 1)
        let span = ImportPosition.Span(since: Self.day(40), newest: Self.day(1))
        #expect(last.position?.done == span)
    }

    @Test func `an interrupted import that did not go so far back begins anew`() {
        var course = Course([Self.web], since: .seconds(60 * 86_400))
        _ = course.step()
        course.answer(interrupted)
        #expect(course.step() == .page(Self.web, after: nil))
    }

    @Test(arguments: ["InternalFailure", "InvalidNextTokenException"])
    func `a token that AWS does not know any more is dropped once`(_ code: String) {
        var course = Course([Self.web])
        _ = course.step()
        course.answer(interrupted)
        _ = course.step()
        course.answer(Self.failure(.serverError, code), after: "p2")
        #expect(course.step() == .page(Self.web, after: nil))
        course.answer(Self.failure(.invalid, code))
        #expect(course.subject.isFinished)
        #expect(course.subject.tally.failures == ["prod/web: \(code): no"])
    }

    @Test func `what was read before is read again for seven days only`() throws {
        var position = ImportPosition(pipeline: Self.web)
        position.done = ImportPosition.Span(since: Self.day(50), newest: Self.day(5))
        var course = Course([Self.web])
        _ = course.step()
        course.answer(position)
        _ = course.step()
        course.answer(Self.page([0, 11, 13], next: "p2"))
        let first = try page(course.step())
        #expect(first.attempts.map(\.id) == ["a0", "a11"])
        course.stored(1)
        _ = course.step()
        course.answer(Self.page([14], next: "p3"), after: "p2")
        let span = ImportPosition.Span(since: Self.day(50), newest: Self.day(0))
        #expect(try page(course.step()).position?.done == span)
    }

    @Test func `an import that goes further back reads all of it`() {
        var position = ImportPosition(pipeline: Self.web)
        position.done = ImportPosition.Span(since: Self.day(10), newest: Self.day(1))
        #expect(position.floor(since: Self.day(30)) == Self.day(30))
        #expect(position.floor(since: Self.day(9)) == Self.day(8))
        #expect(position.floor(since: Self.day(2)) == Self.day(2))
    }

    @Test func `a limited rate slows the import down, and it recovers`() {
        var pace = ImportPace()
        for _ in 0..<20 { pace.slowDown() }
        #expect(pace.gap == ImportPace.longest)
        for _ in 0..<50 { pace.recover() }
        #expect(pace.gap == ImportPace.shortest)
    }

    @Test(arguments: [CallFailure.Kind.throttled, .serverError, .unreachable])
    func `an error that passes is waited for, then the pipeline is left out`(
        _ kind: CallFailure.Kind
    ) {
        var course = Course([Self.web, Self.other])
        _ = course.step()
        course.answer(ImportPosition(pipeline: Self.web))
        var waits: [Duration] = []
        var last = course.now
        while course.step() == .page(Self.web, after: nil) {
            waits.append(course.now - last)
            last = course.now
            course.answer(Self.failure(kind, "Later"))
        }
        #expect(waits.count == 8)
        #expect(waits.dropFirst() == waits.dropFirst().sorted()[...])
        #expect(waits.allSatisfy { $0 <= .seconds(60) })
        #expect(course.subject.tally.failures == ["prod/web: Later: no"])
        #expect(course.subject.tally.failed == 1)
    }

    @Test func `a permission that is missing leaves the target out, and not the others`() {
        var course = Course([Self.web, Self.api, Self.other])
        _ = course.step()
        course.answer(ImportPosition(pipeline: Self.web))
        _ = course.step()
        course.answer(Self.failure(.accessDenied, "AccessDeniedException"))
        #expect(
            course.subject.tally.failures
                == ["prod/web and 1 more of this target: AccessDeniedException: no"]
        )
        #expect(course.step() == .position(Self.other))
        #expect(course.subject.tally.finished == 2)
    }

    @Test func `a pipeline that is gone leaves only itself out`() {
        var course = Course([Self.web, Self.api])
        _ = course.step()
        course.answer(ImportPosition(pipeline: Self.web))
        _ = course.step()
        course.answer(Self.failure(.notFound, "PipelineNotFoundException"))
        #expect(course.step() == .position(Self.api))
    }

    @Test func `a ledger that takes nothing ends it`() {
        var asked = Course([Self.web, Self.api])
        _ = asked.step()
        asked.subject.take(position: .failure(.readOnly), now: asked.now)
        #expect(asked.subject.isFinished)
        #expect(asked.subject.tally.failed == 2)
        #expect(asked.subject.tally.failures == [LedgerError.readOnly.sentence])
        var stored = Course([Self.web])
        _ = stored.step()
        stored.answer(ImportPosition(pipeline: Self.web))
        _ = stored.step()
        stored.answer(Self.page([0]))
        _ = stored.step()
        stored.subject.take(stored: .failure(.full), now: stored.now)
        #expect(stored.subject.tally.failures == [LedgerError.full.sentence])
    }

    @Test func `nothing to import is over at once`() {
        let course = Course([])
        #expect(course.subject.isFinished)
        #expect(course.subject.elapsed(course.now + .seconds(9)) == .zero)
    }

    @Test func `executions that recovered are read once, a second apart`() {
        var settled = SettledExecutions()
        let start = Instant.origin
        let (one, two) = (
            ExecutionKey(pipeline: Self.web, execution: "e1"),
            ExecutionKey(pipeline: Self.web, execution: "e2")
        )
        for key in [one, one, two] { settled.add(key, start) }
        #expect(settled.next(start) == nil)
        let due = start + SettledExecutions.delay
        #expect(settled.nextAt == due)
        #expect(settled.next(due) == one)
        #expect(settled.next(due) == nil)
        #expect(settled.nextAt == due + .seconds(1))
        #expect(settled.next(due + .seconds(1)) == two)
        #expect(settled.nextAt == nil)
    }
}
