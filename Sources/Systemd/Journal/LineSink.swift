import CSystemd
package import Primitives

/// Lines on a descriptor of this process.
package enum LineSink {
    /// Creates a sink that writes one line for each entry.
    ///
    /// - Parameters:
    ///   - format: the form of a line.
    ///   - descriptor: 1 or 2; another in tests. It stays open.
    ///   - now: the time of day.
    /// - Returns: the sink.
    /// - Throws: `HostError` when the system gives no thread.
    package static func sink(
        _ format: LineFormat,
        descriptor: Int32,
        now: @escaping @Sendable () -> WallTime
    ) throws(HostError) -> QueuedSink {
        try QueuedSink(name: "log-lines", now: now) { item in
            write(format.line(of: item) + "\n", to: descriptor)
        }
    }

    /// Returns 0 or an errno value.
    private static func write(_ line: String, to descriptor: Int32) -> Int32 {
        let bytes = Array(line.utf8)
        return unsafe -bytes.withUnsafeBytes { bytes in
            unsafe retryd_write_all(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}
