import Synchronization

/// Answers one question exactly once.
///
/// A question that is dropped unanswered, since the daemon ends, gets the answer made for that
/// case, so nobody waits for ever.
package final class Reply<Answer: Sendable>: Sendable {
    private let deliver: Mutex<(@Sendable (Answer) -> Void)?>
    private let otherwise: Answer

    /// Makes a reply.
    ///
    /// - Parameters:
    ///   - otherwise: the answer when nobody gives one.
    ///   - deliver: takes the answer; called once, on any thread.
    package init(otherwise: Answer, _ deliver: @escaping @Sendable (Answer) -> Void) {
        self.otherwise = otherwise
        self.deliver = Mutex(deliver)
    }

    deinit {
        send(otherwise)
    }

    /// Gives the answer; a second one is ignored.
    package func send(_ answer: Answer) {
        let first = deliver.withLock { deliver in
            defer { deliver = nil }
            return deliver
        }
        first?(answer)
    }
}
