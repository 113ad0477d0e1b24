import Glibc

/// A thread for one blocking lookup: Swift's own threads are few, and a lookup may block for long.
enum LookupThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread, on which every signal is blocked; it ends when `body` returns.
    ///
    /// - Throws: ``NameLookupError`` when the system cannot create a thread.
    static func start(
        for host: String,
        _ body: @escaping @Sendable () -> Void
    ) throws(NameLookupError) {
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, nil, main, context)
        guard code == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(context).release()
            throw NameLookupError(host: host, .noAnswer, "no thread: \(LiveSystem.text(of: code))")
        }
        pthread_detach(thread)
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
        { context in
            guard let context = unsafe context else { return nil }
            let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
            // A signal must reach the thread that waits for it.
            var all = sigset_t()
            unsafe sigfillset(&all)
            _ = unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
            body.run()
            return nil
        }
}
