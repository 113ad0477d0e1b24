import Primitives
import Systemd
import Testing

@Suite struct EntryQueueTests {
    @Test func `entries come out in the order in which they came`() {
        var queue = EntryQueue(capacity: 3)
        for name in ["a", "b", "c"] { queue.append(item(name, .info)) }
        #expect(messages(queue.takeAll()) == ["a", "b", "c"])
        #expect(queue.takeAll() == EntryQueue.Batch(entries: [], dropped: 0))
    }

    @Test func `the newest among equals is dropped when the queue is full`() {
        var queue = EntryQueue(capacity: 2)
        for name in ["a", "b", "c", "d"] { queue.append(item(name, .info)) }
        let batch = queue.takeAll()
        #expect(messages(batch) == ["a", "b"])
        #expect(batch.dropped == 2)
    }

    @Test func `an urgent entry replaces the newest of the least urgent`() {
        var queue = EntryQueue(capacity: 4)
        queue.append(item("info 1", .info))
        queue.append(item("debug 1", .debug))
        queue.append(item("debug 2", .debug))
        queue.append(item("notice 1", .notice))
        queue.append(item("err 1", .error))
        queue.append(item("warning 1", .warning))
        queue.append(item("err 2", .error))
        queue.append(item("debug 3", .debug))
        let batch = queue.takeAll()
        #expect(messages(batch) == ["notice 1", "err 1", "warning 1", "err 2"])
        #expect(batch.dropped == 4)
    }

    @Test func `the count starts again with every batch`() {
        var queue = EntryQueue(capacity: 1)
        queue.append(item("a", .info))
        queue.append(item("b", .info))
        #expect(queue.takeAll().dropped == 1)
        queue.append(item("c", .error))
        let batch = queue.takeAll()
        #expect(messages(batch) == ["c"])
        #expect(batch.dropped == 0)
    }

    private func item(_ message: String, _ priority: JournalPriority) -> StampedEntry {
        StampedEntry(
            time: WallTime(milliseconds: 0),
            entry: JournalEntry(message: message, priority: priority)
        )
    }

    private func messages(_ batch: EntryQueue.Batch) -> [String] {
        batch.entries.map(\.entry.message)
    }
}
