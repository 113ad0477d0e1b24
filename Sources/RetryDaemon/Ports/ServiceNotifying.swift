import RetryCore
package import Systemd

/// Takes the notices for the service manager.
package protocol ServiceNotifying: Sendable {
    /// Sends a notice; its result changes nothing.
    func announce(_ notice: ServiceNotice)
}
