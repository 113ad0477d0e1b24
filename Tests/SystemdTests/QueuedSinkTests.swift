import Primitives
import Synchronization
import Systemd
import Testing

/// A double of the journal's send call, which accepts nothing until it is released.
private final class StubbornJournal: Sendable {
    private let received = Mutex<[JournalEntry]>([])
    private let answers = Mutex<[Int32]>([])
    private let gate: EventCounter
    private let entered: EventCounter
    private let arrived: EventCounter
    private let isOpen: Atomic<Bool>

    init(isOpen: Bool, answers: [Int32] = []) throws {
        gate = try EventCounter()
        entered = try EventCounter()
        arrived = try EventCounter()
        self.isOpen = Atomic(isOpen)
        self.answers.withLock { $0 = answers }
    }

    func deliver(_ item: StampedEntry) -> Int32 {
        entered.raise()
        if !isOpen.load(ordering: .sequentiallyConsistent) { _ = gate.wait() }
        let answer = answers.withLock { $0.isEmpty ? 0 : $0.removeFirst() }
        if answer == 0 { received.withLock { $0.append(item.entry) } }
        if item.entry.message == "urgent" { arrived.raise() }
        return answer
    }

    /// Waits until the sink's thread is inside the call.
    func waitUntilEntered() -> Bool { entered.wait(atMost: .seconds(30)) }

    /// Waits until the entry "urgent" has been delivered.
    func waitUntilUrgentArrived() -> Bool { arrived.wait(atMost: .seconds(30)) }

    func open() {
        isOpen.store(true, ordering: .sequentiallyConsistent)
        gate.raise()
    }

    var entries: [JournalEntry] { received.withLock { $0 } }
}

@Suite struct QueuedSinkTests {
    @Test func `entries arrive in order, all of them, before close returns`() throws {
        let journal = try StubbornJournal(isOpen: true)
        let sink = try makeSink(journal)
        for number in 0..<200 { sink.write(entry("\(number)")) }
        sink.close()
        #expect(journal.entries.map(\.message) == (0..<200).map { "\($0)" })
    }

    @Test func `a journal that hangs never blocks the writer, and the loss is reported`() throws {
        let journal = try StubbornJournal(isOpen: false)
        let sink = try makeSink(journal, capacity: 16)
        sink.write(entry("stuck"))
        #expect(journal.waitUntilEntered())
        for number in 0..<1000 { sink.write(entry("\(number)")) }
        sink.write(entry("urgent", .error))
        journal.open()
        #expect(journal.waitUntilUrgentArrived())
        sink.write(entry("after"))
        sink.close()

        let entries = journal.entries
        let kept = ["stuck"] + (0..<15).map { "\($0)" } + ["urgent"]
        #expect(entries.prefix(17).map(\.message) == kept)
        #expect(entries[17] == .entriesDropped(985))
        #expect(entries[18].message == "after")
        #expect(entries[18].fields.map { "\($0.name)=\($0.value)" } == ["RETRYD_DROPPED=985"])
        #expect(entries.count == 19)
    }

    @Test func `close gives up after its limit when the journal hangs`() throws {
        let journal = try StubbornJournal(isOpen: false)
        let sink = try makeSink(journal, flushLimit: .milliseconds(20))
        sink.write(entry("stuck"))
        #expect(journal.waitUntilEntered())
        sink.close()
        #expect(journal.entries.isEmpty)
        journal.open()
    }

    @Test func `entries after close are dropped, and closing twice is harmless`() throws {
        let journal = try StubbornJournal(isOpen: true)
        let sink = try makeSink(journal)
        sink.write(entry("before"))
        sink.close()
        sink.write(entry("after"))
        sink.close()
        #expect(journal.entries.map(\.message) == ["before"])
    }

    @Test func `an entry that the journal refuses counts as lost`() throws {
        let journal = try StubbornJournal(isOpen: true, answers: [0, 90, 0, 0])
        let sink = try makeSink(journal)
        sink.write(entry("one"))
        sink.write(entry("refused"))
        sink.write(entry("three"))
        sink.close()
        let entries = journal.entries
        #expect(entries.map(\.message).first == "one")
        #expect(entries.dropFirst().first == .entriesDropped(1))
        #expect(entries.last?.message == "three")
        #expect(entries.count == 3)
    }

    @Test func `a loss that no entry follows is reported at close`() throws {
        let journal = try StubbornJournal(isOpen: true, answers: [90])
        let sink = try makeSink(journal)
        sink.write(entry("refused"))
        sink.close()
        #expect(journal.entries == [.entriesDropped(1)])
    }

    private func makeSink(
        _ journal: StubbornJournal,
        capacity: Int = 1024,
        flushLimit: Duration = .seconds(30)
    ) throws -> QueuedSink {
        try QueuedSink(
            name: "test",
            capacity: capacity,
            flushLimit: flushLimit,
            now: { WallTime(milliseconds: 0) },
            deliver: { journal.deliver($0) }
        )
    }

    private func entry(_ message: String, _ priority: JournalPriority = .info) -> JournalEntry {
        JournalEntry(message: message, priority: priority)
    }
}
