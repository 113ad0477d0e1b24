package import Primitives
package import Systemd

/// The clocks of this machine.
package struct LiveClock: HostClock {
    private let host = LinuxHost()

    /// Creates the live clocks.
    package init() {}

    package var now: Instant { host.bootInstant }

    package var awake: Instant { host.awakeInstant }

    package var wall: WallTime { host.wallTime }

    package func sleep(until instant: Instant) async {
        let pause = instant - now
        guard pause > .zero else { return }
        do {
            // The continuous clock counts suspend, as `now` does.
            try await Task.sleep(for: pause, tolerance: .zero, clock: .continuous)
        } catch {
            // Cancelled: the sleeper checks the time again.
        }
    }
}

extension ServiceManager: ServiceNotifying {
    package func announce(_ notice: ServiceNotice) {
        // A daemon continues whether or not its manager receives it (sd_notify(3)).
        report(notice)
    }
}
