package import Primitives

/// What the service that ran a failed action, and its log, say of the failure.
package struct ActionCause: Hashable, Sendable {
    /// The cause, with what the log adds.
    package private(set) var root: RootCause
    /// The end of the log as one text; empty where none was read.
    package private(set) var log: String
    /// The attempt that it is of; nil: of the one that failed, whichever that is.
    package private(set) var attempt: ActionExecutionID?

    /// Whether the service still repeats what failed, or returns to what was before.
    package private(set) var isUnderWay: Bool
    /// When it said so, by AWS's clock; nil: now.
    package private(set) var answeredAt: WallTime?

    /// Joins what a service says and the end of its log.
    package init(_ root: RootCause, log: CauseLog? = nil, isUnderWay: Bool = false) {
        self.root = log.map(root.completed) ?? root
        self.log = log?.text ?? ""
        self.isUnderWay = isUnderWay
    }

    /// The same as an answer of this time; `isOver`: what is under way is waited for no longer.
    func answered(at time: WallTime, isOver: Bool) -> ActionCause {
        var own = self
        own.answeredAt = time
        if isOver { own.isUnderWay = false }
        return own
    }

    /// The same as the cause of one attempt; without its log, unless that is asked for.
    ///
    /// A log is large, and episodes live long.
    func of(_ attempt: ActionExecutionID, keepsLog: Bool) -> ActionCause {
        var own = self
        own.attempt = attempt
        if !keepsLog { own.log = "" }
        return own
    }

    /// The same for an action of this provider, which uses a change set like this: files of answers
    /// tell neither.
    func of(provider: String?, using use: ChangeSetUse?) -> ActionCause {
        var known = self
        if known.root.provider.isEmpty { known.root.provider = provider ?? "" }
        guard known.root.stack != nil, known.root.stack?.actionMode == nil else { return known }
        switch use?.mode {
        case .executes, .prepares: known.root.stack?.actionMode = use?.mode.rawValue
        case .neither, nil: break
        }
        return known
    }
}
