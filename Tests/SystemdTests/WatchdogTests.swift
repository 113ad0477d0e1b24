import Primitives
import Systemd
import Testing

@Suite struct ProgressBoardTests {
    private let start = Instant(sinceOrigin: .seconds(1000))

    @Test func `a board without slots is healthy`() {
        #expect(ProgressBoard().verdict(now: start) == .healthy)
    }

    @Test(arguments: [
        (59, true), (60, true), (61, false), (6000, false), (-5, true),
    ])
    func `a part is healthy up to its limit`(seconds: Int, isHealthy: Bool) {
        var board = ProgressBoard()
        board.watch("poll", limit: .seconds(60), now: start)
        let verdict = board.verdict(now: start + .seconds(seconds))
        #expect((verdict == .healthy) == isHealthy)
    }

    @Test func `progress starts the limit again`() {
        var board = ProgressBoard()
        board.watch("poll", limit: .seconds(60), now: start)
        board.progress("poll", now: start + .seconds(50))
        #expect(board.verdict(now: start + .seconds(110)) == .healthy)
        #expect(board.verdict(now: start + .seconds(111)) != .healthy)
    }

    @Test func `one stalled part among healthy ones is named`() {
        var board = ProgressBoard()
        board.watch("poll", limit: .seconds(60), now: start)
        board.watch("ledger", limit: .seconds(10), now: start)
        board.progress("poll", now: start + .seconds(20))
        let stall = ProgressBoard.Stall(
            name: "ledger",
            since: start,
            elapsed: .seconds(21),
            limit: .seconds(10)
        )
        #expect(board.verdict(now: start + .seconds(21)) == .stalled(stall))
        #expect(stall.description == "ledger 21s (limit 10s)")
    }

    @Test func `of several stalled parts the one furthest behind is named`() {
        var board = ProgressBoard()
        board.watch("b", limit: .seconds(10), now: start)
        board.watch("a", limit: .seconds(50), now: start)
        board.watch("c", limit: .seconds(10), now: start)
        guard case .stalled(let stall) = board.verdict(now: start + .seconds(100)) else {
            Issue.record("the board is healthy")
            return
        }
        #expect(stall.name == "b")
    }

    @Test func `a part that ended is not missed, and an unknown one makes no progress`() {
        var board = ProgressBoard()
        board.watch("poll", limit: .seconds(60), now: start)
        board.unwatch("poll")
        board.progress("poll", now: start)
        #expect(board == ProgressBoard())
        #expect(board.verdict(now: start + .seconds(1000)) == .healthy)
    }
}

@Suite struct WatchdogTests {
    @Test(arguments: [
        (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "42"], Duration?.some(.seconds(60))),
        (["WATCHDOG_USEC": "400000"], .milliseconds(400)),
        (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "41"], nil),
        (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "x"], nil),
        (["WATCHDOG_USEC": "0", "WATCHDOG_PID": "42"], nil),
        (["WATCHDOG_USEC": "-1", "WATCHDOG_PID": "42"], nil),
        (["WATCHDOG_USEC": "1min", "WATCHDOG_PID": "42"], nil),
        (["WATCHDOG_PID": "42"], nil),
        ([:], nil),
    ])
    func `the watchdog is read from the environment`(
        environment: [String: String],
        timeout: Duration?
    ) {
        let watchdog = Watchdog(environment: environment, processID: 42)
        #expect(watchdog?.timeout == timeout)
        #expect(watchdog?.pingInterval == timeout.map { $0 / 2 })
    }

    @Test func `only a healthy board causes a ping`() {
        var board = ProgressBoard()
        board.watch("poll prod", limit: .seconds(60), now: .origin)
        #expect(Watchdog.notice(for: board, now: .origin + .seconds(60)) == .watchdogPing)
        #expect(
            Watchdog.notice(for: board, now: .origin + .seconds(94))
                == .watchdogTrigger(status: "Stalled: poll prod 94s (limit 60s)")
        )
    }
}
