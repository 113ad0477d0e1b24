import Primitives
import RetryDaemon
import RetryTestSupport

extension ManualClock: HostClock {
    var awake: Instant { now }
}
