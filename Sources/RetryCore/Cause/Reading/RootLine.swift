/// Chooses the line of a log that says why a command failed.
///
/// A line that leaves no doubt decides, and among equals the newest: a build that cannot pass does
/// not pass because a download was interrupted as well. A transient line beats what is only
/// missing, since a download that broke leaves something missing, and an unknown error soon after
/// it. Warnings are asked when the errors name no cause.
struct RootLine {
    /// The most messages that are considered, from the newest on.
    private static let reach = 60
    /// How many messages later an unknown error may still follow from a transient one; tools say
    /// more than one sentence when they fail.
    private static let aftermath = 6
    /// How near to the end a transient line must be that does not say that it is an error: words of
    /// a change log or a report are no causes.
    private static let nearEnd = 3

    private let cause: RootCause
    private let table: KnowledgeTable
    private let messages: ArraySlice<LogicalLine>

    /// The root line of a log; nil when it has no lines.
    static func text(in lines: [String], of cause: RootCause, by table: KnowledgeTable) -> String? {
        RootLine(lines, cause, table).text
    }

    private init(_ lines: [String], _ cause: RootCause, _ table: KnowledgeTable) {
        self.cause = cause
        self.table = table
        messages = LogicalLine.joined(lines).suffix(RootLine.reach)
    }

    private var text: String? {
        let telling = messages.filter { $0.kind == .error || $0.kind == .plain }
        let known = telling.map { table.judgement(ofLine: $0.text, in: cause) }
        func newest(where isMeant: (LineJudgement) -> Bool) -> Int? {
            known.lastIndex { $0.map(isMeant) ?? false }
        }
        if let sure = newest(where: { $0.kind != .transient && !$0.isGeneral }) {
            return telling[sure].text
        }
        let passing = telling.indices.last { index in
            known[index]?.kind == .transient
                && (telling[index].kind == .error || index + RootLine.nearEnd >= telling.count)
        }
        let unknown = telling.indices.last { telling[$0].kind == .error && known[$0] == nil }
        if let passing, passing + RootLine.aftermath >= unknown ?? 0 {
            return telling[passing].text
        }
        let general = newest { $0.isGeneral }
        if let other = [general, unknown].compactMap(\.self).max() { return telling[other].text }
        let isNamed = messages.last?.kind == .plain
        return (isNamed ? nil : knownText(of: .warning) ?? knownText(of: .consequence))
            ?? (telling.last ?? messages.last)?.text
    }

    /// The newest known line of a kind.
    private func knownText(of kind: LineKind) -> String? {
        messages.last { $0.kind == kind && table.judgement(ofLine: $0.text, in: cause) != nil }?
            .text
    }
}
