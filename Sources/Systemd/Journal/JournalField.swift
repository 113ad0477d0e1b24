/// The name of one of our fields in a journal entry.
///
/// journald silently drops a field with an invalid name, so no other name can be created:
/// `[A-Z0-9_]`, 64 bytes at most, neither a digit nor an underscore in front (systemd,
/// journal_field_valid).
package struct JournalField: Hashable, Sendable, CustomStringConvertible {
    /// The name, such as `RETRYD_STAGE`.
    package let name: String

    /// Takes a name that journald accepts; anything else gives nil.
    package init?(_ name: String) {
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(JournalField.isAllowed),
            let first = name.utf8.first, (0x41...0x5A).contains(first)
        else { return nil }
        self.name = name
    }

    package var description: String { name }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x30...0x39, 0x5F: true
        case _: false
        }
    }

    private init(own suffix: StaticString) {
        guard let field = JournalField("RETRYD_\(suffix)") else {
            preconditionFailure("RETRYD_\(suffix) is no field name")
        }
        self = field
    }
}

/// What this module reads or reports by itself; all other names are the reports'.
extension JournalField {
    /// The event: one word of a closed list, such as `retry_sent`.
    package static let event = JournalField(own: "EVENT")
    /// What became of a failed stage; an entry with it is never left out.
    package static let outcome = JournalField(own: "OUTCOME")
    /// How many entries were lost right before this one, because the journal was too slow.
    package static let dropped = JournalField(own: "DROPPED")
}
