package import Primitives

/// The facts of a failed stage's attempt: the poll, the execution's history and the definition read
/// together.
///
/// The engine takes the failure's time and fingerprint from here before it decides.
package struct StageFacts: Hashable, Sendable {
    /// The actions that failed in the newest attempt, by name.
    package private(set) var failed: [FailedAction] = []
    /// The actions that a stop abandoned, by name.
    package private(set) var abandoned: [ActionName] = []
    /// The actions that still run, by the history or by the poll, by name.
    package private(set) var inProgress: [ActionName] = []
    /// Actions with a status that the model does not have, as `name: status`.
    package private(set) var unknownStatuses: [String] = []
    /// The definition's versions that the history's rows name.
    package private(set) var versions: Set<Int> = []
    /// The approvals of the stage that were given in this execution, by name.
    package private(set) var approved: [ActionName] = []
    /// The newest time in poll and history; nil when nothing is dated.
    package private(set) var lastChange: WallTime?

    /// Reads the facts of one stage of one execution.
    package init(
        episode: EpisodeKey,
        stage: StageSnapshot,
        definition: PipelineDefinition?,
        evidence: Evidence
    ) {
        let kinds = definition?.stages[episode.stage]?.actions ?? [:]
        switch evidence {
        case .rows(let rows):
            versions = Set(rows.compactMap(\.pipelineVersion))
            let own = rows.filter { $0.stage == episode.stage }
            let newest = own.newestOfEach.map { row in
                Attempt(row.completed(by: stage), kind: kinds[row.action.name])
            }
            read(StageFacts.ofNewestAttempt(newest))
            readStateBesideRows(stage)
            approve(own.map { Attempt($0, kind: kinds[$0.action.name]) })
        case .denied, .lagging:
            let attempts = stage.actions.map { Attempt($0, kind: kinds[$0.name]) }
            read(StageFacts.plausible(attempts))
            // A later order shows what an older execution has left.
            let order = attempts.filter { $0.action.status == .failed }.compactMap(\.runOrder).max()
            approve(attempts.filter { ($0.runOrder ?? 0) < order ?? .max })
        }
        lastChange = max(lastChange, stage.baseline.lastStatusChange)
    }

    /// Reads the facts of a situation.
    package init(_ situation: Situation) {
        self.init(
            episode: situation.episode,
            stage: situation.stage,
            definition: situation.definition,
            evidence: situation.evidence
        )
    }

    /// Whether the stage failed in another attempt than the one that showed the older baseline.
    ///
    /// A retry gives every action that it runs a new attempt, so a failure with a known attempt is
    /// the same failure.
    package func isNewAttempt(since older: StageBaseline?, _ baseline: StageBaseline) -> Bool {
        guard let older else { return true }
        if baseline.manualRetries != older.manualRetries { return true }
        let attempts = failed.compactMap(\.executionID)
        guard !attempts.isEmpty else { return baseline != older }
        return attempts.allSatisfy { !older.actionExecutions.contains($0) }
    }

    /// The newest failed action; of equally new ones the first by name.
    package var newestFailure: FailedAction? {
        failed.reduce(nil) { newest, action in
            guard let newest else { return action }
            return (newest.failedAt ?? .distantPast) < (action.failedAt ?? .distantPast)
                ? action : newest
        }
    }

    /// When the last failed action failed; nil when nothing dates it.
    package var failedAt: WallTime? {
        failed.compactMap(\.failedAt).max()
    }

    /// The failed actions' fingerprints as one; nil when none failed.
    package func fingerprint(of episode: EpisodeKey) -> Fingerprint? {
        Fingerprint(combining: failed.map { $0.fingerprint(of: episode) })
    }

    /// The same by the causes that services told; nil: one that could be asked told none.
    func causeFingerprint(of episode: EpisodeKey) -> Fingerprint? {
        guard failed.contains(where: { $0.told != nil }),
            failed.allSatisfy({ $0.told != nil || $0.run == nil })
        else { return nil }
        return Fingerprint(combining: failed.map { $0.causeFingerprint(of: episode) })
    }

    /// Takes what services say of failed actions, of which these use change sets.
    mutating func take(
        _ causes: [ActionName: ActionCause],
        _ uses: [ActionName: ChangeSetUse]
    ) {
        for index in failed.indices {
            let action = failed[index]
            guard let cause = causes[action.name],
                cause.attempt == nil || cause.attempt == action.executionID
            else { continue }
            failed[index].told = cause.of(provider: action.provider, using: uses[action.name])
        }
    }

    /// Asks the built-in knowledge about every failed action.
    mutating func learn() {
        for index in failed.indices { failed[index].learn() }
    }

    /// Takes the approvals of any attempt: a retry of the failed actions leaves them as they were.
    private mutating func approve(_ attempts: [Attempt]) {
        let given = attempts.filter { $0.category == .approval && $0.action.status == .succeeded }
        approved = Set(given.map(\.action.name)).sorted()
    }

    private mutating func read(_ attempts: [Attempt]) {
        for attempt in attempts.sorted(by: { $0.action.name < $1.action.name }) {
            let action = attempt.action
            lastChange = max(lastChange, action.lastStatusChange)
            switch action.status {
            case .failed: failed.append(FailedAction(attempt))
            case .abandoned: abandoned.append(action.name)
            case .inProgress: inProgress.append(action.name)
            case .unknown(let status): unknownStatuses.append("\(action.name): \(status)")
            case .succeeded, nil: break
            }
        }
    }

    /// Takes the actions that may still run from the poll, which may be newer than the history.
    ///
    /// Its other statuses may be an older execution's.
    private mutating func readStateBesideRows(_ stage: StageSnapshot) {
        for action in stage.actions.sorted(by: { $0.name < $1.name }) {
            switch action.status {
            case .inProgress:
                if !inProgress.contains(action.name) { inProgress.append(action.name) }
            case .unknown(let status):
                let text = "\(action.name): \(status)"
                if !unknownStatuses.contains(text) { unknownStatuses.append(text) }
            case .abandoned, .failed, .succeeded, nil: break
            }
        }
    }
}

/// A failed action of the newest attempt.
package struct FailedAction: Hashable, Sendable {
    /// The action's name.
    package var name: ActionName
    /// The attempt; nil when the answer does not say.
    package var executionID: ActionExecutionID?
    /// Its category, from the history or else the definition; nil when neither has it.
    package var category: ActionCategory?
    /// Its provider, likewise.
    package var provider: String?
    /// Its error code.
    package var code: String?
    /// Its error message, cut to the 5,000 characters that AWS allows; never empty.
    package var message: String?
    /// Its summary, cut to the 2,048 characters that AWS allows; never empty.
    package var summary: String?
    /// A link for people to open.
    package var url: String?
    /// When it failed; nil when nothing dates it.
    package var failedAt: WallTime?
    /// Where it ran; nil: no service can be asked for the cause.
    package var run: ActionRun?
    /// What its service says of it; nil: nothing was read.
    package fileprivate(set) var told: ActionCause?
    /// What the built-in knowledge says of it; nil: nothing, or no rule asks.
    package private(set) var finding: CauseFinding?

    /// Its cause, by its service or else by CodePipeline's own words.
    package var cause: RootCause {
        told?.root
            ?? RootCause(
                provider: provider ?? "",
                code: code,
                message: message ?? summary ?? "",
                url: url
            )
    }

    /// Whether CodePipeline's artifact bucket lacks what the action was to read: CodeBuild's
    /// download of its source says so, or the text of another action that speaks of an artifact.
    var lacksArtifact: Bool {
        let signs = texts.filter { $0.contains("NoSuchKey") }
        guard !signs.isEmpty else { return false }
        guard provider != "CodeBuild" else { return cause.phase == "DOWNLOAD_SOURCE" }
        return signs.contains { $0.lowercased().contains("artifact") }
    }

    /// Asks the built-in knowledge.
    fileprivate mutating func learn() {
        let words = [message, summary].compactMap(\.self).joined(separator: "\n")
        finding = KnowledgeTable.builtIn.finding(of: cause, message: words.isEmpty ? nil : words)
    }

    /// Message, summary and the root line, as far as they exist: the texts that rules search.
    package var texts: [String] {
        [message, summary, told?.root.line].compactMap(\.self).reduce(into: []) { all, text in
            if !all.contains(text) { all.append(text) }
        }
    }

    /// The error with its variable parts removed.
    package func fingerprint(of episode: EpisodeKey) -> Fingerprint {
        Fingerprint(
            code: code,
            message: message,
            summary: summary,
            names: [episode.pipeline.pipeline.text, episode.stage.text, name.text]
        )
    }

    /// What is to be read about it in a pipeline of this Region; nil: no service can be asked.
    package func causeRequest(region: String) -> CauseRequest? {
        guard let run, let attempt = executionID, let provider,
            CauseService(provider: provider) != nil
        else { return nil }
        return CauseRequest(
            action: name,
            attempt: attempt,
            provider: provider,
            region: run.region ?? region,
            run: run,
            url: url
        )
    }

    /// The same by the cause; of an action without one by CodePipeline's words.
    fileprivate func causeFingerprint(of episode: EpisodeKey) -> Fingerprint {
        guard let root = told?.root else { return fingerprint(of: episode) }
        let names = [episode.pipeline.pipeline.text, episode.stage.text, name.text]
        return Fingerprint(cause: root, names: names + [root.resource].compactMap(\.self))
    }

    fileprivate init(_ attempt: Attempt) {
        name = attempt.action.name
        executionID = attempt.action.executionID
        category = attempt.category
        provider = attempt.provider
        code = attempt.action.code
        message = present(attempt.action.message)?.cut(toScalars: 5000)
        summary = present(attempt.action.summary)?.cut(toScalars: 2048)
        url = attempt.action.url
        failedAt = attempt.action.lastStatusChange
        run = attempt.run
    }
}

/// One attempt of one action, from either source.
private struct Attempt {
    let action: ActionSnapshot
    let category: ActionCategory?
    let provider: String?
    let runOrder: Int?
    let run: ActionRun?
    /// The order of attempts: the start, else the last change.
    let age: (WallTime, WallTime)

    init(_ row: ActionRow, kind: ActionKind?) {
        action = row.action
        category = row.category ?? kind?.category
        provider = row.provider ?? kind?.provider
        runOrder = kind?.runOrder
        run = row.run
        age = row.age
    }

    init(_ action: ActionSnapshot, kind: ActionKind?) {
        self.action = action
        category = kind?.category
        provider = kind?.provider
        runOrder = kind?.runOrder
        run = nil
        age = (action.lastStatusChange ?? .distantPast, action.lastStatusChange ?? .distantPast)
    }
}

extension StageFacts {
    /// Removes failures of an earlier attempt of the stage.
    ///
    /// A later run order starts only when all earlier ones have succeeded, so of two failures at
    /// different orders the older one belongs to an attempt that was retried since.
    fileprivate static func ofNewestAttempt(_ attempts: [Attempt]) -> [Attempt] {
        let failed = attempts.filter { $0.action.status == .failed }
        guard let newest = failed.max(by: { $0.age < $1.age }), let order = newest.runOrder
        else { return attempts }
        return attempts.filter { attempt in
            attempt.action.status != .failed || (attempt.runOrder ?? order) == order
        }
    }
}

extension StageFacts {
    /// How much older than the newest failure an action's end may be and still belong to its
    /// attempt, when the run order is not known: longer than most actions may run.
    private static let attemptSpan = Duration.seconds(86_400)

    /// Removes results that the state has kept from an older execution.
    ///
    /// Actions of one run order start together and a later order starts only when all earlier ones
    /// have succeeded, so a failure at another order than the newest one is old. Without the order,
    /// age decides, but an approval or an action of unknown kind is never removed. Neither is an
    /// abandoned action: a person may have retried the stage since, and only the history tells
    /// whether it was in this execution.
    fileprivate static func plausible(_ attempts: [Attempt]) -> [Attempt] {
        let failed = attempts.filter { $0.action.status == .failed }
        let dated = failed.filter { $0.action.lastStatusChange != nil }
        guard let newest = dated.max(by: { $0.ended < $1.ended }) else { return attempts }
        return attempts.filter { attempt in
            guard attempt.action.status == .failed else { return true }
            if let order = attempt.runOrder, let other = newest.runOrder { return order == other }
            guard attempt.action.lastStatusChange != nil else { return true }
            guard attempt.category != nil, attempt.category != .approval else { return true }
            return newest.ended - attempt.ended <= attemptSpan
        }
    }
}

extension Attempt {
    fileprivate var ended: WallTime { action.lastStatusChange ?? .distantPast }
}

extension ActionRow {
    /// The row completed with what the state has of the same attempt: AWS gives a row only the
    /// error's code, and the state its text.
    fileprivate func completed(by stage: StageSnapshot) -> ActionRow {
        guard let id = action.executionID,
            let shown = stage.actions.first(where: {
                $0.executionID == id && $0.name == action.name
            })
        else { return self }
        var row = self
        row.action.code = present(action.code) ?? shown.code
        row.action.message = present(action.message) ?? shown.message
        row.action.summary = present(action.summary) ?? shown.summary
        row.action.url = present(action.url) ?? shown.url
        row.action.lastStatusChange = action.lastStatusChange ?? shown.lastStatusChange
        return row
    }

    /// The order of the attempts of one action: its start, else its last change.
    var age: (WallTime, WallTime) {
        let changed = action.lastStatusChange ?? .distantPast
        return (started ?? changed, changed)
    }
}

extension WallTime {
    /// Earlier than every time that AWS can send.
    package static let distantPast = WallTime(milliseconds: .min)
    /// Later than every time that AWS can send.
    package static let distantFuture = WallTime(milliseconds: .max)
}

/// The later of two times that may be absent.
private func max(_ left: WallTime?, _ right: WallTime?) -> WallTime? {
    guard let left else { return right }
    guard let right else { return left }
    return left < right ? right : left
}

/// A text that is not empty.
private func present(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
}
