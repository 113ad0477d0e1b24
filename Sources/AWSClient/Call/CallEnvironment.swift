package import RetryCore

/// Clock, pause and chance, as a client takes them from outside.
package struct CallEnvironment: Sendable {
    /// The time of day, uncorrected.
    package var wallTime: @Sendable () -> WallTime
    /// The monotonic time, for budgets.
    package var instant: @Sendable () -> Instant
    /// Waits; throws only when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws(CancellationError) -> Void
    /// A random number from 0 up to, not including, 1.
    package var random: @Sendable () -> Double
    /// Takes how far AWS's clock is ahead when a refusal proved it; default: nobody.
    package var clockCorrected: @Sendable (Duration) -> Void = { _ in }

    /// Makes an environment of its parts.
    package init(
        wallTime: @escaping @Sendable () -> WallTime,
        instant: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.wallTime = wallTime
        self.instant = instant
        self.sleep = sleep
        self.random = random
    }

    /// A random UUID (version 4) in lower case.
    package func uuid() -> String {
        var bytes = (0..<16).map { _ in UInt8(truncatingIfNeeded: Int(random() * 256)) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
            .map { digits[$0].joined() }
            .joined(separator: "-")
    }
}

/// Keys that never change: of the environment, of a test, of a finished role.
package struct StaticCredentials: CredentialsProvider {
    private let fixed: Credentials

    /// Provides these keys for ever.
    package init(_ credentials: Credentials) {
        fixed = credentials
    }

    package func credentials() async throws(CredentialsError) -> Credentials { fixed }

    package func reject(_ credentials: Credentials) async {}
}
