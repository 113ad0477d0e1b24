import RetryCore
package import Systemd

/// Takes what the service manager shall know.
package protocol ServiceNotifying: Sendable {
    /// Sends a notice; what becomes of it changes nothing.
    func announce(_ notice: ServiceNotice)
}
