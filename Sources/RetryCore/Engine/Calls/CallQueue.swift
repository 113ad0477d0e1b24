/// The wants of one account and Region, the most urgent and then the latest first.
///
/// Nothing starves: what is passed over ``patience`` times gets the next turn, and looks share
/// their turns by ``PollWeights``.
struct CallQueue: Hashable, Sendable {
    /// How often a lane that waits is passed over for more urgent ones.
    static let patience = 4

    private var queues = CallPriority.allCases.map { _ in FIFO() }
    private var priorities: [PendingCall: CallPriority] = [:]
    /// How far the looks' turns have come: the pass of the lane that had the last one.
    private var turn = 0.0
    /// How often all looks together were passed over.
    private var pollsPassedOver = 0

    var isEmpty: Bool { priorities.isEmpty }

    /// How many wait.
    var count: Int { priorities.count }

    /// How many entries it keeps, stale ones included.
    var size: Int { queues.reduce(0) { $0 + $1.size } }

    /// Whether nothing but looks waits, which may go out in groups.
    var hasOnlyPolls: Bool {
        !zip(CallPriority.allCases, queues).contains { !$0.isPoll && $1.waiting > 0 }
    }

    /// Whether a durable intent waits for its call.
    var hasRetry: Bool { queues[CallPriority.retry.rawValue].waiting > 0 }

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
    mutating func add(_ pendingCall: PendingCall, _ priority: CallPriority) -> Bool {
        let old = priorities[pendingCall]
        if let old {
            guard priority < old else { return false }
            queues[old.rawValue].waiting -= 1
        }
        priorities[pendingCall] = priority
        if queues[priority.rawValue].waiting == 0 {
            // A lane that was empty has saved nothing up.
            queues[priority.rawValue].pass = max(queues[priority.rawValue].pass, turn)
            queues[priority.rawValue].passedOver = 0
        }
        queues[priority.rawValue].append(pendingCall)
        queues[priority.rawValue].tidy { priorities[$0] == priority }
        return old == nil
    }

    /// Takes a want away, wherever it waits.
    ///
    /// - Returns: Whether it waited.
    @discardableResult
    mutating func remove(_ pendingCall: PendingCall) -> Bool {
        guard let priority = priorities.removeValue(forKey: pendingCall) else { return false }
        queues[priority.rawValue].waiting -= 1
        return true
    }

    /// Takes the next want.
    ///
    /// - Parameters:
    ///   - choice: What may be taken.
    ///   - rate: The turns a second that there are, by which looks are weighed.
    /// - Returns: The want; nil when none waits.
    mutating func pop(_ choice: Choice = .any, rate: Double) -> PendingCall? {
        let turn = choice == .any ? next() : hasRetry ? .retry : nil
        guard let priority = turn else { return nil }
        while let pendingCall = queues[priority.rawValue].popFirst() {
            guard priorities[pendingCall] == priority else { continue }
            priorities[pendingCall] = nil
            passOver(others: priority, rate)
            queues[priority.rawValue].waiting -= 1
            return pendingCall
        }
        return nil
    }

    /// Whose turn it is.
    private func next() -> CallPriority? {
        let waiting = CallPriority.allCases.filter { queues[$0.rawValue].waiting > 0 }
        let urgent = waiting.filter { !$0.isPoll }
        let poll = waiting.filter(\.isPoll)
            .min { (queues[$0.rawValue].pass, $0) < (queues[$1.rawValue].pass, $1) }
        guard let first = urgent.first else { return poll }
        let starving = urgent.dropFirst().first {
            queues[$0.rawValue].passedOver >= CallQueue.patience
        }
        if let poll, pollsPassedOver >= CallQueue.patience { return poll }
        return starving ?? first
    }

    /// Notes that the others had to wait for this turn.
    private mutating func passOver(others chosen: CallPriority, _ rate: Double) {
        for priority in CallPriority.allCases where !priority.isPoll {
            let isPassedOver = priority != chosen && queues[priority.rawValue].waiting > 0
            queues[priority.rawValue].passedOver =
                isPassedOver ? queues[priority.rawValue].passedOver + 1 : 0
        }
        guard chosen.isPoll else {
            pollsPassedOver += 1
            return
        }
        let shares = PollWeights(
            active: queues[CallPriority.active.rawValue].waiting,
            recent: queues[CallPriority.recent.rawValue].waiting,
            quiet: queues[CallPriority.quiet.rawValue].waiting,
            rate: rate
        )
        turn = queues[chosen.rawValue].pass
        queues[chosen.rawValue].pass += 1 / shares.share(of: chosen)
        pollsPassedOver = 0
    }

    /// First in, first out; looks come in by their lateness already.
    private struct FIFO: Hashable, Sendable {
        private var items: [PendingCall] = []
        private var head = 0
        /// How many entries it keeps.
        var size: Int { items.count }
        /// How many wants wait in it; the items hold those that left it, too.
        var waiting = 0
        /// Where it stands in the looks' turns.
        var pass = 0.0
        /// How often it was passed over.
        var passedOver = 0

        mutating func append(_ pendingCall: PendingCall) {
            items.append(pendingCall)
            waiting += 1
        }

        /// Drops what left the lane, once that is most of it: what waits for a target that hangs
        /// may be put in and taken out again for days.
        mutating func tidy(_ isWaiting: (PendingCall) -> Bool) {
            guard items.count - head > 2 * waiting + 64 else { return }
            var kept: Set<PendingCall> = []
            items = items[head...].filter { isWaiting($0) && kept.insert($0).inserted }
            head = 0
        }

        mutating func popFirst() -> PendingCall? {
            guard head < items.count else { return nil }
            let pendingCall = items[head]
            head += 1
            if head > 64, head * 2 > items.count {
                items.removeFirst(head)
                head = 0
            }
            return pendingCall
        }
    }
}
