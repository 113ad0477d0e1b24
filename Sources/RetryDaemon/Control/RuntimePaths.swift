/// Where the daemon keeps its state and its control socket.
package struct RuntimePaths: Hashable, Sendable {
    private let environment: [String: String]

    /// Reads `STATE_DIRECTORY`, `RUNTIME_DIRECTORY`, `XDG_STATE_HOME` and `HOME`.
    package init(environment: [String: String]) {
        self.environment = environment
    }

    /// The state directory: systemd's, else the given one, else one in the user's home directory.
    ///
    /// - Parameter given: `--state-dir`.
    /// - Returns: nil when there is none of these and no home directory.
    package func state(given: String?) -> String? {
        if let directory = first(of: "STATE_DIRECTORY") ?? given { return directory }
        if let base = value("XDG_STATE_HOME"), base.hasPrefix("/") {
            return "\(base)/pipeline-retryd"
        }
        return value("HOME").map { "\($0)/.local/state/pipeline-retryd" }
    }

    /// Where the daemon listens: in systemd's runtime directory, else beside its state.
    package func socket(state: String) -> String {
        "\(first(of: "RUNTIME_DIRECTORY") ?? state)/control.sock"
    }

    /// Where a command looks for the daemon.
    ///
    /// - Parameter given: `--state-dir`, for a daemon that was not started by systemd.
    /// - Returns: the places in order; never empty under systemd or with a home directory.
    package func sockets(given: String?) -> [String] {
        if let directory = first(of: "RUNTIME_DIRECTORY") { return ["\(directory)/control.sock"] }
        let own = state(given: given).map { "\($0)/control.sock" }
        if given != nil { return [own].compactMap { $0 } }
        return ["/run/pipeline-retryd/control.sock"] + [own].compactMap { $0 }
    }

    /// The first of the directories that a variable lists, separated by colons.
    private func first(of variable: String) -> String? {
        value(variable)?.split(separator: ":").first.map(String.init)
    }

    private func value(_ variable: String) -> String? {
        environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
}
