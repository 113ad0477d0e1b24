package import AttemptLedger
import RetryCore

/// Everything that the loop works with, put in from outside.
package struct DaemonParts<Connector: Connecting>: Sendable where Connector: Sendable {
    /// The clocks.
    package var clock: any HostClock
    /// Where intents, episodes and pauses outlive the process.
    package var store: any AttemptStore
    /// Where entries go.
    package var sink: any ReportSink
    /// The service manager.
    package var manager: any ServiceNotifying
    /// Evaluates patterns.
    package var patterns: any PatternEvaluating
    /// Creates connections.
    package var connector: Connector
    /// Rereads the config file.
    package var loader: any ConfigurationLoading<Connector.Settings>
    /// Releases memory that only a start or a reload needed.
    package var giveBackMemory: @Sendable () -> Void
    /// How long the service manager's watchdog waits for a ping; nil: there is none.
    package var watchdogTimeout: Duration?

    /// Creates parts.
    package init(
        clock: any HostClock,
        store: any AttemptStore,
        sink: any ReportSink,
        manager: any ServiceNotifying,
        patterns: any PatternEvaluating,
        connector: Connector,
        loader: any ConfigurationLoading<Connector.Settings>,
        giveBackMemory: @escaping @Sendable () -> Void = {},
        watchdogTimeout: Duration? = nil
    ) {
        self.clock = clock
        self.store = store
        self.sink = sink
        self.manager = manager
        self.patterns = patterns
        self.connector = connector
        self.loader = loader
        self.giveBackMemory = giveBackMemory
        self.watchdogTimeout = watchdogTimeout
    }
}

/// The run's options from the command line.
package struct DaemonOptions: Hashable, Sendable {
    /// The program's version, for the entry `started`.
    package var version: String
    /// Decide and report `would_retry`, never call, whatever the file has.
    package var isDryRun: Bool
    /// Poll each pipeline once, act on what is due, and end.
    package var isOnce: Bool
    /// Spreads first polls and jitter; the same for one host over restarts.
    package var seed: UInt64

    /// Creates options.
    package init(version: String, isDryRun: Bool = false, isOnce: Bool = false, seed: UInt64) {
        self.version = version
        self.isDryRun = isDryRun
        self.isOnce = isOnce
        self.seed = seed
    }

    /// The configuration under these options.
    func applied(to configuration: Configuration) -> Configuration {
        var result = configuration
        if isDryRun { result.dryRun = true }
        // First polls are spread over one interval, and a `--once` run needs no long one.
        if isOnce { result.poll.interval = min(result.poll.interval, .seconds(1)) }
        return result
    }
}

/// How a run ended.
package enum DaemonEnd: Hashable, Sendable {
    /// By a signal.
    case stopped
    /// Every pipeline was polled once: the numbers that could and could not be read.
    case polled(readable: Int, unreadable: Int)
}
