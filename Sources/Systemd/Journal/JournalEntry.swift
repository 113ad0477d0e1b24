import Primitives

/// The constant id of one kind of entry, which the message catalog explains.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package let text: String

    /// Takes 32 lower-case hexadecimal digits; anything else gives nil.
    package init?(_ text: String) {
        let isHexadecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
        guard text.utf8.count == 32, isHexadecimal else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// One entry of the journal: the same value for every output.
package struct JournalEntry: Hashable, Sendable {
    /// A field and its value.
    package struct Field: Hashable, Sendable {
        /// The field's name.
        package let name: JournalField
        /// The value, cleaned and cut.
        package let value: String
    }

    /// The line that people read: one line, no control characters.
    package let message: String
    /// How urgent it is.
    package let priority: JournalPriority
    /// The id that the catalog explains; nil for text that is no event.
    package let messageID: MessageID?
    /// The fields in the given order; a name may occur more than once.
    package let fields: [Field]

    /// Creates an entry; never fails.
    ///
    /// Control characters become U+FFFD, in the message also line breaks become spaces. A value is
    /// cut at a character boundary so that name and value stay under ``fieldLimit``, and then ends
    /// with an ellipsis. Fields after the first ``fieldCountLimit`` are dropped.
    ///
    /// - Parameters:
    ///   - message: the readable line.
    ///   - priority: how urgent it is.
    ///   - messageID: the constant id of this kind of entry.
    ///   - fields: the entry's content in a form for programs.
    package init(
        message: String,
        priority: JournalPriority,
        messageID: MessageID? = nil,
        fields: [(JournalField, String)] = []
    ) {
        self.message = JournalEntry.bounded(message.asOneLine, name: "MESSAGE")
        self.priority = priority
        self.messageID = messageID
        self.fields = fields.prefix(JournalEntry.fieldCountLimit).map { name, value in
            let text = value.asJournalField
            return Field(name: name, value: JournalEntry.bounded(text, name: name.name))
        }
    }

    /// The same entry with one more field at its end.
    package func adding(_ name: JournalField, _ value: String) -> JournalEntry {
        JournalEntry(
            message: message,
            priority: priority,
            messageID: messageID,
            fields: fields.map { ($0.name, $0.value) } + [(name, value)]
        )
    }

    /// `journalctl -o json` prints null for a field of this many bytes, `NAME=` included.
    package static let fieldLimit = 4096
    /// More fields than any event of this program has.
    package static let fieldCountLimit = 100

    private static func bounded(_ text: String, name: String) -> String {
        text.shortened(toUTF8: fieldLimit - 1 - name.utf8.count - 1)
    }
}

extension JournalEntry {
    /// The entry that reports how many others were lost.
    ///
    /// The journal, or the reader of the output, did not accept entries as fast as they came.
    package static func entriesDropped(_ count: Int) -> JournalEntry {
        JournalEntry(
            message: count == 1
                ? "1 journal entry was lost: the journal did not accept it in time"
                : "\(count) journal entries were lost: the journal did not accept them in time",
            priority: .warning,
            messageID: MessageID("1c175108f3e24e52b8d0d2356da58449"),
            fields: [(.event, "entries_dropped"), (.dropped, String(count))]
        )
    }
}
