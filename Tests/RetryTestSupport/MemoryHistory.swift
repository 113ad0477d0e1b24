import AttemptLedger
import Primitives
import RetryCore

/// The attempts of ``MemoryLedger``.
struct MemoryHistory {
    private var chains: [AttemptGroup: [ActionAttempt]] = [:]
    private var executions: [ExecutionKey: PastExecution] = [:]
    private var pruned: [DailySum] = []
    private var floor: WallTime?
    /// How far imports have come.
    private(set) var positions: [PipelineKey: ImportPosition] = [:]

    /// The latest start.
    var newestTime: WallTime? { chains.values.flatMap(\.self).map(\.started).max() }

    /// Stores a page; returns how many of its attempts are new.
    mutating func learn(_ page: LearnedPage, intents: [Intent]) -> Int {
        let kept = page.attempts.filter { attempt in floor.map { attempt.started >= $0 } ?? true }
        var new = 0
        for (group, attempts) in Dictionary(grouping: kept, by: \.group) {
            let known = chains[group] ?? []
            let own = intents.filter { $0.episode == group.episode }
            let chain = AttemptChain(known + attempts, intents: own).attempts
            chains[group] = chain
            new += chain.count - known.count
        }
        for execution in page.executions
        where floor.map({ execution.started >= $0 }) ?? true {
            executions[execution.key] = execution
        }
        if let position = page.position { positions[position.pipeline] = position }
        return new
    }

    /// Keeps what services said of attempts of an episode.
    mutating func learn(_ causes: [AttemptCause], of episode: EpisodeKey, intents: [Intent]) {
        for cause in causes {
            let action = ActionKey(
                pipeline: episode.pipeline,
                stage: episode.stage,
                action: cause.action
            )
            let group = AttemptGroup(action: action, execution: episode.execution)
            guard var told = chains[group]?.first(where: { $0.id == cause.attempt }),
                told.causeFingerprint == nil
            else { continue }
            told.take(cause.root)
            _ = learn(LearnedPage(attempts: [told]), intents: intents)
        }
    }

    /// The attempts of an execution, by action and start.
    func attempts(of execution: ExecutionKey) -> [ActionAttempt] {
        let own = chains.filter {
            $0.key.execution == execution.execution
                && $0.key.action.pipeline == execution.pipeline
        }
        return own.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// The failures of executions, but those that are known as episodes.
    func pastEpisodes(but known: Set<EpisodeKey>) -> [PastEpisode] {
        let stages = Dictionary(grouping: chains, by: \.key.episode)
        return stages.filter { !known.contains($0.key) }.compactMap { key, chains in
            PastEpisode(chains.flatMap(\.value), of: key)
        }
    }

    /// What the past says of a failure.
    func precedents(of question: PrecedentQuestion) -> Precedents {
        PrecedentSearch(chains.values.flatMap(\.self), Array(executions.values)).answer(question)
    }

    /// The retries since a day.
    func sums(since day: Int64) -> [DailySum] {
        let found = pruned + chains.values.flatMap(\.self).compactMap(DailySum.init)
        return DailySum.combined(found.filter { $0.key.day >= day })
    }

    /// A page of attempts.
    func attempts(_ query: AttemptQuery) -> AttemptAnswer {
        var answer = bareAttempts(query)
        guard query.isWhole else {
            for index in answer.attempts.indices { answer.attempts[index].failure = nil }
            return answer
        }
        for failed in answer.attempts where failed.status == .failed && failed.retry == nil {
            let found = precedents(of: PrecedentQuestion(of: failed)).revision
            answer.elsewhere[failed.id] = found?.elsewhere
        }
        return answer
    }

    private func bareAttempts(_ query: AttemptQuery) -> AttemptAnswer {
        let found = chains.values.flatMap(\.self).filter(query.includes)
        return query.answer(found.sorted { $0.position < $1.position })
    }

    /// A page of the sums of what is not kept.
    func sums(_ query: SumQuery) -> SumAnswer {
        query.answer(
            DailySum.combined(pruned).filter { sum in
                sum.key.day >= query.since && query.after.map { $0 < sum.key } ?? true
            }
        )
    }

    /// Moves what started before a time to the sums.
    mutating func prune(before limit: WallTime) {
        executions = executions.filter { $0.value.started >= limit }
        for (group, chain) in chains {
            let old = chain.filter { $0.started < limit }
            pruned += old.compactMap(DailySum.init)
            let stays = chain.filter { $0.started >= limit }
            chains[group] = stays.isEmpty ? nil : stays
            if let last = old.map(\.started).max() {
                floor = max(floor ?? last, last + .milliseconds(1))
            }
        }
    }
}
