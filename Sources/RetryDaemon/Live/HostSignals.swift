import Glibc

/// Signals that need no answer.
package enum HostSignals {
    /// Ignores SIGPIPE: a closed reader is an error of a write, not the end of the daemon.
    package static func ignoreBrokenPipes() {
        _ = signal(SIGPIPE, SIG_IGN)
    }
}
