package import Primitives

/// Limits routine entries under load, so that journald's own limit never drops an outcome.
///
/// journald takes 10,000 entries of a unit in 30 s by default and then drops whatever comes; notice
/// and info share that count, errors and warnings have counts of their own. So routine entries stop
/// at half of it, and the other half is for outcomes, none of which is ever dropped here.
package struct FloodGate: Hashable, Sendable {
    /// journald's own interval (RateLimitIntervalSec=).
    package static let interval = Duration.seconds(30)
    /// How many routine entries pass in one interval.
    package static let quota = 5000

    private let interval: Duration
    private let quota: Int
    private var began: WallTime?
    private var passed = 0
    private var withheld = 0

    /// Creates an open gate.
    package init(quota: Int = FloodGate.quota, interval: Duration = FloodGate.interval) {
        self.quota = quota
        self.interval = interval
    }

    /// Whether an entry may go on; one that may not is counted.
    package mutating func admits(_ entry: JournalEntry, at now: WallTime) -> Bool {
        guard entry.isRoutine else { return true }
        if isOver(at: now) || began == nil {
            began = now
            passed = 0
        }
        passed += 1
        guard passed > quota else { return true }
        withheld += 1
        return false
    }

    /// The number of withheld entries, once their interval is over or the end has come.
    package mutating func takeWithheld(at now: WallTime, isLast: Bool = false) -> Int {
        guard withheld > 0, isLast || isOver(at: now) else { return 0 }
        defer { withheld = 0 }
        return withheld
    }

    /// Whether there are withheld entries to report later.
    package var isHolding: Bool { withheld > 0 }

    /// Whether the interval is over, or the clock was set back.
    private func isOver(at now: WallTime) -> Bool {
        guard let began else { return false }
        return now < began || now - began >= interval
    }
}

extension JournalEntry {
    /// Whether it is neither an outcome nor something that a person has to see.
    fileprivate var isRoutine: Bool {
        priority > .warning && !fields.contains { $0.name == .outcome }
    }

    /// The entry that reports how many others were withheld to stay below journald's limit.
    package static func entriesWithheld(_ count: Int) -> JournalEntry {
        let noun = count == 1 ? "entry was" : "entries were"
        return JournalEntry(
            message: "\(count) routine \(noun) left out to stay below journald's rate limit; "
                + "no outcome, warning or error is among them",
            priority: .warning,
            messageID: MessageID("1c175108f3e24e52b8d0d2356da58449"),
            fields: [(.event, "entries_dropped"), (.dropped, String(count))]
        )
    }
}
