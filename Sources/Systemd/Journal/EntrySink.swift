package import Primitives

/// Where entries go.
package protocol EntrySink: Sendable {
    /// Takes an entry; never blocks and never fails.
    func write(_ entry: JournalEntry)

    /// Delivers the accepted entries within a time limit; entries written afterwards are dropped.
    func close()
}

/// An entry and the time at which it was taken.
package struct StampedEntry: Hashable, Sendable {
    /// The time of day at which the entry was written.
    package let time: WallTime
    /// The entry.
    package let entry: JournalEntry

    /// Creates a stamped entry.
    package init(time: WallTime, entry: JournalEntry) {
        self.time = time
        self.entry = entry
    }
}
