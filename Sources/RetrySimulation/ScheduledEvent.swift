import Primitives
import RetryCore

/// One thing that will happen in the world at a set time.
enum ScheduledEvent: Sendable {
    /// A request of the daemon reaches AWS.
    case arrival(Request)
    /// An answer reaches the daemon that asked; other processes do not receive it.
    indirect case answer(Event, Poll?, process: Int)
    /// The shell tries the ledger again.
    case probe(process: Int)
    /// The disk takes writes again.
    case diskFree
    /// A daemon starts again after a run of it.
    case restart(process: Int)
    /// A disturbance of a whole target, a permission or a pipeline ends.
    case relief(Disturbance)
    /// Somebody does something.
    case somebody
    /// A pipeline of the generated scenario is created.
    case creation(Int)
}

extension ScheduledEvent {
    /// The run of a daemon that it is about; nil: it is about the world.
    var process: Int? {
        switch self {
        case .arrival(let request): request.process
        case .answer(_, _, let process), .probe(let process), .restart(let process): process
        case .diskFree, .relief, .somebody, .creation: nil
        }
    }

    /// Whether the first daemon receives it, and only when its loop turns.
    var waitsForLoop: Bool {
        switch self {
        case .answer(_, _, let process), .probe(let process): process < Rival.firstProcess
        case .arrival, .diskFree, .restart, .relief, .somebody, .creation: false
        }
    }
}

/// A call on its way to AWS.
struct Request: Sendable {
    /// The kind of call.
    enum Kind: Sendable {
        case state(CallID, PipelineKey, known: StateDigest?)
        case definition(CallID, PipelineKey)
        case evidence(CallID, PipelineKey, ExecutionID)
        case executions(CallID, PipelineKey, limit: Int, known: StateDigest?)
        case execution(CallID, PipelineKey, ExecutionID)
        case list(CallID, TargetName)
        case retry(CallID, EpisodeKey, RetryMode)
    }

    var kind: Kind
    var process: Int
    /// True milliseconds of its sending.
    var sentAt: Int64
    /// The fate of its answer.
    var fate: Fate
    /// Where its target looked when it was sent.
    var place: Place
}

/// The fate of a call.
enum Fate: Hashable, Sendable {
    /// Executed and answered.
    case sound
    /// Executed and answered twice.
    case doubled
    /// Executed; the answer comes after this many milliseconds.
    case late(Int64)
    /// Executed; the answer never comes.
    case silent
    /// Executed; the daemon's client reports the result as unknown.
    case unknown
    /// Not executed; the same.
    case dropped
    /// Accepted and not executed.
    case swallowed
}

/// A lasting error.
enum Disturbance: Hashable, Sendable {
    /// Every call of a target fails before it reaches AWS.
    case target(TargetName, CallFailure.Kind)
    /// A permission is missing.
    case permission(Operation)
    /// One pipeline cannot be read.
    case pipeline(PipelineKey)
    /// A target answers nothing.
    case silence(TargetName)
    /// The calls for one pipeline time out.
    case timeOut(PipelineKey)
    /// ListPipelines does not show one pipeline.
    case unlisted(PipelineName)
}

/// The operations that need a permission.
enum Operation: Hashable, Sendable, CaseIterable {
    case state, definition, evidence, executions, execution, list, retry

    /// The operation of AWS.
    var aws: AWSOperation {
        switch self {
        case .state: .getPipelineState
        case .definition: .getPipeline
        case .evidence: .listActionExecutions
        case .executions: .listPipelineExecutions
        case .execution: .getPipelineExecution
        case .list: .listPipelines
        case .retry: .retryStageExecution
        }
    }
}

/// The scheduled events: a binary heap ordered by time, then by the order of entry.
///
/// The heap holds only indices, since events are large and would be moved.
struct Timetable: Sendable {
    private struct Entry: Sendable {
        var time: Int64
        var sequence: Int
        var place: Int

        func precedes(_ other: Entry) -> Bool {
            (time, sequence) < (other.time, other.sequence)
        }
    }

    private var heap: [Entry] = []
    private var events: [ScheduledEvent?] = []
    private var freePlaces: [Int] = []
    private var nextSequence = 0

    /// True milliseconds of the first entry.
    var next: Int64? { heap.first?.time }

    mutating func add(_ event: ScheduledEvent, at time: Int64) {
        let place = freePlaces.popLast() ?? events.count
        if place < events.count {
            events[place] = event
        } else {
            events.append(event)
        }
        enter(place, at: time)
    }

    /// Moves the events of one time, as far as they are such, to an earlier one, in their order.
    mutating func hasten(
        from time: Int64,
        to earlier: Int64,
        where isMoved: (ScheduledEvent) -> Bool
    ) {
        guard earlier < time else { return }
        let all = heap.sorted { $0.precedes($1) }
        heap = []
        for entry in all {
            let isHastened = entry.time == time && events[entry.place].map(isMoved) == true
            enter(entry.place, at: isHastened ? earlier : entry.time)
        }
    }

    private mutating func enter(_ place: Int, at time: Int64) {
        heap.append(Entry(time: time, sequence: nextSequence, place: place))
        nextSequence += 1
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() -> ScheduledEvent? {
        guard !heap.isEmpty else { return nil }
        heap.swapAt(0, heap.count - 1)
        let place = heap.removeLast().place
        siftDown()
        freePlaces.append(place)
        return events[place].take()
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
