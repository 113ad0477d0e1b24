/// One thing that will happen in a pipeline by itself.
enum Step: Hashable, Sendable {
    /// An action run reaches the end of its attempt.
    case finish(execution: Int, run: Int)
    /// An action run reaches its timeout.
    case timeOut(execution: Int, run: Int)
    /// The stage's own onFailure RETRY.
    case nativeRetry(execution: Int, stage: Int)
    /// The stage's own onFailure ROLLBACK.
    case nativeRollback(execution: Int, stage: Int)
    /// A stage learns that its approval has ended.
    case settle(execution: Int, run: Int)
    /// An abandoning stop is done.
    case abandon(execution: Int)
    /// The evaluation of a condition ends.
    case judge(ServiceModel.ConditionPlace, execution: Int, stage: Int)
    /// A freed stage lets the next execution in.
    case admit(stage: String)
    /// A scripted action of somebody outside.
    case outside(ServiceModel.OutsideAction)
}

/// What is due when: a binary heap ordered by time, then by the order of entry.
struct Agenda: Sendable {
    struct Entry: Sendable {
        let time: ModelTime
        let sequence: UInt64
        let pipeline: Int
        let step: Step

        func isBefore(_ other: Entry) -> Bool {
            time == other.time ? sequence < other.sequence : time < other.time
        }
    }

    private var heap: [Entry] = []
    private var nextSequence: UInt64 = 0

    /// All entries, in no order.
    var entries: [Entry] {
        heap
    }

    var first: Entry? {
        heap.first
    }

    /// When the first entry is due.
    var nextTime: ModelTime? { heap.isEmpty ? nil : heap[0].time }

    mutating func add(_ step: Step, pipeline: Int, at time: ModelTime) {
        heap.append(Entry(time: time, sequence: nextSequence, pipeline: pipeline, step: step))
        nextSequence += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() -> Entry {
        heap.swapAt(0, heap.count - 1)
        let entry = heap.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[smallest]) {
                smallest = child
            }
            guard smallest != parent else { return entry }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
