import CSystemd
package import Primitives

/// The journal's native protocol (sd_journal_sendv(3)).
package enum NativeJournal {
    /// Creates a sink that sends to the journal of this machine.
    ///
    /// - Parameters:
    ///   - identifier: `SYSLOG_IDENTIFIER`, so that these entries and the text that a dying process
    ///     leaves on stderr carry the same name.
    ///   - now: the time of day.
    /// - Returns: the sink.
    /// - Throws: `HostError` when the system gives no thread.
    package static func sink(
        identifier: String = "pipeline-retryd",
        now: @escaping @Sendable () -> WallTime
    ) throws(HostError) -> QueuedSink {
        try QueuedSink(name: "journal", flood: FloodGate(), now: now) { item in
            send(item.entry, identifier: identifier)
        }
    }

    /// The fields as the protocol's `NAME=value`, in order.
    package static func lines(of entry: JournalEntry, identifier: String) -> [String] {
        var lines = [
            "MESSAGE=\(entry.message)", "PRIORITY=\(entry.priority.rawValue)",
            "SYSLOG_IDENTIFIER=\(identifier)",
        ]
        if let id = entry.messageID { lines.append("MESSAGE_ID=\(id)") }
        return lines + entry.fields.map { "\($0.name)=\($0.value)" }
    }

    /// Sends one entry and returns 0 or an errno value; blocks while journald does not read.
    private static func send(_ entry: JournalEntry, identifier: String) -> Int32 {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for line in lines(of: entry, identifier: identifier) {
            bytes.append(contentsOf: line.utf8)
            ends.append(bytes.count)
        }
        let answer = unsafe bytes.withUnsafeBytes { bytes in
            unsafe ends.withUnsafeBufferPointer { ends in
                unsafe retryd_journal_send(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                    ends.baseAddress?.withMemoryRebound(to: size_t.self, capacity: ends.count) {
                        unsafe $0
                    },
                    Int32(ends.count)
                )
            }
        }
        return -answer
    }
}
