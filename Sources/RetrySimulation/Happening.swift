import RetryCore

/// One thing that will happen in the world at a set time.
enum Happening: Sendable {
    /// A request of the daemon reaches AWS.
    case arrival(Request)
    /// An answer reaches the daemon that asked; other processes do not hear it.
    case answer(Event, Look?, process: Int)
    /// The shell tries the ledger again.
    case probe(process: Int)
    /// The disk takes writes again.
    case diskFree
    /// The daemon starts again.
    case restart
    /// Trouble of a whole target, a permission or a pipeline ends.
    case relief(Trouble)
    /// Somebody does something.
    case somebody
    /// Somebody creates a pipeline of the scenery.
    case creation(Int)
}

/// A call on its way to AWS.
struct Request: Sendable {
    /// What is asked.
    enum Kind: Sendable {
        case state(CallID, PipelineKey, known: StateDigest?)
        case definition(CallID, PipelineKey)
        case evidence(CallID, PipelineKey, ExecutionID)
        case executions(CallID, PipelineKey)
        case list(CallID, TargetName)
        case retry(CallID, EpisodeKey, RetryMode)
    }

    var kind: Kind
    var process: Int
    /// True milliseconds at which it left.
    var sentAt: Int64
    /// What becomes of its answer.
    var fate: Fate
}

/// What becomes of a call.
enum Fate: Hashable, Sendable {
    /// Executed and answered.
    case sound
    /// Executed and answered twice.
    case doubled
    /// Executed; the answer comes after so many milliseconds.
    case late(Int64)
    /// Executed; the answer never comes.
    case silent
    /// Executed; the daemon's client says that it does not know.
    case unknown
    /// Not executed; the same.
    case dropped
    /// Answered yes and not executed.
    case swallowed
}

/// Trouble that lasts.
enum Trouble: Hashable, Sendable {
    /// Every call of a target fails before it reaches AWS.
    case target(TargetName, CallFailure.Kind)
    /// A permission is missing.
    case permission(Operation)
    /// One pipeline cannot be read.
    case pipeline(PipelineKey)
}

/// The operations that need a permission.
enum Operation: String, Hashable, Sendable, CaseIterable {
    case state = "GetPipelineState"
    case definition = "GetPipeline"
    case evidence = "ListActionExecutions"
    case executions = "ListPipelineExecutions"
    case list = "ListPipelines"
    case retry = "RetryStageExecution"
}

/// What happens when: a binary heap ordered by time, then by the order of entry.
struct Timetable: Sendable {
    private struct Entry: Sendable {
        var time: Int64
        var sequence: Int
        var happening: Happening

        func precedes(_ other: Entry) -> Bool {
            (time, sequence) < (other.time, other.sequence)
        }
    }

    private var heap: [Entry] = []
    private var nextSequence = 0

    /// True milliseconds of the first entry.
    var next: Int64? { heap.first?.time }

    mutating func add(_ happening: Happening, at time: Int64) {
        heap.append(Entry(time: time, sequence: nextSequence, happening: happening))
        nextSequence += 1
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> Happening? {
        guard !heap.isEmpty else { return nil }
        heap.swapAt(0, heap.count - 1)
        let entry = heap.removeLast()
        var parent = 0
        while true {
            let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
            guard let least = children.min(by: { heap[$0].precedes(heap[$1]) }),
                heap[least].precedes(heap[parent])
            else { return entry.happening }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
