import Systemd

/// The environment of this process, read once by each command.
enum LiveHostVariables {
    static func read() -> [String: String] { LinuxHost().environment }
}
