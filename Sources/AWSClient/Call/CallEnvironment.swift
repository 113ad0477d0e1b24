package import Primitives

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
    /// Takes how far AWS's clock is ahead when a refusal proved it; default: ignored.
    package var clockCorrected: @Sendable (Duration) -> Void = { _ in }

    /// Creates an environment.
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
        // 43 random bits each: chance may cost a system call.
        let parts = (0..<3).map { _ in UInt64(random() * 0x1p43) }
        let high = parts[0] << 21 ^ parts[1] >> 22
        let low = parts[1] << 42 ^ parts[2]
        let version = high & ~0xF000 | 0x4000
        let variant = low & ~(0b11 << 62) | 0b10 << 62
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for index in 0..<32 {
            if [8, 12, 16, 20].contains(index) { text.append(UInt8(ascii: "-")) }
            let half = index < 16 ? version : variant
            let digit = UInt8(half >> (60 - 4 * UInt64(index % 16)) & 15)
            text.append(digit < 10 ? digit + 0x30 : digit + 0x57)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Credentials that never change: from the environment, a test, or an assumed role.
package struct StaticCredentials: CredentialsProvider {
    private let fixed: Credentials

    /// Always provides these credentials.
    package init(_ credentials: Credentials) {
        fixed = credentials
    }

    package func credentials() async throws(CredentialsError) -> Credentials { fixed }

    package func reject(_ credentials: Credentials) async {}
}
