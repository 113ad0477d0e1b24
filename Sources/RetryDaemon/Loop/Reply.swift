import Synchronization

/// Answers one request exactly once.
///
/// A request that is dropped unanswered, since the daemon is stopping, gets the answer intended for
/// that case, so nobody waits for ever.
package final class Reply<Answer: Sendable>: Sendable {
    private let deliver: Mutex<(@Sendable (Answer) -> Void)?>
    private let otherwise: Answer

    /// Creates a reply.
    ///
    /// - Parameters:
    ///   - otherwise: the answer when none is given.
    ///   - deliver: takes the answer; called once, on any thread.
    package init(otherwise: Answer, _ deliver: @escaping @Sendable (Answer) -> Void) {
        self.otherwise = otherwise
        self.deliver = Mutex(deliver)
    }

    deinit {
        send(otherwise)
    }

    /// Sends the answer; a second one is ignored.
    package func send(_ answer: Answer) {
        let first = deliver.withLock { deliver in
            defer { deliver = nil }
            return deliver
        }
        first?(answer)
    }
}
