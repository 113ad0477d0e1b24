/// The exit statuses of every command, after sysexits.h; systemd prints their names.
package enum ExitStatus: Int32, Hashable, Sendable, CaseIterable {
    /// It is done.
    case success = 0
    /// A condition of `backtest --fail-if` holds.
    case conditionHolds = 1
    /// EX_USAGE: the command line is wrong.
    case usage = 64
    /// EX_DATAERR: the input of `explain` cannot be read.
    case unreadableInput = 65
    /// EX_UNAVAILABLE: no daemon answers, or no pipeline could be read.
    case unavailable = 69
    /// EX_SOFTWARE: something that should not happen.
    case internalError = 70
    /// EX_CANTCREAT: the state directory, the control socket or a report cannot be written.
    case stateNotWritable = 73
    /// EX_TEMPFAIL: another instance holds the state.
    case heldByOther = 75
    /// EX_NOPERM: this user may not do that.
    case notPermitted = 77
    /// EX_CONFIG: the config file has errors.
    case config = 78
}
