import RetrySimulation
import Testing

/// The simulation itself, as far as a debug build has time for it; `retry-sim` runs the rest.
@Suite struct SimulationTests {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a seed with every fault breaks no law`(_ seed: UInt64) {
        let outcome = Simulation.run(seed: seed, Simulation.Options(ticks: 300))
        #expect(outcome.violation == nil, "\(text(outcome, seed))")
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `without faults no law is broken either, and every outcome is true`(_ seed: UInt64) {
        let options = Simulation.Options(ticks: 300, faults: [])
        let outcome = Simulation.run(seed: seed, options)
        #expect(outcome.violation == nil, "\(text(outcome, seed))")
    }

    @Test func `with causes nothing is later than ten seconds, nor retried against a guard`() {
        var all = Simulation.Compared()
        for seed in 1...30 as ClosedRange<UInt64> {
            let result = Simulation.compare(seed: seed, Simulation.Options(ticks: 150))
            #expect(result.violation?.detail == nil, "seed \(seed)")
            all.add(result)
        }
        #expect(all.compared > 20)
        #expect(all.latest > 1000)
        #expect(all.guarded > 0)
        #expect(all.retriedByCause + all.leftByCause > 0)
    }

    @Test func `the daemon does something in it`() {
        let outcomes = (1...6).map { seed in
            Simulation.run(seed: seed, Simulation.Options(ticks: 300, faults: []))
        }
        #expect(outcomes.reduce(0) { $0 + $1.retries } > 5)
        #expect(outcomes.reduce(0) { $0 + $1.outcomes } > 5)
    }

    @Test func `a seed gives the same run every time, and other seeds give others`() {
        let options = Simulation.Options(ticks: 300, keepsDigest: true)
        let first = Simulation.run(seed: 3, options)
        #expect(first == Simulation.run(seed: 3, options))
        #expect(first.digest != Simulation.run(seed: 4, options).digest)
        #expect(!first.lines.isEmpty)
    }

    @Test func `late reads change a seed, and change it the same way every time`() {
        let late = Simulation.Options(ticks: 300, keepsDigest: true)
        var sound = late
        sound.faults.subtract(SimulatedFault.lags)
        #expect(late.faults.isSuperset(of: SimulatedFault.lags))
        for seed in 1...3 as ClosedRange<UInt64> {
            let outcome = Simulation.run(seed: seed, late)
            #expect(outcome == Simulation.run(seed: seed, late))
            #expect(outcome.digest != Simulation.run(seed: seed, sound).digest)
        }
    }

    /// Seeds that have one of the faults added later, which a seed without it never shows.
    private static let added: [(SimulatedFault, [UInt64])] = [
        (.earlyFailure, [9, 17, 35]), (.ledgerLoss, [28, 34]), (.rival, [10, 14]),
        (.hang, [11, 33]), (.timeOut, [13, 36]), (.slowLoop, [1, 12]), (.suspend, [11, 45]),
        (.deletion, [8, 25]), (.restructure, [37, 56]), (.targetChange, [7, 43]),
        (.regionChange, [8, 13]), (.entryChange, [13, 22]), (.policyChange, [20, 35]),
        (.rename, [2, 8]), (.conditions, [16, 26]), (.causes, [12, 51]),
    ]

    @Test(arguments: added)
    func `a fault added later occurs`(_ fault: SimulatedFault, _ seeds: [UInt64]) {
        let sound = Simulation.Options(ticks: 150, faults: [.crash], keepsDigest: true)
        var faulty = sound
        faulty.faults.insert(fault)
        let happens = seeds.contains { seed in
            Simulation.run(seed: seed, faulty).digest != Simulation.run(seed: seed, sound).digest
        }
        #expect(happens)
        #expect(SimulatedFault.later.contains(fault))
    }

    @Test func `what is added to the faults is drawn from an RNG of its own, and occurs`() {
        let later = SimulatedFault.allCases.drop { $0 != .earlyFailure }
        #expect(Set(later) == SimulatedFault.later)
        #expect(Set(SimulationTests.added.map(\.0)) == SimulatedFault.later)
    }

    /// Seeds that once broke a law, each with its finding.
    @Test(
        arguments: [
            (12_304, "a definition that changed while the intent was being written"),
            (12_535, "the same with a later look"),
            (14_006, "a failed write of an intent that a crash left behind"),
            (95_598, "an action abandoned before a person's retry, with the history denied"),
            (78_764, "history that came after it was given up, and was not heeded"),
        ] as [(UInt64, String)]
    )
    func `seeds that once broke a law no longer do`(_ seed: UInt64, _ finding: String) {
        var options = Simulation.Options(ticks: 1500)
        options.faults.subtract(SimulatedFault.lags.union(SimulatedFault.later))
        let outcome = Simulation.run(seed: seed, options)
        #expect(outcome.violation == nil, "\(finding): \(text(outcome, seed))")
    }

    /// The same with every fault that there was then; those over months are in scripts/gates.
    @Test(
        arguments: [
            (11_544, "retries of another target, before the pipeline came back"),
            (13_478, "retries of another name of the target, before it had its own again"),
            (13_946, "retries of a target that was renamed twice"),
            (16_658, "retries of the target that a pipeline moved from"),
            (10_052, "an execution without a stage, of a pipeline that two targets watch"),
            (15_207, "a pipeline that was there again when the answer came"),
            (19_164, "a stage that was there again when the answer came"),
            (15_230, "a pipeline that was deleted when the answer came"),
            (11_005, "a pattern before a name that the list did not show"),
            (11_767, "a history that only another target had read"),
            (10_243, "a stale read came between a failure and its report"),
            (11_968, "the same of an action that still ran"),
            (12_768, "the same of another stage"),
            (11_382, "CodePipeline's own retry came between a failure and its report"),
            (18_368, "the same while the loop was slow"),
            (17_894, "a pattern did not take what a later entry names until a list showed it"),
            (17_193, "a rule kept its stop_after_same_error when that of its policy changed"),
            (18_726, "the same after CodePipeline's own retry"),
            (1185, "a pipeline that the other Region does not have, and that is polled seldom"),
            (15_705, "the same after a reload"),
            (18_392, "the same when the people are gone"),
            (19_095, "the same of a target that another one's pipelines move to"),
            (17_223, "a retry without effect after the move to another target"),
            (18_422, "the same of another stage"),
            (1711, "a reload removed the only target that had given AWS's time"),
            (45_450, "a report that was due before the reload of the same moment"),
            (45_565, "a call that took effect minutes after its pipeline had moved"),
        ] as [(UInt64, String)]
    )
    func `seeds with every fault that once broke a law no longer do`(
        _ seed: UInt64,
        _ finding: String
    ) {
        var options = Simulation.Options(ticks: 1500)
        options.faults.subtract([.conditions, .causes])
        let outcome = Simulation.run(seed: seed, options)
        #expect(outcome.violation == nil, "\(finding): \(text(outcome, seed))")
    }

    /// The same of drawn length.
    @Test(
        arguments: [
            (2040, "a call that took effect minutes after the ledger that knew of it was lost"),
            (2850, "a reload without a pattern whose list had not been answered since the start"),
            (19_751, "an attempt that ended while the answer to a call was lost"),
            (27_430, "a failure after CodePipeline's own retry, of a stage that was watched"),
            (47_530, "an attempt that failed with more errors than the state had shown"),
            (58_117, "a definition that other credentials made unread"),
            (70_211, "an error counted before the definition was read"),
        ] as [(UInt64, String)]
    )
    func `seeds of drawn length that once broke a law no longer do`(
        _ seed: UInt64,
        _ finding: String
    ) {
        let outcome = Simulation.run(seed: seed)
        #expect(outcome.violation == nil, "\(finding): \(text(outcome, seed))")
    }

    /// The same with every pipeline in PARALLEL mode.
    @Test(
        arguments: [
            (1111, "what came while the loop was slow, and was kept when the calm began"),
            (1120, "an approval that no definition orders, and CodePipeline's own retry after it"),
            (1169, "a page that came after it was given up"),
            (1190, "a refusal that concerned failures of another mode"),
            (1951, "a pipeline that was made again"),
        ] as [(UInt64, String)]
    )
    func `seeds of PARALLEL pipelines that once broke a law no longer do`(
        _ seed: UInt64,
        _ finding: String
    ) {
        let outcome = Simulation.run(seed: seed, Simulation.Options(isParallel: true))
        #expect(outcome.violation == nil, "\(finding): \(text(outcome, seed))")
    }

    @Test func `a refusal in PARALLEL mode that another mode made forget is kept`() {
        let options = Simulation.Options(faults: [.restructure, .update], isParallel: true)
        let outcome = Simulation.run(seed: 87, options)
        #expect(outcome.violation == nil, "\(text(outcome, 87))")
    }

    private func text(_ outcome: Simulation.Outcome, _ seed: UInt64) -> String {
        guard let violation = outcome.violation else { return "seed \(seed)" }
        return (violation.lines + [violation.law, violation.detail, "seed \(seed)"])
            .joined(separator: "\n")
    }
}
