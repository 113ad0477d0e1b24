import CSystemd
import Glibc

/// An operating system thread for calls that may block without bound.
///
/// Swift's own threads are a small fixed pool, and a call that blocks takes one away for good.
package enum HostThread {
    /// Starts a detached thread on which every signal is blocked.
    ///
    /// - Parameters:
    ///   - name: the thread's name for ps(1); 15 bytes are kept.
    ///   - body: what the thread does; the thread ends when it returns.
    /// - Throws: `HostError` when the system has no room for a thread.
    package static func start(named name: String, _ body: @escaping @Sendable () -> Void)
        throws(HostError)
    {
        let context = unsafe Unmanaged.passRetained(Body(name: name, run: body)).toOpaque()
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, threadMain, context)
        guard code == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(context).release()
            throw HostError(call: "pthread_create", code: code)
        }
        pthread_detach(thread)
    }

    /// Runs a call that may block on its own thread, while the caller's thread serves others.
    ///
    /// Cancelling does not interrupt it, so the call must end by itself.
    ///
    /// - Parameters:
    ///   - name: the thread's name.
    ///   - call: the blocking call.
    /// - Returns: the result of the call.
    /// - Throws: `HostError` when the system has no room for a thread.
    package static func run<Value: Sendable>(
        named name: String,
        _ call: @escaping @Sendable () -> Value
    ) async throws(HostError) -> Value {
        let result: Result<Value, HostError> = await withCheckedContinuation { continuation in
            do throws(HostError) {
                try start(named: name) { continuation.resume(returning: .success(call())) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let body = unsafe Unmanaged<HostThread.Body>.fromOpaque(context).takeRetainedValue()
    // A signal must reach the thread that waits for it, not one that sits in a blocking call.
    let code = retryd_block_signals()
    precondition(code == 0, "pthread_sigmask refused a valid request")
    unsafe retryd_name_thread(body.name)
    body.run()
    return nil
}

/// A counter that one thread raises and another waits for; eventfd(2).
package final class EventCounter: Sendable {
    /// Readable while the counter is raised.
    package let descriptor: Int32

    /// Opens a counter.
    package init() throws(HostError) {
        descriptor = try HostError.check(retryd_event_open(), "eventfd")
    }

    deinit {
        close(descriptor)
    }

    /// Wakes the waiting thread; never blocks.
    package func raise() {
        let code = retryd_event_raise(descriptor)
        precondition(code == 0, "an open event counter refused to be raised")
    }

    /// Waits until the counter is raised, and resets it.
    ///
    /// - Parameter limit: the longest wait; nil waits for ever.
    /// - Returns: whether it was raised in time.
    package func wait(atMost limit: Duration? = nil) -> Bool {
        let milliseconds = limit.map { max(0, $0.milliseconds) } ?? -1
        let answer = retryd_event_wait(descriptor, milliseconds)
        precondition(answer >= 0, "an open event counter refused to be waited for")
        return answer > 0
    }
}

extension Duration {
    /// Whole milliseconds, rounded up.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
