import Primitives
import Synchronization
import Systemd
import Testing

@Suite struct TimeoutExtensionTests {
    private let start = Instant(sinceOrigin: .seconds(1000))

    @Test(arguments: [
        (5, 1, true), (5, 0, false), (5, -1, false), (3599, 1, true), (3600, 1, false),
    ])
    func `work with progress gets more time, for an hour at most`(
        seconds: Int,
        used: Int,
        isExtended: Bool
    ) {
        var work = TimeoutExtension(now: start, used: .milliseconds(7))
        let notice = work.check(now: start + .seconds(seconds), used: .milliseconds(7 + used))
        #expect(notice == (isExtended ? .extendTimeout(.seconds(60)) : nil))
    }

    @Test func `work that stopped and makes progress again gets more time again`() {
        var work = TimeoutExtension(now: start, used: .zero)
        let checks = [3, 3, 3, 4, 4].enumerated().map { index, used in
            work.check(now: start + .seconds(5 * (index + 1)), used: .milliseconds(used)) != nil
        }
        #expect(checks == [true, false, false, true, false])
    }

    @Test func `a notice asks for more than the time until the next check`() {
        #expect(TimeoutExtension.step > TimeoutExtension.interval * 2)
    }
}

@Suite struct TimeoutExtenderTests {
    @Test func `more time is requested at once, and again while the work makes progress`() throws {
        let manager = try NoticeDouble()
        let used = Mutex(Duration.zero)
        let extender = try TimeoutExtender(
            status: "reading the ledger",
            interval: .milliseconds(1),
            now: { .origin },
            used: {
                used.withLock { used in
                    used += .milliseconds(1)
                    return used
                }
            },
            report: { manager.report($0) }
        )
        #expect(manager.waitForNotices(5))
        extender.end()
        let notices = manager.notices
        #expect(notices.first == .status("reading the ledger"))
        #expect(notices.dropFirst().allSatisfy { $0 == .extendTimeout(.seconds(60)) })
        #expect(manager.notices == notices)
    }

    @Test func `work without progress is left to the time-out`() throws {
        let manager = try NoticeDouble()
        let checks = try EventCounter()
        let count = Mutex(0)
        let extender = try TimeoutExtender(
            status: "reading the ledger",
            interval: .milliseconds(1),
            now: { .origin },
            used: {
                let hasChecked = count.withLock { count in
                    count += 1
                    return count == 5
                }
                if hasChecked { checks.raise() }
                return .seconds(1)
            },
            report: { manager.report($0) }
        )
        #expect(checks.wait(atMost: .seconds(30)))
        extender.end()
        #expect(
            manager.notices == [.status("reading the ledger"), .extendTimeout(.seconds(60))]
        )
    }

    @Test func `a thread that works uses time, and one that waits uses none`() throws {
        let host = LinuxHost()
        let mine = host.callingThreadTime()
        let before = mine()
        var sum: UInt64 = 0
        while mine() == before { sum &+= 1 }
        #expect(mine() > before)

        let (hasBegun, mayEnd) = (try EventCounter(), try EventCounter())
        let other = Mutex<(@Sendable () -> Duration)?>(nil)
        try HostThread.start(named: "waits") {
            other.withLock { $0 = host.callingThreadTime() }
            hasBegun.raise()
            _ = mayEnd.wait(atMost: .seconds(30))
        }
        #expect(hasBegun.wait(atMost: .seconds(30)))
        let theirs = try #require(other.withLock { $0 })
        // It may still be on its way into the wait.
        var last = theirs()
        for _ in 0..<1000 where theirs() != last { last = theirs() }
        #expect(theirs() == last)
        mayEnd.raise()
    }
}

/// A service manager that counts its notices.
private final class NoticeDouble: Sendable {
    private let told = Mutex<[ServiceNotice]>([])
    private let arrived: EventCounter

    init() throws {
        arrived = try EventCounter()
    }

    var notices: [ServiceNotice] { told.withLock { $0 } }

    func report(_ notice: ServiceNotice) {
        told.withLock { $0.append(notice) }
        arrived.raise()
    }

    func waitForNotices(_ count: Int) -> Bool {
        while notices.count < count {
            guard arrived.wait(atMost: .seconds(30)) else { return false }
        }
        return true
    }
}
