import Systemd

/// Some of the names that reports have.
extension JournalField {
    static let action = field("RETRYD_ACTION")
    static let errorMessage = field("RETRYD_ERROR_MESSAGE")
    static let retry = field("RETRYD_RETRY")
    static let stage = field("RETRYD_STAGE")

    private static func field(_ name: String) -> JournalField {
        guard let field = JournalField(name) else { preconditionFailure("no field \(name)") }
        return field
    }
}
