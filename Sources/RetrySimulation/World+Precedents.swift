import CodePipelineSimulator
import Primitives
import RetryCore

/// What the ledger says of the past, which is drawn: the laws are about what follows from it.
extension World {
    /// What becomes of a question.
    private enum PastFate: CaseIterable {
        case told, unreadable, late, lost, doubled
    }

    mutating func readPrecedents(_ id: CallID, _ question: PrecedentQuestion) {
        oracle.past.ask(id, question, at: clock.time)
        let isDisturbed = pastRNG.chance(plan.chance(.disk, 0.5))
        let fate = isDisturbed ? pastRNG.pick(PastFate.allCases) : .told
        let event = Event.precedentsRead(id, fate == .unreadable ? nil : precedents(of: question))
        let soon = clock.time + pastRNG.span(1...200)
        func answer(at time: Int64) {
            timetable.add(.answer(event, nil, process: process), at: time)
        }
        switch fate {
        case .told, .unreadable: answer(at: soon)
        case .late: answer(at: clock.time + pastRNG.span(9000...40_000))
        case .lost: break
        case .doubled:
            answer(at: soon)
            answer(at: soon + pastRNG.span(0...20_000))
        }
    }

    private mutating func precedents(of question: PrecedentQuestion) -> Precedents {
        var found = Precedents()
        if let window = question.window, let level = question.levels.first, pastRNG.chance(0.8) {
            let trials = pastRNG.number(1...window.size)
            let most = pastRNG.chance(0.5) ? min(2, trials) : trials
            found.gate = GateEvidence(
                level: level,
                counts: TrialCounts(recovered: pastRNG.number(0...most), trials: trials),
                idle: pastRNG.number(0...11)
            )
        }
        if question.asksRevision, pastRNG.chance(0.8) {
            let newer = pastRNG.chance(0.2) ? ExecutionID("newer") : nil
            found.revision = RevisionEvidence(
                hasPassed: pastRNG.chance(0.4),
                failures: pastRNG.number(0...2),
                newerSuccess: newer
            )
        }
        for name in question.durations where pastRNG.chance(0.7) {
            found.medians[name] = .seconds(pastRNG.number(1...1500))
        }
        return found
    }
}

extension GeneratedScenario {
    /// Lets some policies ask for the past, from a stream of its own, so that other draws stay.
    mutating func addPast(_ seed: UInt64) {
        var rng = SimulationRNG(seed: seed, "past")
        for index in configurations.indices {
            if rng.chance(0.1) { configurations[index].cost = Self.ceiling(&rng, of: 6) }
            if rng.chance(0.2) {
                configurations[index].prices.byProvider["CodeBuild"] = rng.number(0...50_000)
            }
            for target in configurations[index].targets.indices {
                configurations[index].targets[target].askPast(&rng)
            }
        }
    }
}

extension GeneratedScenario {
    /// A ceiling for a few retries of one or several actions.
    fileprivate static func ceiling(_ rng: inout SimulationRNG, of retries: Int) -> CostCeiling {
        let minutes = rng.number(5...60 * retries)
        let isMoney = rng.chance(0.3)
        return CostCeiling(
            minutes: isMoney && rng.chance(0.5) ? nil : minutes,
            price: isMoney ? minutes * 2000 : nil,
            per: .seconds(rng.pick([600, 1800, 7200]))
        )
    }
}

extension Target {
    fileprivate mutating func askPast(_ rng: inout SimulationRNG) {
        for entry in pipelines.indices where rng.chance(0.2) {
            if rng.chance(0.7) {
                pipelines[entry].policy.successGate = SuccessGate(
                    minimum: rng.pick([0.1, 0.2, 0.2, 0.5]),
                    window: TrialWindow(size: rng.number(4...40)),
                    explore: rng.number(1...10)
                )
            }
            if rng.chance(0.3) { pipelines[entry].policy.whenRevisionFailedBefore = .leave }
            if rng.chance(0.3) { pipelines[entry].policy.whenNewerRevisionPassed = .leave }
        }
        for entry in pipelines.indices where rng.chance(0.15) {
            pipelines[entry].policy.cost = GeneratedScenario.ceiling(&rng, of: 3)
        }
    }
}
