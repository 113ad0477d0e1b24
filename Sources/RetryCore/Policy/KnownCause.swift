/// The part of a rule that asks the built-in knowledge: which findings it takes.
package struct KnownCause: Hashable, Sendable {
    /// The findings' classes.
    package let kinds: Set<CauseClass>
    /// The groups that it takes, which are names for `use:`; nil: every one.
    package let groups: Set<String>?
    /// How long such a cause lasts; nil: it does not matter.
    package let wait: CauseWait?

    /// Asks for findings of some classes, groups and waits.
    package init(_ kinds: Set<CauseClass>, in groups: Set<String>? = nil, wait: CauseWait? = nil) {
        self.kinds = kinds
        self.groups = groups
        self.wait = wait
    }

    /// Whether it takes a finding; it takes none where nothing is known.
    func holds(_ finding: CauseFinding?) -> Bool {
        guard let finding, kinds.contains(finding.kind) else { return false }
        return groups?.isDisjoint(with: finding.groups) != true
            && (wait == nil || wait == finding.wait)
    }

    /// The names of the table's rows of which it may take a finding.
    var rows: [String] { matching.map(\.name) }

    /// The waits of such rows, the shortest first.
    var waits: [CauseWait] {
        let found = Set(matching.compactMap(\.wait))
        return CauseWait.allCases.filter(found.contains)
    }

    private var matching: [KnowledgeRow] {
        KnowledgeTable.builtIn.rows.filter { row in
            kinds.contains(row.kind) && (wait == nil || wait == row.wait)
                && groups?.isDisjoint(with: row.groups) != true
        }
    }

    /// Whether it takes every finding that another takes.
    package func covers(_ other: KnownCause) -> Bool {
        let hasGroups = groups.map { groups in
            other.groups.map { $0.isSubset(of: groups) } ?? false
        }
        return other.kinds.isSubset(of: kinds) && hasGroups != false
            && (wait == nil || wait == other.wait)
    }
}

extension KnownCause {
    /// Such as `transient, for minutes` or `permanent or unsafe in image-pull`.
    package var text: String {
        let kinds = CauseClass.allCases.filter(self.kinds.contains).map(\.rawValue)
        let place = groups.map { " in \($0.sorted().joined(separator: ", "))" } ?? ""
        let span = wait.map { ", for \($0.rawValue)" } ?? ""
        return kinds.joined(separator: " or ") + place + span
    }
}

extension KnowledgeRow {
    /// The groups that a finding of it may be in.
    fileprivate var groups: Set<String> {
        kind == .transient ? [group, CauseFinding.unstarted] : [group]
    }
}

extension Rule {
    /// The names under which it may speak, and count its retries.
    package var spokenNames: [RuleName] {
        when.known.map { known in known.rows.map { RuleName($0) } } ?? [name]
    }
}
