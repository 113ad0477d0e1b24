import Primitives
import RetryCore

/// The size limits of what the ledger stores.
///
/// Names and baselines identify things, so they are never cut: a longer one is refused, which means
/// that no retry is sent. AWS's own names have 100 characters at most.
enum Bounds {
    /// Bytes of a name or id.
    static let name = 1024
    /// Ids of action executions in a baseline; a pipeline has 1000 actions at most.
    static let actionExecutions = 1000
    /// Bytes of a fingerprint, which the core cuts to the same length.
    static let fingerprint = 512
    /// Bytes of what a service says of a cause, but for the line and the command, which the core
    /// cuts.
    static let cause = 2048
    /// Bytes of an error message; the core cuts it to 2048 characters.
    static let message = 8192
    /// Causes of one episode; the core asks about fewer.
    static let causes = 100
    /// Bytes of an action's provider.
    static let provider = 256
    /// Bytes of AWS's token for the next page; its own bound is 2048.
    static let token = 4096
    /// Bytes of a person's reason for a pause.
    static let reason = 1024

    /// The text cut to so many bytes between two characters, without NULs, which SQLite ends at.
    static func cut(_ text: String, to bytes: Int) -> String {
        guard text.utf8.contains(0) else { return text.cut(toUTF8: bytes) }
        let scalars = text.unicodeScalars.filter { $0 != "\0" }
        return String(String.UnicodeScalarView(scalars)).cut(toUTF8: bytes)
    }

    /// Refuses a name that is too long or holds a NUL.
    static func check<Kind>(
        _ name: Identifier<Kind>?,
        _ field: String,
        _ row: String
    ) throws(LedgerError) {
        guard let text = name?.text else { return }
        guard isName(text) else {
            throw .unstorable(field, row: row)
        }
    }

    /// Whether a name can be stored.
    static func isName(_ text: String) -> Bool {
        text.utf8.count <= name && !text.utf8.contains(0)
    }

    /// A name for people, whatever it contains: short and in printable ASCII.
    static func shown<Kind>(_ name: Identifier<Kind>) -> String {
        let start = name.text.unicodeScalars.prefix(40)
        let text = start.map { (0x20..<0x7f).contains($0.value) ? String($0) : "?" }.joined()
        return name.text.unicodeScalars.count > 40 ? text + "..." : text
    }
}

extension EpisodeKey {
    /// The key for people.
    var shown: String {
        "target \(Bounds.shown(pipeline.target)), pipeline \(Bounds.shown(pipeline.pipeline)), "
            + "stage \(Bounds.shown(stage)), execution \(Bounds.shown(execution))"
    }

    /// Refuses names that are too long or hold a NUL.
    func checkBounds() throws(LedgerError) {
        let row = shown
        try Bounds.check(pipeline.target, "the target's name", row)
        try Bounds.check(pipeline.pipeline, "the pipeline's name", row)
        try Bounds.check(stage, "the stage's name", row)
        try Bounds.check(execution, "the execution's id", row)
    }
}

extension PauseScope {
    /// The scope for people.
    private var shown: String {
        let parts = [
            target.map { "target \(Bounds.shown($0))" },
            pipeline.map { "pipeline \(Bounds.shown($0))" },
            stage.map { "stage \(Bounds.shown($0))" },
        ]
        return "the pause of " + parts.compactMap { $0 }.joined(separator: ", ")
    }

    /// Refuses names that are too long or hold a NUL.
    func checkBounds() throws(LedgerError) {
        let row = shown
        try Bounds.check(target, "the target's name", row)
        try Bounds.check(pipeline, "the pipeline's name", row)
        try Bounds.check(stage, "the stage's name", row)
    }
}

extension StageBaseline {
    /// Refuses too many ids, and ids that do not fit in one line.
    func checkBounds(_ row: String) throws(LedgerError) {
        guard actionExecutions.count <= Bounds.actionExecutions else {
            throw .unstorable("the list of action executions", row: row)
        }
        for id in actionExecutions {
            try Bounds.check(id, "an action execution's id", row)
            guard !id.text.utf8.contains(UInt8(ascii: "\n")) else {
                throw .unstorable("an action execution's id", row: row)
            }
        }
    }
}

extension Intent {
    /// The intent when it can be stored.
    func bounded() throws(LedgerError) -> Intent {
        try episode.checkBounds()
        let row = episode.shown
        try Bounds.check(policy, "the policy's name", row)
        try Bounds.check(rule, "the rule's name", row)
        try before.checkBounds(row)
        return self
    }
}

extension EpisodeRecord {
    /// The record with its texts cut.
    func bounded() throws(LedgerError) -> EpisodeRecord {
        try key.checkBounds()
        try lastFailure?.checkBounds(key.shown)
        var record = self
        record.lastFingerprint = lastFingerprint.map {
            Fingerprint(reduced: Bounds.cut($0.text, to: Bounds.fingerprint))
        }
        // A cause can be asked for again: what is of no use without it is stored.
        record.causes = causes.filter(\.isStorable).prefix(Bounds.causes).map { $0.bounded() }
        return record
    }
}

extension AttemptCause {
    /// Whether its names can be stored.
    fileprivate var isStorable: Bool {
        [action.text, attempt.text].allSatisfy(Bounds.isName)
    }

    /// The cause with its texts cut.
    fileprivate func bounded() -> AttemptCause {
        AttemptCause(action: action, attempt: attempt, root: root.bounded())
    }
}

extension RootCause {
    /// The cause with its texts cut.
    fileprivate func bounded() -> RootCause {
        func cut(_ text: String?) -> String? { text.map { Bounds.cut($0, to: Bounds.cause) } }
        var root = self
        root.provider = Bounds.cut(root.provider, to: Bounds.cause)
        root.resource = cut(root.resource)
        root.phase = cut(root.phase)
        root.status = cut(root.status)
        root.code = cut(root.code)
        root.deploymentCode = cut(root.deploymentCode)
        root.url = cut(root.url)
        root.stack = root.stack.map { stack in
            StackCause(
                resourceType: cut(stack.resourceType),
                status: cut(stack.status),
                actionMode: cut(stack.actionMode),
                changeSet: stack.changeSet
            )
        }
        return root
    }
}

extension AttemptFailure {
    /// What was said with its texts cut.
    fileprivate func bounded() -> AttemptFailure {
        func cut(_ text: String?) -> String? { text.map { Bounds.cut($0, to: Bounds.message) } }
        return AttemptFailure(
            code: code.map { Bounds.cut($0, to: Bounds.cause) },
            message: cut(message),
            summary: cut(summary),
            category: category.map { ActionCategory(Bounds.cut($0.text, to: Bounds.provider)) },
            cause: cause?.bounded(),
            kind: kind
        )
    }
}

extension ActionAttempt {
    /// Whether its names can be stored.
    var isStorable: Bool {
        let names = [
            action.pipeline.target.text, action.pipeline.pipeline.text, action.stage.text,
            action.action.text, execution.text, id.text,
        ]
        return names.allSatisfy(Bounds.isName)
    }

    /// The attempt with its texts cut.
    func bounded() -> ActionAttempt {
        func cut(_ fingerprint: Fingerprint?) -> Fingerprint? {
            fingerprint.map { Fingerprint(reduced: Bounds.cut($0.text, to: Bounds.fingerprint)) }
        }
        var attempt = self
        attempt.provider = provider.map { Bounds.cut($0, to: Bounds.provider) }
        attempt.fingerprint = cut(fingerprint)
        attempt.causeFingerprint = cut(causeFingerprint)
        attempt.failure = failure?.bounded()
        return attempt
    }
}

extension ImportPosition {
    /// Whether its names and AWS's token can be stored; without them an import begins anew.
    var isStorable: Bool {
        let texts = [pipeline.target.text, pipeline.pipeline.text, reading?.token ?? ""]
        return texts.allSatisfy { $0.utf8.count <= Bounds.token && !$0.utf8.contains(0) }
    }
}

extension Pause {
    /// The pause with its texts cut.
    func bounded() throws(LedgerError) -> Pause {
        try scope.checkBounds()
        var pause = self
        pause.reason = Bounds.cut(reason, to: Bounds.reason)
        return pause
    }
}

extension LedgerWrite {
    /// The field that no ledger can ever store, described in words; nil: everything can be stored.
    package var unstorableField: String? {
        do throws(LedgerError) {
            _ = try RowChange(bounding: self)
            return nil
        } catch {
            guard case .unstorable(let field, _) = error else { return error.sentence }
            return field
        }
    }
}
