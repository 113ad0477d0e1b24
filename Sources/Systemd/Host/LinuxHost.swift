import CSystemd
import Glibc
package import Primitives

/// Everything that only the operating system knows: clocks, randomness, names, the environment.
///
/// The one place of this module that reads them; everything else takes them as parameters.
package struct LinuxHost: Sendable {
    /// Creates the live host.
    package init() {}

    /// Time since boot, suspend included (CLOCK_BOOTTIME).
    ///
    /// The clock of waits and deadlines: a wait that ended while the machine slept is over when it
    /// wakes.
    package var bootInstant: Instant {
        Instant(sinceOrigin: .nanoseconds(retryd_clock_boottime()))
    }

    /// Time since boot without suspend (CLOCK_MONOTONIC).
    ///
    /// The clock of the watchdog, since the service manager's own stops in suspend too.
    package var awakeInstant: Instant {
        Instant(sinceOrigin: .nanoseconds(retryd_clock_monotonic()))
    }

    /// Microseconds of CLOCK_MONOTONIC, the value of `MONOTONIC_USEC=`.
    package var monotonicMicroseconds: UInt64 {
        UInt64(retryd_clock_monotonic() / 1000)
    }

    /// The time of day.
    package var wallTime: WallTime {
        WallTime(milliseconds: retryd_clock_realtime() / 1_000_000)
    }

    /// A measure of the processor time that the calling thread uses, to be read from any thread.
    ///
    /// A thread that waits for a disk that never answers uses none.
    package func callingThreadTime() -> @Sendable () -> Duration {
        let clock = retryd_clock_of_this_thread()
        return { .nanoseconds(retryd_clock(clock)) }
    }

    /// Eight random bytes of the kernel (getrandom(2)), the seed of a generator.
    ///
    /// - Returns: a value that differs at every call.
    /// - Throws: `HostError` when the kernel gives none.
    package func randomSeed() throws(HostError) -> UInt64 {
        var seed: UInt64 = 0
        try HostError.check(unsafe retryd_random(&seed), "getrandom")
        return seed
    }

    /// The machine's name (gethostname(2)); empty when it has none.
    package var hostname: String {
        var name = [UInt8](repeating: 0, count: 256)
        let answer = unsafe name.withUnsafeMutableBytes { bytes in
            guard
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            else { return Int32(-1) }
            return unsafe gethostname(start, bytes.count - 1)
        }
        guard answer == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The process id.
    package var processID: Int32 { getpid() }

    /// The effective user id.
    package var userID: UInt32 { geteuid() }

    /// The environment, copied; of a duplicate name the first counts, as in getenv(3).
    ///
    /// To be read once, before anything could change it.
    package var environment: [String: String] {
        var result: [String: String] = [:]
        guard var next = unsafe retryd_environment() else { return result }
        while let line = unsafe next.pointee {
            let text = unsafe String(cString: line)
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, result[String(parts[0])] == nil {
                result[String(parts[0])] = String(parts[1])
            }
            unsafe next += 1
        }
        return result
    }

    /// Keeps this process's memory, and the credentials in it, out of core dumps and debuggers.
    ///
    /// Sets RLIMIT_CORE to 0 and PR_SET_DUMPABLE to 0. The files under `/proc/self` then belong to
    /// root.
    ///
    /// - Throws: `HostError` when the kernel refuses; the daemon can continue, but must report it.
    package func forbidCoreDumps() throws(HostError) {
        try HostError.check(retryd_forbid_dumps(), "forbidding core dumps")
    }

    /// Tunes the heap for a long-running process; to be called before it grows.
    ///
    /// - Throws: `HostError` when the C library refuses, which is harmless but costs memory.
    package func settleHeap() throws(HostError) {
        try HostError.check(retryd_settle_heap(), "mallopt")
    }

    /// Releases memory that only a start or a reload needed.
    ///
    /// Free heap goes back to the system, and so do the pages of code and constants, the program's
    /// and its libraries'; those that are used come back from the files (malloc_trim(3),
    /// madvise(2)). Of some 25 MiB that a start touches, a daemon at work needs less than half.
    ///
    /// - Returns: how many bytes of code and constants the process may have given back.
    @discardableResult
    package func giveBackMemory() -> Int {
        Int(retryd_give_back_memory())
    }

    /// The input of ``OutputFacts`` for the standard error of this process.
    ///
    /// - Parameter environment: ``environment``, read once at start.
    /// - Returns: the facts.
    package func outputFacts(environment: [String: String]) -> OutputFacts {
        OutputFacts(
            journalStream: environment["JOURNAL_STREAM"],
            standardError: identity(ofDescriptor: 2),
            isTerminal: isatty(2) == 1,
            isSupervised: environment["NOTIFY_SOCKET"].map { !$0.isEmpty } ?? false,
            allowsColour: (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        )
    }

    /// Whether a journal listens on this machine; without one native entries vanish in silence.
    package var hasJournal: Bool {
        unsafe access("/run/systemd/journal/socket", W_OK) == 0
    }

    private func identity(ofDescriptor descriptor: Int32) -> FileIdentity? {
        var file = retryd_file()
        guard unsafe retryd_fstat(descriptor, &file) == 0 else { return nil }
        return FileIdentity(device: file.device, inode: file.inode)
    }
}
