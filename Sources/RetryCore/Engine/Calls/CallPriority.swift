/// How soon a want gets its turn, the most urgent first.
enum CallPriority: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// A durable intent: the stage waits for nothing else.
    case retry
    /// A re-check before a retry, and looks that settle an answer.
    case check
    /// What a verdict on a failed stage rests on.
    case evidence
    /// Which pipelines there are.
    case list
    /// A look at a pipeline that moves, or whose failure is not over.
    case active
    /// A look at a pipeline that moved lately.
    case recent
    /// A look at a pipeline at rest.
    case quiet
    /// A definition that nothing waits for, and a list of a pipeline's executions.
    case background

    static func < (left: CallPriority, right: CallPriority) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Whether it is one of the looks, which share the turns that more urgent calls leave.
    var isPoll: Bool {
        switch self {
        case .retry, .check, .evidence, .list: false
        case .active, .recent, .quiet, .background: true
        }
    }
}
