import Primitives
import RetryCore

/// Executions whose last retry recovered: their history is read once more, since nothing else shows
/// the attempt that succeeded.
struct SettledExecutions: Sendable {
    /// How long after the end they are read: history may lag behind the state.
    static let delay = Duration.seconds(30)
    /// The shortest time between two of these calls.
    private static let gap = Duration.seconds(1)
    /// How many wait at most; what does not fit is left to an import.
    private static let most = 1000

    private var waiting: [(at: Instant, key: ExecutionKey)] = []
    private var restUntil = Instant.origin

    /// When the next one is to be read.
    var nextAt: Instant? { waiting.first.map { max($0.at, restUntil) } }

    /// Adds an execution, unless too many wait.
    mutating func add(_ key: ExecutionKey, _ now: Instant) {
        guard waiting.count < Self.most, !waiting.contains(where: { $0.key == key }) else { return }
        waiting.append((now + Self.delay, key))
    }

    /// The one that is to be read now.
    mutating func next(_ now: Instant) -> ExecutionKey? {
        guard let at = nextAt, at <= now else { return nil }
        restUntil = now + Self.gap
        return waiting.removeFirst().key
    }
}
