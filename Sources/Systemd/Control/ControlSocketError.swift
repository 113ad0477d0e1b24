/// Why the control socket could not be opened, or a request on it was not answered.
package enum ControlSocketError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A running daemon already listens at the path.
    case inUse(path: String)
    /// The file at the path is not a socket, and is not touched.
    case notASocket(path: String)
    /// No daemon listens at the path.
    case notRunning(path: String)
    /// The file mode of the socket or of its folder keeps this user out.
    case notPermitted(path: String)
    /// The queue of waiting clients is full.
    case busy(path: String)
    /// The daemon did not answer within the time.
    case timedOut(path: String, after: Duration)
    /// The daemon closed the connection before its answer was complete.
    case closedEarly(path: String)
    /// The request or the answer is larger than a frame may be.
    case tooLarge(bytes: Int, limit: Int)
    /// Any other failure of a system call.
    case failed(HostError)

    /// The errno value of a call on the socket, put into the terms of this type.
    package init(_ error: HostError, path: String) {
        switch error.code {
        case 2, 111: self = .notRunning(path: path)
        case 1, 13: self = .notPermitted(path: path)
        case 11: self = .busy(path: path)
        case 32, 104: self = .closedEarly(path: path)
        case _: self = .failed(error)
        }
    }

    /// The command that starts a daemon which listens there.
    private static func start(for path: String) -> String {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
        guard !folder.isEmpty, folder != "/run/pipeline-retryd" else {
            return "systemctl start pipeline-retryd"
        }
        return "pipeline-retryd run --state-dir \(folder)"
    }

    package var description: String {
        switch self {
        case .inUse(let path):
            "\(path): another pipeline-retryd is running and listens there; "
                + "stop it first, or use another directory"
        case .notASocket(let path):
            "\(path): this is not a socket and was not changed; remove it, or use another directory"
        case .notRunning(let path):
            "\(path): no pipeline-retryd listens there; start it with "
                + "'\(ControlSocketError.start(for: path))'"
        case .notPermitted(let path):
            "\(path): permission denied; run as root or as a member of the daemon's group"
        case .busy(let path):
            "\(path): too many clients are waiting for the daemon; try again in a few seconds"
        case .timedOut(let path, let limit):
            "\(path): the daemon did not answer within \(limit.milliseconds) ms; "
                + "see 'systemctl status pipeline-retryd'"
        case .closedEarly(let path):
            "\(path): the daemon closed the connection without a full answer; "
                + "see 'journalctl -u pipeline-retryd'"
        case .tooLarge(let bytes, let limit):
            "a message of \(bytes) bytes is too large for the control socket, "
                + "which takes \(limit) at most"
        case .failed(let error): error.description
        }
    }
}
