/// One piece of knowledge: a cause, what a retry brings, and who says so.
struct KnowledgeRow: Hashable, Sendable {
    /// A unique name: the name for `use:`, a slash, and its own, such as `image-pull/pull-limit`.
    let name: String
    /// What a retry of the stage brings.
    let kind: CauseClass
    /// How long the cause lasts; nil unless a retry may help.
    let wait: CauseWait?
    /// Who says so.
    let source: KnowledgeSource
    /// What must hold.
    let when: CauseCondition

    /// The name for `use:`.
    var group: String { String(name.prefix { $0 != "/" }) }

    static func transient(
        _ name: String,
        _ wait: CauseWait,
        _ source: KnowledgeSource,
        _ when: CauseCondition
    ) -> KnowledgeRow {
        KnowledgeRow(name: name, kind: .transient, wait: wait, source: source, when: when)
    }

    static func flaky(
        _ name: String,
        _ wait: CauseWait,
        _ source: KnowledgeSource,
        _ when: CauseCondition
    ) -> KnowledgeRow {
        KnowledgeRow(name: name, kind: .flaky, wait: wait, source: source, when: when)
    }

    static func permanent(
        _ name: String,
        _ source: KnowledgeSource,
        _ when: CauseCondition
    ) -> KnowledgeRow {
        KnowledgeRow(name: name, kind: .permanent, wait: nil, source: source, when: when)
    }

    static func harmful(
        _ name: String,
        _ source: KnowledgeSource,
        _ when: CauseCondition
    ) -> KnowledgeRow {
        KnowledgeRow(name: name, kind: .unsafe, wait: nil, source: source, when: when)
    }
}
