/// A bounded queue of entries that wait for delivery, which counts the entries it drops.
///
/// When it is full, the least urgent entry is dropped, the newest among equals: the beginning of an
/// incident explains more than its end.
package struct EntryQueue: Sendable {
    /// The entries that are delivered together.
    package struct Batch: Hashable, Sendable {
        /// Entries, oldest first.
        package let entries: [StampedEntry]
        /// How many were lost since the last batch.
        package let dropped: Int

        /// Creates a batch.
        package init(entries: [StampedEntry], dropped: Int) {
            self.entries = entries
            self.dropped = dropped
        }
    }

    private let capacity: Int
    private var waiting: [StampedEntry] = []
    /// How many waiting entries have each priority.
    private var counts = [Int](repeating: 0, count: JournalPriority.allCases.count)
    private var dropped = 0

    /// Creates an empty queue.
    package init(capacity: Int) {
        precondition(capacity > 0, "a queue of no entries delivers nothing")
        self.capacity = capacity
    }

    /// Takes an entry, or drops the least urgent one.
    package mutating func append(_ item: StampedEntry) {
        if waiting.count == capacity {
            dropped += 1
            guard let victim = victim(for: item.entry.priority) else { return }
            counts[waiting[victim].entry.priority.rawValue] -= 1
            waiting.remove(at: victim)
        }
        waiting.append(item)
        counts[item.entry.priority.rawValue] += 1
    }

    /// Takes everything out, the count of the lost included.
    package mutating func takeAll() -> Batch {
        let batch = Batch(entries: waiting, dropped: dropped)
        waiting = []
        counts = counts.map { _ in 0 }
        dropped = 0
        return batch
    }

    /// The newest of the least urgent waiting entries, if it is less urgent than the one to come.
    private func victim(for priority: JournalPriority) -> Int? {
        guard let least = counts.lastIndex(where: { $0 > 0 }), least > priority.rawValue
        else { return nil }
        return waiting.lastIndex { $0.entry.priority.rawValue == least }
    }
}
