/// The wants of one account and Region, the most urgent and then the latest first.
///
/// Nothing starves: what is passed over ``patience`` times gets the next turn, and looks share
/// their turns by ``LookShares``.
struct WantQueue: Hashable, Sendable {
    /// How often a lane that waits is passed over for more urgent ones.
    static let patience = 4

    private var lanes = Urgency.allCases.map { _ in Lane() }
    private var urgencies: [Want: Urgency] = [:]
    /// How far the looks' turns have come: the pass of the lane that had the last one.
    private var turn = 0.0
    /// How often all looks together were passed over.
    private var looksPassedOver = 0

    var isEmpty: Bool { urgencies.isEmpty }

    /// How many wait.
    var count: Int { urgencies.count }

    /// How many entries it keeps, stale ones included.
    var size: Int { lanes.reduce(0) { $0 + $1.size } }

    /// Whether nothing but looks waits, which may go out in groups.
    var hasOnlyLooks: Bool {
        !zip(Urgency.allCases, lanes).contains { !$0.isLook && $1.waiting > 0 }
    }

    /// Whether a durable intent waits for its call.
    var hasRetry: Bool { lanes[Urgency.retry.rawValue].waiting > 0 }

    /// What may be taken.
    enum Choice: Hashable, Sendable {
        /// Whatever has its turn.
        case any
        /// A retry.
        case retry
    }

    /// Puts a want in its lane; one that waits already only ever becomes more urgent.
    ///
    /// - Returns: Whether it did not wait yet.
    @discardableResult
    mutating func add(_ want: Want, _ urgency: Urgency) -> Bool {
        let old = urgencies[want]
        if let old {
            guard urgency < old else { return false }
            lanes[old.rawValue].waiting -= 1
        }
        urgencies[want] = urgency
        if lanes[urgency.rawValue].waiting == 0 {
            // A lane that was empty has saved nothing up.
            lanes[urgency.rawValue].pass = max(lanes[urgency.rawValue].pass, turn)
            lanes[urgency.rawValue].passedOver = 0
        }
        lanes[urgency.rawValue].append(want)
        lanes[urgency.rawValue].tidy { urgencies[$0] == urgency }
        return old == nil
    }

    /// Takes a want away, wherever it waits.
    ///
    /// - Returns: Whether it waited.
    @discardableResult
    mutating func remove(_ want: Want) -> Bool {
        guard let urgency = urgencies.removeValue(forKey: want) else { return false }
        lanes[urgency.rawValue].waiting -= 1
        return true
    }

    /// Takes the next want.
    ///
    /// - Parameters:
    ///   - choice: What may be taken.
    ///   - rate: The turns a second that there are, by which looks are weighed.
    /// - Returns: The want; nil when none waits.
    mutating func pop(_ choice: Choice = .any, rate: Double) -> Want? {
        let turn = choice == .any ? next() : hasRetry ? .retry : nil
        guard let urgency = turn else { return nil }
        while let want = lanes[urgency.rawValue].popFirst() {
            guard urgencies[want] == urgency else { continue }
            urgencies[want] = nil
            passOver(others: urgency, rate)
            lanes[urgency.rawValue].waiting -= 1
            return want
        }
        return nil
    }

    /// Whose turn it is.
    private func next() -> Urgency? {
        let waiting = Urgency.allCases.filter { lanes[$0.rawValue].waiting > 0 }
        let urgent = waiting.filter { !$0.isLook }
        let look = waiting.filter(\.isLook)
            .min { (lanes[$0.rawValue].pass, $0) < (lanes[$1.rawValue].pass, $1) }
        guard let first = urgent.first else { return look }
        let starving = urgent.dropFirst().first {
            lanes[$0.rawValue].passedOver >= WantQueue.patience
        }
        if let look, looksPassedOver >= WantQueue.patience { return look }
        return starving ?? first
    }

    /// Notes that the others had to wait for this turn.
    private mutating func passOver(others chosen: Urgency, _ rate: Double) {
        for urgency in Urgency.allCases where !urgency.isLook {
            let isPassedOver = urgency != chosen && lanes[urgency.rawValue].waiting > 0
            lanes[urgency.rawValue].passedOver =
                isPassedOver ? lanes[urgency.rawValue].passedOver + 1 : 0
        }
        guard chosen.isLook else {
            looksPassedOver += 1
            return
        }
        let shares = LookShares(
            active: lanes[Urgency.active.rawValue].waiting,
            recent: lanes[Urgency.recent.rawValue].waiting,
            quiet: lanes[Urgency.quiet.rawValue].waiting,
            rate: rate
        )
        turn = lanes[chosen.rawValue].pass
        lanes[chosen.rawValue].pass += 1 / shares.share(of: chosen)
        looksPassedOver = 0
    }

    /// First in, first out; looks come in by their lateness already.
    private struct Lane: Hashable, Sendable {
        private var items: [Want] = []
        private var head = 0
        /// How many entries it keeps.
        var size: Int { items.count }
        /// How many wants wait in it; the items hold those that left it, too.
        var waiting = 0
        /// Where it stands in the looks' turns.
        var pass = 0.0
        /// How often it was passed over.
        var passedOver = 0

        mutating func append(_ want: Want) {
            items.append(want)
            waiting += 1
        }

        /// Drops what left the lane, once that is most of it: what waits for a target that hangs
        /// may be put in and taken out again for days.
        mutating func tidy(_ isWaiting: (Want) -> Bool) {
            guard items.count - head > 2 * waiting + 64 else { return }
            var kept: Set<Want> = []
            items = items[head...].filter { isWaiting($0) && kept.insert($0).inserted }
            head = 0
        }

        mutating func popFirst() -> Want? {
            guard head < items.count else { return nil }
            let want = items[head]
            head += 1
            if head > 64, head * 2 > items.count {
                items.removeFirst(head)
                head = 0
            }
            return want
        }
    }
}
