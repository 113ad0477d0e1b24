import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

/// What the daemon has learned, read page by page, so that its ledger is held for one page at a
/// time.
extension ControlSession {
    /// Reads all attempts that a request asks for, oldest first; without an answer it says why and
    /// exits.
    func readAttempts(
        _ request: AttemptRequest,
        _ take: ([ActionAttempt]) -> Void
    ) async throws {
        var next = request
        repeat {
            let answer = try await answer(to: .attempts(next))
            guard let page = answer.attempts else { return try end(answer) }
            guard let attempts = page.values else { return try endUnread() }
            take(attempts)
            next.after = page.next
        } while next.after != nil
    }

    /// Reads all failures that a request asks for, with what was said of them, likewise.
    func readFailures(
        _ request: AttemptRequest,
        _ take: ([PastFailure]) -> Void
    ) async throws {
        var next = request
        repeat {
            let answer = try await answer(to: .attempts(next))
            guard let page = answer.attempts else { return try end(answer) }
            guard let failures = page.failures else { return try endUnread() }
            take(failures)
            next.after = page.next
        } while next.after != nil
    }

    /// Reads all sums of attempts that are not kept any more, from a day on, likewise.
    func readSums(_ request: SumRequest, _ take: ([DailySum]) -> Void) async throws {
        var next = request
        repeat {
            let answer = try await answer(to: .sums(next))
            guard let page = answer.sums else { return try end(answer) }
            take(page.values)
            next.after = page.next
        } while next.after != nil
    }

    /// Says why there is no page, and exits.
    private func end(_ answer: ControlAnswer) throws {
        answer.printLines()
        guard answer.outcome != .done else { return try endUnread() }
        try ExitStatus(answer.outcome).exit()
    }

    private func endUnread() throws {
        Terminal.complain("pipeline-retryd: the answer cannot be read; is the daemon newer?")
        try ExitStatus.unavailable.exit()
    }
}
