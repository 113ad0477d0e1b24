import Glibc
package import Systemd

extension ExitStatus {
    /// The exit status of a command that the daemon answered.
    package init(_ outcome: ControlAnswer.Outcome) {
        switch outcome {
        case .done, .volatile: self = .success
        case .refused: self = .config
        case .stopping: self = .unavailable
        case .invalid: self = .usage
        }
    }

    /// The exit status of a command that no daemon answered.
    package init(_ error: ControlSocketError) {
        switch error {
        case .notPermitted: self = .notPermitted
        case .inUse: self = .heldByOther
        case .notASocket, .notRunning, .busy, .timedOut, .closedEarly, .tooLarge, .failed:
            self = .unavailable
        }
    }

    /// The exit status of a daemon whose control socket cannot be created.
    package init(listening error: ControlSocketError) {
        switch error {
        case .inUse: self = .heldByOther
        case .notPermitted: self = .notPermitted
        case .failed(let error) where [EPERM, EACCES].contains(error.code): self = .notPermitted
        case .notASocket, .notRunning, .busy, .timedOut, .closedEarly, .tooLarge, .failed:
            self = .stateNotWritable
        }
    }

    /// The exit status of a run that ended.
    package init(_ end: DaemonEnd) {
        switch end {
        case .stopped: self = .success
        case .polled(let readable, let unreadable):
            self = readable == 0 && unreadable > 0 ? .unavailable : .success
        }
    }
}
