/// The rows in order; the first that holds decides.
package struct KnowledgeTable: Sendable {
    let rows: [KnowledgeRow]
    private let phrases: [RowPhrases]
    private let index: PhraseIndex
    /// The rows that a sentence of any other beats.
    private let generalNames: Set<String>
    /// Commands that must not be interrupted.
    private let unsafeCommands: PhraseIndex

    /// The built-in knowledge.
    package static let builtIn = KnowledgeTable(
        stageState + harmfulSteps + ownWords + exceptions + capacity + hosts + flaky
            + lasting + transient + general + vague + structure,
        general: general,
        unrepeatable: unrepeatable
    )

    init(
        _ rows: [KnowledgeRow],
        general: [KnowledgeRow] = [],
        unrepeatable: [Phrase] = []
    ) {
        unsafeCommands = PhraseIndex(unrepeatable)
        generalNames = Set(general.map(\.name))
        var numbers: [Phrase: Int] = [:]
        var all: [Phrase] = []
        func number(_ phrase: Phrase) -> Int {
            if let known = numbers[phrase] { return known }
            numbers[phrase] = all.count
            all.append(phrase)
            return all.count - 1
        }
        self.rows = rows
        phrases = rows.map { row in
            RowPhrases(
                says: row.when.says.map(number),
                also: row.when.also.map(number),
                unless: row.when.unless.map(number),
                command: row.when.command.map(number)
            )
        }
        index = PhraseIndex(all)
    }

    /// What the knowledge says of a cause; nil: nothing.
    ///
    /// `message` is what CodePipeline says of the action, a failed command's script cut out. It is
    /// further from the cause: words of it do not overrule those of the cause's own line.
    package func finding(of cause: RootCause, message: String? = nil) -> CauseFinding? {
        let own = cause.line.flatMap { first(cause, texts: [$0]) }
        let words = [cause.line, message.map(KnowledgeTable.withoutScript)]
        let row = own?.when.asksForText == true ? own : first(cause, texts: words)
        return row.map { row in
            CauseFinding(
                row: row.name,
                kind: row.kind,
                wait: row.wait,
                source: row.source.rawValue,
                neverStarted: cause.ranUserCode == false
            )
        }
    }

    /// What is known of a line of a log, by rows that ask for words; nil: nothing.
    func judgement(ofLine line: String, in cause: RootCause) -> LineJudgement? {
        first(cause, texts: [line]) { $0.when.asksForText }.map { row in
            LineJudgement(kind: row.kind, isGeneral: generalNames.contains(row.name))
        }
    }

    private func first(
        _ cause: RootCause,
        texts: [String?],
        where isAsked: (KnowledgeRow) -> Bool = { _ in true }
    ) -> KnowledgeRow? {
        let found = texts.compactMap(\.self).reduce(into: Set<Int>()) { found, text in
            found.formUnion(index.found(in: text))
        }
        let inCommand = cause.command.map(index.found) ?? []
        let position = rows.indices.first { number in
            isAsked(rows[number]) && phrases[number].hold(in: found, command: inCommand)
                && rows[number].when.holds(structureOf: cause)
        }
        return position.map { row(rows[$0], for: cause) }
    }

    /// The row, or that of an interrupted step when the command may have done half of its work.
    private func row(_ row: KnowledgeRow, for cause: RootCause) -> KnowledgeRow {
        guard row.kind == .transient, cause.ranUserCode != false, let command = cause.command,
            !unsafeCommands.found(in: command).isEmpty
        else { return row }
        return KnowledgeTable.interrupted
    }

    private static func withoutScript(_ message: String) -> String {
        CommandError(in: message)?.withoutCommand ?? message
    }
}

/// What is known of one line.
struct LineJudgement: Hashable {
    /// The class of the row that holds.
    let kind: CauseClass
    /// Whether the row is one of those that follow from anything.
    let isGeneral: Bool
}

/// A row's phrases by their numbers.
private struct RowPhrases: Sendable {
    let says: [Int]
    let also: [Int]
    let unless: [Int]
    let command: [Int]

    func hold(in found: Set<Int>, command inCommand: Set<Int>) -> Bool {
        (says.isEmpty || says.contains(where: found.contains))
            && (also.isEmpty || also.contains(where: found.contains))
            && (command.isEmpty || command.contains(where: inCommand.contains))
            && !unless.contains(where: found.contains)
    }
}
