package import RetryCore
package import Systemd

/// Writes reports as entries of the journal.
package struct JournalReporter: ReportSink {
    private let sink: any EntrySink

    /// Creates a reporter on a sink.
    package init(_ sink: any EntrySink) {
        self.sink = sink
    }

    package func write(_ report: Report) {
        sink.write(JournalEntry(report))
    }

    package func note(_ priority: JournalPriority, _ message: String) {
        sink.write(JournalEntry(message: message, priority: priority))
    }
}

extension JournalEntry {
    /// The entry of a report.
    package init(_ report: Report) {
        let entry = report.entry
        self.init(
            message: entry.message,
            priority: JournalPriority(entry.level),
            messageID: MessageID(entry.kind.messageID),
            fields: entry.fields.compactMap { field, value in
                JournalField(field.rawValue).map { ($0, value) }
            }
        )
    }
}

extension JournalPriority {
    /// The priority of a report's level.
    package init(_ level: ReportLevel) {
        switch level {
        case .error: self = .error
        case .warning: self = .warning
        case .notice: self = .notice
        case .info: self = .info
        }
    }
}
