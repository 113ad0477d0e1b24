import CodePipelineSimulator
import Primitives
import RetryCore

/// What the daemon was seen to charge for its retries.
struct Charges: Sendable {
    /// One intent.
    struct Charge: Sendable {
        var policy: PolicyName
        /// When it was recorded.
        var at: Int64
        /// What it was said to cost, the newest last; nil: nothing was reckoned.
        var told: [RetryCost?]
        /// When the newest was said: what was said before a restart may be lost.
        var toldAt: Int64
        /// When the ledger said that it is durable, or not; the daemon waits a minute for that.
        var answeredAt: Int64?
        /// Whether it may count for nothing: its write failed, or no ceiling covers its age.
        var mayBeLost = false
    }

    /// Which intent.
    struct Key: Hashable, Sendable {
        var episode: EpisodeKey
        var sequence: Int
    }

    private(set) var all: [Key: Charge] = [:]
    private var calls: [CallID: Key] = [:]

    mutating func record(_ intent: Intent, by call: CallID, at time: Int64) {
        let key = Key(episode: intent.episode, sequence: intent.sequence)
        calls[call] = key
        all[key] = Charge(
            policy: intent.policy,
            at: time,
            told: [intent.cost],
            toldAt: time
        )
    }

    mutating func answered(_ call: CallID, at time: Int64) {
        guard let key = calls.removeValue(forKey: call) else { return }
        all[key]?.answeredAt = time
    }

    mutating func change(_ intent: Intent, at time: Int64) {
        let key = Key(episode: intent.episode, sequence: intent.sequence)
        guard let charge = all[key], charge.told.last != intent.cost else { return }
        all[key]?.told.append(intent.cost)
        all[key]?.toldAt = time
    }

    mutating func makeUncertain(_ intent: Intent) {
        all[Key(episode: intent.episode, sequence: intent.sequence)]?.mayBeLost = true
    }

    /// The ledger is another one, or a ceiling was too short for them.
    mutating func makeUncertain(olderThan time: Int64) {
        for key in all.keys where all[key]?.at ?? time < time { all[key]?.mayBeLost = true }
    }
}

/// The law for ceilings of cost.
extension Oracle {
    /// Minutes and price, added up by the oracle.
    private struct Sum {
        var minutes = 0
        var price = 0

        mutating func add(_ costs: [(minutes: Int, price: Int)], _ pick: ([Int]) -> Int?) {
            minutes += pick(costs.map(\.minutes)) ?? 0
            price += pick(costs.map(\.price)) ?? 0
        }

        func exceeds(_ ceiling: CostCeiling) -> Bool {
            (ceiling.minutes.map { minutes > $0 } ?? false)
                || (ceiling.price.map { price > $0 } ?? false)
        }
    }

    /// What is told of AWS's time is a second off at most; reports and writes come at once.
    private static let slack: Int64 = 5000
    /// The daemon takes a write that is not answered within a minute for one that failed.
    private static let longestWrite: Int64 = 59_000

    /// No intent is recorded that a ceiling has no room for, and each says what it costs.
    mutating func judgeCost(
        _ intent: Intent,
        by call: CallID,
        _ policy: StagePolicy,
        _ configuration: Configuration,
        at time: Int64
    ) {
        defer { charges.record(intent, by: call, at: time) }
        let ceilings = [policy.cost, configuration.cost]
        guard ceilings.contains(where: { $0 != nil }), trustsDates else { return }
        guard let cost = intent.cost else {
            return blame(.cost, "retry \(intent.number) of \(intent.episode) costs nothing")
        }
        judgeExpected(cost, intent, configuration, at: time)
        for (ceiling, name) in zip(ceilings, [policy.name, nil]) {
            guard let ceiling else { continue }
            var sum = Sum(minutes: cost.minutes, price: cost.price)
            let since = time - ceiling.per.wholeMilliseconds + Oracle.slack
            for charge in charges.all.values where charge.at > since {
                guard name == nil || name == charge.policy else { continue }
                sum.add(possible(charge, configuration, at: time)) { $0.min() }
            }
            if sum.exceeds(ceiling) {
                blame(.cost, "\(sum.minutes) min, \(sum.price), of \(intent.episode): \(ceiling)")
            }
        }
    }

    /// Each action that is run costs what the ledger told of it, or ten minutes.
    private mutating func judgeExpected(
        _ cost: RetryCost,
        _ intent: Intent,
        _ configuration: Configuration,
        at time: Int64
    ) {
        guard let told = past.told[intent.episode], !told.isUncertain else { return }
        let minutes = told.durations.map { name in
            told.answer?.medians[name].map { Own.begun($0) } ?? 10
        }
        guard cost.minutes != minutes.reduce(0, +) else { return }
        blame(.cost, "\(intent.episode) costs \(cost.minutes) min of \(minutes)")
    }

    /// A retry that is left for its cost has no room.
    mutating func judgeCost(
        _ reason: Reason,
        _ key: EpisodeKey,
        _ policy: StagePolicy,
        _ configuration: Configuration,
        at time: Int64
    ) {
        guard reason == .costSpent, trustsDates else { return }
        let told = past.told[key]
        let minutes = (told?.durations ?? []).map { name in
            let minutes = told?.answer?.medians[name].map { Own.begun($0) } ?? 10
            // The answer may have come too late for the daemon.
            return told?.isUncertain == false ? minutes : max(minutes, 10)
        }
        let dearest =
            ([configuration.prices.standard] + configuration.prices.byProvider.values)
            .max() ?? 0
        let expected = minutes.reduce(0, +)
        for (ceiling, name) in zip([policy.cost, configuration.cost], [policy.name, nil]) {
            guard let ceiling else { continue }
            var sum = Sum(minutes: expected, price: expected * dearest)
            let since = time - ceiling.per.wholeMilliseconds - Oracle.slack
            for charge in charges.all.values where charge.at > since {
                guard name == nil || name == charge.policy else { continue }
                sum.add(possible(charge, configuration, at: time)) { $0.max() }
            }
            if sum.exceeds(ceiling) { return }
        }
        blame(.cost, "\(key) is left for its cost, and there is room")
    }

    /// What a charge may count: what was said last, or before a restart anything that was.
    private func possible(
        _ charge: Charges.Charge,
        _ configuration: Configuration,
        at time: Int64
    ) -> [(minutes: Int, price: Int)] {
        let isCertain = charge.toldAt >= startedAt
        let told = isCertain ? charge.told.suffix(1) : charge.told[...]
        let costs = told.map { cost in
            cost.map { (minutes: $0.minutes, price: $0.price) }
                ?? (minutes: 10, price: 10 * configuration.prices.standard)
        }
        let isLate = (charge.answeredAt ?? time) - charge.at >= Oracle.longestWrite
        return costs + (charge.mayBeLost || isLate ? [(minutes: 0, price: 0)] : [])
    }

    /// A retry that has ended costs what its actions ran, each begun minute whole.
    ///
    /// The state has no starts, so an action may be taken to have started with the retry; and it
    /// may be an older one, without the last of the actions.
    mutating func judgeMeasured(
        _ key: EpisodeKey,
        _ intent: Intent,
        _ cost: RetryCost,
        _ runs: [ServiceModel.ActionRunView]
    ) {
        guard trustsDates, trustsAnswers else { return }
        let ran = runs.filter { run in
            run.stage == key.stage.text && run.action.category.rawValue != "Approval"
                && !intent.before.actionExecutions.contains(ActionExecutionID(run.id))
        }
        let most = ran.map { run in
            Own.begun(
                .milliseconds(run.updated.milliseconds - intent.recordedAt.milliseconds + 2000)
            )
        }
        guard cost.minutes > most.reduce(0, +) || cost.minutes < (ran.isEmpty ? 0 : 1) else {
            return
        }
        blame(.cost, "retry \(intent.number) of \(key) cost \(cost.minutes) min of \(most)")
    }
}

extension Own {
    /// Begun minutes, one at least.
    fileprivate static func begun(_ time: Duration) -> Int {
        var minutes = 1
        while .seconds(60 * minutes) < time, minutes < 43_200 { minutes += 1 }
        return minutes
    }
}

extension ServiceModel {
    /// The runs of an execution, by the pipeline's name in the model; none of one that is gone.
    func runs(of key: EpisodeKey, _ name: String) -> [ActionRunView] {
        do throws(ServiceError) {
            return try actionRuns(of: name, execution: key.execution.text)
        } catch {
            return []
        }
    }
}
