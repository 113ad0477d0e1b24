import AttemptLedger
import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct HistoryLoopTests {
    private static let year = ImportRequest(
        scope: PauseScope(),
        since: .seconds(365 * 86_400)
    )

    /// Two pages of the pipeline `web`.
    private static var script: ServiceDouble.Script {
        var script = ServiceDouble.Script.quiet
        script.history[""] = HistoryImportTests.page([0, 1], next: "p2")
        script.history["p2"] = HistoryImportTests.page([2, 3])
        return script
    }

    private func begin(_ rig: Rig, _ request: ImportRequest? = year) async -> ImportAnswer {
        await rig.ask(otherwise: .stopping) { .importHistory(request, $0) }
    }

    private func attempts(_ rig: Rig, _ execution: ExecutionID) throws -> [ActionAttempt] {
        let key = ExecutionKey(pipeline: HistoryImportTests.web, execution: execution)
        return try rig.store.memory.attempts(of: key, now: ManualClock.start)
    }

    @Test func `an import brings the pages into the ledger while polls go on`() async throws {
        let rig = Rig(script: Self.script)
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "call state prod/web")
            guard case .running(let begun) = await begin(rig) else {
                Issue.record("it was refused")
                return rig.send(.stop("SIGTERM"))
            }
            #expect(!begun.isFinished)
            #expect(begun.pipelines == 1)
            // The same again is the same import; another one is refused.
            guard case .running = await begin(rig) else {
                Issue.record("the same import was refused")
                return rig.send(.stop("SIGTERM"))
            }
            var other = Self.year
            other.since = .seconds(60)
            let refusal = await begin(rig, other)
            #expect(
                refusal
                    == .refused(
                        "an import of another scope or time is under way; wait for its end"
                    )
            )
            await rig.pass(.seconds(1), until: "note info imported 4 attempts of 1 pipeline")
            guard case .running(let result) = await begin(rig, nil) else {
                Issue.record("there is no progress")
                return rig.send(.stop("SIGTERM"))
            }
            #expect(result.isFinished)
            #expect(result.new == 4)
            rig.send(.stop("SIGTERM"))
        }
        #expect(try attempts(rig, "e3").map(\.id) == ["a3"])
        let position = try rig.store.memory.position(
            of: HistoryImportTests.web,
            now: ManualClock.start
        )
        #expect(position.reading == nil)
        #expect(position.done?.newest == HistoryImportTests.day(0))
    }

    @Test func `an import of what is not there is refused with a suggestion`() async {
        let rig = Rig(script: Self.script)
        _ = await rig.run { rig in
            var request = Self.year
            request.scope = PauseScope(pipeline: "wbe")
            #expect(
                await begin(rig, request)
                    == .refused(
                        "there is no pipeline wbe (did you mean web?); nothing was imported"
                    )
            )
            #expect(await begin(rig, nil) == .refused("no import was begun since the start"))
            rig.send(.stop("SIGTERM"))
        }
        #expect(!rig.eventLog.contains("call history"))
    }

    @Test func `after an end at any page the next daemon goes on there`() async throws {
        let first = Rig(script: Self.script)
        _ = await first.run { rig in
            _ = await begin(rig)
            await rig.pass(.milliseconds(500), until: "store learn 2")
            rig.send(.stop("SIGTERM"))
        }
        #expect(!first.eventLog.contains("call history prod/web p2"))
        let second = Rig(store: first.store, script: Self.script)
        _ = await second.run { rig in
            _ = await begin(rig)
            await rig.pass(.seconds(1), until: "note info imported 2 attempts of 1 pipeline")
            rig.send(.stop("SIGTERM"))
        }
        #expect(!second.eventLog.contains("call history prod/web newest"))
        #expect(try attempts(second, "e0").count == 1)
        #expect(try attempts(second, "e3").count == 1)
    }

    @Test func `the rows that a decision read are kept`() async throws {
        var script = ServiceDouble.Script.failedStage
        script.rows[0].started = ManualClock.start
        let rig = Rig(script: script)
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "store learn 1")
            rig.send(.stop("SIGTERM"))
        }
        let kept = try attempts(rig, "e-1")
        #expect(kept.map(\.id) == ["a-1"])
        #expect(kept.map(\.source) == [.live])
        #expect(kept.map(\.status) == [.failed])
    }

    @Test func `attempts and sums are told page by page, of what is there`() async throws {
        let rig = Rig(script: Self.script)
        _ = await rig.run { rig in
            _ = await begin(rig)
            await rig.pass(.seconds(1), until: "note info imported 4 attempts of 1 pipeline")
            var request = AttemptRequest(
                scope: PauseScope(pipeline: "web"),
                since: WallTime(milliseconds: 0)
            )
            func ask() async -> PastAnswer {
                await rig.ask(otherwise: .stopping) { [request] in .attempts(request, $0) }
            }
            guard case .attempts(let page) = await ask() else {
                Issue.record("there is no page")
                return rig.send(.stop("SIGTERM"))
            }
            #expect(page.values?.map(\.id) == ["a3", "a2", "a1", "a0"])
            #expect(page.next == nil)
            request.after = page.attempts[2].place
            guard case .attempts(let rest) = await ask() else {
                Issue.record("there is no rest")
                return rig.send(.stop("SIGTERM"))
            }
            #expect(rest.attempts == [page.attempts[3]])
            request.status = "won"
            #expect(await ask() == .refused("the daemon does not understand the request"))
            request.status = nil
            request.target = "prd"
            let noTarget = "the configuration has no target prd (did you mean prod?)"
            #expect(await ask() == .refused(noTarget))
            let sums = await rig.ask(otherwise: .stopping) { .sums(SumRequest(since: 0), $0) }
            #expect(sums == .sums(SumDocument(SumAnswer(sums: []))))
            rig.send(.stop("SIGTERM"))
        }
    }

    @Test func `an execution that recovered is read once more`() async throws {
        var script = ServiceDouble.Script.failedStage
        script.rows[0].started = ManualClock.start
        let rig = Rig(script: script)
        _ = await rig.run { rig in
            await rig.eventLog.wait(for: "report retry_scheduled")
            await rig.pass(.seconds(1), until: "retry returns")
            rig.services["prod"]?.script.withLock { script in
                script.states = ServiceDouble.Script.quiet.states
                var again = script.rows[0]
                again.action.executionID = "a-2"
                again.action.status = .succeeded
                again.started = ManualClock.start + .seconds(5)
                again.action.lastStatusChange = ManualClock.start + .seconds(9)
                script.rows.append(again)
            }
            await rig.pass(.seconds(30), until: "store learn 2")
            rig.send(.stop("SIGTERM"))
        }
        let kept = try attempts(rig, "e-1")
        #expect(kept.map(\.id) == ["a-1", "a-2"])
        #expect(kept.first?.retry?.result == .recovered)
        #expect(kept.first?.retry?.isOwn == true)
    }
}
