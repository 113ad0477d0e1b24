/// How soon a pending call gets its turn, the most urgent first.
enum CallPriority: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// A durable intent: the stage waits for nothing else.
    case retry
    /// A re-check before a retry, and polls that settle an answer.
    case check
    /// The history and definition that a verdict on a failed stage is based on.
    case evidence
    /// Which pipelines there are.
    case list
    /// A poll of an active pipeline, or of one whose failure is not over.
    case active
    /// A poll of a recently active pipeline.
    case recent
    /// A poll of an idle pipeline.
    case quiet
    /// A definition that nothing waits for, and a list of a pipeline's executions.
    case background

    static func < (left: CallPriority, right: CallPriority) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Whether it is a poll; polls share the turns that more urgent calls leave.
    var isPoll: Bool {
        switch self {
        case .retry, .check, .evidence, .list: false
        case .active, .recent, .quiet, .background: true
        }
    }
}
