import Primitives

/// How an entry becomes one line of output.
package enum LineFormat: Hashable, Sendable {
    /// `2026-11-23T01:02:03.004Z warning message`, for people; in colour if requested.
    case readable(colour: Bool)
    /// `<4>message`, for a service manager that reads standard error (sd-daemon(3)).
    case prefixed
    /// One JSON object with the journal's field names; every value is a string.
    case json

    /// The line, without its line break.
    package func line(of item: StampedEntry) -> String {
        switch self {
        case .readable(let colour): readable(item, colour: colour)
        case .prefixed: "<\(item.entry.priority.rawValue)>\(item.entry.message)"
        case .json: json(item)
        }
    }

    private func readable(_ item: StampedEntry, colour: Bool) -> String {
        let name = item.entry.priority.name
        let level = name + String(repeating: " ", count: 7 - name.utf8.count)
        let text = "\(level) \(item.entry.message)"
        guard colour, let code = colourCode(item.entry.priority) else {
            return "\(item.time.rfc3339) \(text)"
        }
        return "\(item.time.rfc3339) \u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// journalctl's own choice: red, yellow, bold, none, dim.
    private func colourCode(_ priority: JournalPriority) -> String? {
        switch priority {
        case .emergency, .alert, .critical, .error: "1;31"
        case .warning: "1;33"
        case .notice: "1"
        case .info: nil
        case .debug: "2"
        }
    }

    /// A field that occurs more than once is an array, as in `journalctl -o json`.
    private func json(_ item: StampedEntry) -> String {
        let entry = item.entry
        var members = [
            ("TIMESTAMP", [item.time.rfc3339]), ("PRIORITY", [String(entry.priority.rawValue)]),
            ("MESSAGE", [entry.message]),
        ]
        if let id = entry.messageID { members.append(("MESSAGE_ID", [id.text])) }
        for field in entry.fields {
            if let known = members.firstIndex(where: { $0.0 == field.name.name }) {
                members[known].1.append(field.value)
            } else {
                members.append((field.name.name, [field.value]))
            }
        }
        return "{"
            + members.map { JSONText.quoted($0.0) + ":" + value($0.1) }
            .joined(separator: ",") + "}"
    }

    private func value(_ values: [String]) -> String {
        let quoted = values.map(JSONText.quoted)
        return quoted.count == 1 ? quoted[0] : "[" + quoted.joined(separator: ",") + "]"
    }
}
