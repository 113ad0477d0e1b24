/// How urgent an entry is, after syslog(3).
package enum JournalPriority: Int, CaseIterable, Sendable, Comparable {
    /// The system is unusable; never used by this program.
    case emergency = 0
    /// Immediate action is needed; never used by this program.
    case alert = 1
    /// The daemon cannot go on.
    case critical = 2
    /// Something failed and a person has to act.
    case error = 3
    /// The daemon continues with reduced function.
    case warning = 4
    /// A change of state that a person wants to find again.
    case notice = 5
    /// Routine.
    case info = 6
    /// For searching a defect.
    case debug = 7

    /// The name that text output prints, as `journalctl --priority` spells it.
    package var name: String {
        switch self {
        case .emergency: "emerg"
        case .alert: "alert"
        case .critical: "crit"
        case .error: "err"
        case .warning: "warning"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// Whether `left` is more urgent than `right`.
    package static func < (left: JournalPriority, right: JournalPriority) -> Bool {
        left.rawValue < right.rawValue
    }
}
