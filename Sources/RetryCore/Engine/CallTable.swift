/// One thing that the engine wants to ask AWS.
enum Want: Hashable, Sendable {
    /// GetPipelineState.
    case state(PipelineKey)
    /// GetPipeline.
    case definition(PipelineKey)
    /// ListActionExecutions.
    case evidence(EpisodeKey)
    /// ListPipelines.
    case list(TargetName)
    /// RetryStageExecution.
    case retry(EpisodeKey)

    var target: TargetName {
        switch self {
        case .state(let key), .definition(let key): key.target
        case .evidence(let key), .retry(let key): key.pipeline.target
        case .list(let name): name
        }
    }
}

/// How soon a want gets its turn, the most urgent first.
enum Urgency: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// A durable intent: the stage waits for nothing else.
    case retry
    /// A re-check before a retry, and looks that settle an answer.
    case check
    /// What a verdict on a failed stage rests on.
    case evidence
    /// Which pipelines there are.
    case list
    /// An ordinary look.
    case poll
    /// A definition that nothing waits for.
    case background

    static func < (left: Urgency, right: Urgency) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The wants of one account and Region, the most urgent and then the latest first.
struct WantQueue: Hashable, Sendable {
    private var lanes = Urgency.allCases.map { _ in Lane() }
    private var urgencies: [Want: Urgency] = [:]

    var isEmpty: Bool { urgencies.isEmpty }

    /// Puts a want in its lane; one that waits already only ever becomes more urgent.
    mutating func add(_ want: Want, _ urgency: Urgency) {
        if let old = urgencies[want], old <= urgency { return }
        urgencies[want] = urgency
        lanes[urgency.rawValue].append(want)
    }

    /// Takes a want away, wherever it waits.
    mutating func remove(_ want: Want) {
        urgencies[want] = nil
    }

    /// Takes the first want.
    mutating func pop() -> Want? {
        for urgency in Urgency.allCases {
            while let want = lanes[urgency.rawValue].popFirst() {
                guard urgencies[want] == urgency else { continue }
                urgencies[want] = nil
                return want
            }
        }
        return nil
    }

    /// First in, first out; looks come in by their lateness already.
    private struct Lane: Hashable, Sendable {
        private var items: [Want] = []
        private var head = 0

        mutating func append(_ want: Want) {
            items.append(want)
        }

        mutating func popFirst() -> Want? {
            guard head < items.count else {
                items.removeAll(keepingCapacity: true)
                head = 0
                return nil
            }
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

/// What a call under way is for.
enum Purpose: Hashable, Sendable {
    /// A call to AWS.
    case aws(Want)
    /// The evaluation of patterns.
    case patterns(EpisodeKey)
    /// The write of an intent.
    case intent(EpisodeKey)

    /// Whether it is a call to AWS, which `max_in_flight` counts.
    var isCall: Bool {
        switch self {
        case .aws: true
        case .patterns, .intent: false
        }
    }
}
