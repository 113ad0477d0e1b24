/// The fixed parts of one kind of entry: its MESSAGE_ID, and its text in catalog and runbook.
///
/// `@RETRYD_...@` stands for a field's value; only fields that every entry of the kind carries may
/// be used, since journalctl leaves the name of a missing one in the text.
package struct CatalogText: Hashable, Sendable {
    /// The constant MESSAGE_ID of the event: 32 lower-case hex digits.
    package let id: String
    /// One line: the headline that `journalctl -x` shows.
    package let subject: String
    /// What happened.
    package let happened: String
    /// What it implies.
    package let means: String
    /// What the reader should do.
    package let action: String
    /// Commands for that, a line each; may be empty.
    package let commands: [String]

    /// Takes texts; line breaks in them count as spaces.
    package init(
        id: String,
        subject: String,
        happened: String,
        means: String,
        action: String,
        commands: [String] = []
    ) {
        self.id = id
        self.subject = subject
        self.happened = CatalogText.unwrapped(happened)
        self.means = CatalogText.unwrapped(means)
        self.action = CatalogText.unwrapped(action)
        self.commands = commands
    }

    private static func unwrapped(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// The names between `@`s, in order, each once.
    package var placeholders: [String] {
        var names: [String] = []
        for text in [subject, happened, means, action] + commands {
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            for index in stride(from: 1, to: parts.count, by: 2)
            where !names.contains(String(parts[index])) {
                names.append(String(parts[index]))
            }
        }
        return names
    }
}
