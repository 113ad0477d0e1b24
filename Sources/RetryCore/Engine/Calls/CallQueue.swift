/// The pending calls of one account and Region, most urgent first, then the most overdue.
///
/// Nothing starves: a queue passed over ``patience`` times gets the next turn, and polls share
/// their turns by ``PollWeights``.
struct CallQueue: Hashable, Sendable {
    /// How often a waiting queue is passed over for more urgent ones.
    static let patience = 4

    private var queues = CallPriority.allCases.map { _ in FIFO() }
    private var priorities: [PendingCall: CallPriority] = [:]
    /// The stride scheduler's position: the pass of the queue that had the last polling turn.
    private var turn = 0.0
    /// How often all polls together were passed over.
    private var pollsPassedOver = 0

    var isEmpty: Bool { priorities.isEmpty }

    /// How many wait.
    var count: Int { priorities.count }

    /// How many entries it keeps, stale ones included.
    var size: Int { queues.reduce(0) { $0 + $1.size } }

    /// Whether only polls wait, which may be sent in groups.
    var hasOnlyPolls: Bool {
        !zip(CallPriority.allCases, queues).contains { !$0.isPoll && $1.waiting > 0 }
    }

    /// Whether a durable intent waits for its call.
    var hasRetry: Bool { queues[CallPriority.retry.rawValue].waiting > 0 }

    /// Which calls may be taken.
    enum Choice: Hashable, Sendable {
        /// Whatever has its turn.
        case any
        /// A retry.
        case retry
    }

    /// Adds a call to its queue; one that already waits can only become more urgent.
    ///
    /// - Returns: Whether it was not waiting yet.
    @discardableResult
    mutating func add(_ pendingCall: PendingCall, _ priority: CallPriority) -> Bool {
        let old = priorities[pendingCall]
        if let old {
            guard priority < old else { return false }
            queues[old.rawValue].waiting -= 1
        }
        priorities[pendingCall] = priority
        if queues[priority.rawValue].waiting == 0 {
            // An empty queue accumulates no credit.
            queues[priority.rawValue].pass = max(queues[priority.rawValue].pass, turn)
            queues[priority.rawValue].passedOver = 0
        }
        queues[priority.rawValue].append(pendingCall)
        queues[priority.rawValue].tidy { priorities[$0] == priority }
        return old == nil
    }

    /// Removes a call from whichever queue it waits in.
    ///
    /// - Returns: Whether it was waiting.
    @discardableResult
    mutating func remove(_ pendingCall: PendingCall) -> Bool {
        guard let priority = priorities.removeValue(forKey: pendingCall) else { return false }
        queues[priority.rawValue].waiting -= 1
        return true
    }

    /// Takes the next call.
    ///
    /// - Parameters:
    ///   - choice: Which calls may be taken.
    ///   - rate: The turns per second, by which polls are weighted.
    /// - Returns: The call; nil when none waits.
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

    /// The queue whose turn it is.
    private func next() -> CallPriority? {
        var poll: CallPriority?
        var first: CallPriority?
        var starving: CallPriority?
        for priority in CallPriority.allCases where queues[priority.rawValue].waiting > 0 {
            if priority.isPoll {
                let least = poll.map { queues[$0.rawValue].pass } ?? .infinity
                if queues[priority.rawValue].pass < least { poll = priority }
            } else if first == nil {
                first = priority
            } else if starving == nil, queues[priority.rawValue].passedOver >= CallQueue.patience {
                starving = priority
            }
        }
        guard let first else { return poll }
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

    /// First in, first out; polls already arrive with the most overdue first.
    private struct FIFO: Hashable, Sendable {
        private var items: [PendingCall] = []
        private var head = 0
        /// How many entries it keeps.
        var size: Int { items.count }
        /// How many calls wait in it; the items still contain those that were removed.
        var waiting = 0
        /// Its position in the polls' stride schedule.
        var pass = 0.0
        /// How often it was passed over.
        var passedOver = 0

        mutating func append(_ pendingCall: PendingCall) {
            items.append(pendingCall)
            waiting += 1
        }

        /// Drops the removed items once they are the majority: calls of a target that hangs may be
        /// added and removed again for days.
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
