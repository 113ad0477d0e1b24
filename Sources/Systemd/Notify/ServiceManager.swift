import CSystemd

/// The service manager that started this process, if one did.
///
/// It implements the protocol of sd_notify(3) itself: libsystemd's function reads the environment
/// at every call and waits without limit for a manager that hangs.
package struct ServiceManager: Hashable, Sendable {
    /// The result of sending a notice.
    ///
    /// A daemon continues in every case; a failed state change deserves an entry in the log.
    package enum Outcome: Hashable, Sendable {
        /// The manager has it in its queue.
        case sent
        /// No manager expects notices.
        case notSupervised
        /// It could not be sent.
        case failed(HostError)
    }

    private let socket: String?

    /// Takes the manager's address: a path or `@` and an abstract name.
    ///
    /// - Parameter notifySocket: the value of `$NOTIFY_SOCKET`; nil or empty: no manager.
    package init(notifySocket: String?) {
        socket = notifySocket.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads `NOTIFY_SOCKET` from an environment that was read once at start.
    ///
    /// - Parameter environment: ``LinuxHost/environment``.
    package init(environment: [String: String]) {
        self.init(notifySocket: environment["NOTIFY_SOCKET"])
    }

    /// Whether a manager expects notices.
    package var isSupervised: Bool { socket != nil }

    /// Sends a notice.
    ///
    /// A change of state waits up to a second for a manager that hangs; a ping or a status does not
    /// wait at all.
    ///
    /// - Parameter notice: the notice.
    /// - Returns: its result.
    @discardableResult
    package func report(_ notice: ServiceNotice) -> Outcome {
        guard let socket else { return .notSupervised }
        let bytes = Array(notice.datagram.utf8)
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe retryd_notify(
                socket,
                bytes.baseAddress,
                bytes.count,
                notice.changesState ? 1000 : 0
            )
        }
        guard code < 0 else { return .sent }
        return .failed(HostError(call: "notifying the service manager at \(socket)", code: -code))
    }
}
