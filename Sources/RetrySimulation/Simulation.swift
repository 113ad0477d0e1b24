import CodePipelineSimulator
import RetryCore

/// The engine against the model under virtual time and faults, one seed at a time.
package struct Simulation: Sendable {
    /// How one seed is run.
    package struct Options: Hashable, Sendable {
        /// The length of the phase with faults, in events; nil: drawn from the seed.
        package var ticks: Int?
        /// Whether it runs over hours or months; by default some seeds over months.
        package var span: Span
        /// The faults that may happen.
        package var faults: Set<SimulatedFault>
        /// Whether every outcome and its reason must be true of AWS.
        package var judgesTruth: Bool
        /// Whether two runs are to be compared event by event; slow.
        package var keepsDigest: Bool
        /// Whether every pipeline runs in PARALLEL mode.
        package var isParallel: Bool
        /// How many of the last events a violation includes.
        package var lines: Int
        /// Whether the calls of the ledger are kept.
        package var keepsLedger: Bool
        /// Whether decisions are compared with those without causes, which every seed asks for.
        var comparesCauses = false

        /// Creates options; by default of a drawn length, with every fault.
        package init(
            ticks: Int? = nil,
            span: Span = .bySeed,
            faults: Set<SimulatedFault> = Set(SimulatedFault.allCases),
            judgesTruth: Bool = true,
            keepsDigest: Bool = false,
            isParallel: Bool = false,
            lines: Int = 40,
            keepsLedger: Bool = false
        ) {
            self.ticks = ticks
            self.span = span
            self.faults = faults
            self.judgesTruth = judgesTruth
            self.keepsDigest = keepsDigest
            self.isParallel = isParallel
            self.lines = lines
            self.keepsLedger = keepsLedger
        }

        /// The length of a seed's phase with faults, in events.
        package func length(of seed: UInt64) -> Int {
            ticks ?? SeedLength.ticks(of: seed, overMonths: runsOverMonths(seed))
        }

        /// Whether a seed runs over months.
        package func runsOverMonths(_ seed: UInt64) -> Bool {
            span.runsOverMonths(seed, every: spacing)
        }

        /// Of how many seeds one runs over months; nil: of those that are asked to be short, none.
        private var spacing: UInt64? {
            guard let ticks else { return SeedLength.spacingOfMonths }
            return Months.isShort(ticks) ? nil : Months.spacing
        }

        /// The months of a seed, fewer days of a short one; nil: it runs over hours.
        func months(of seed: UInt64) -> Months? {
            guard runsOverMonths(seed) else { return nil }
            return Months(seed: seed, isShort: Months.isShort(length(of: seed)))
        }
    }

    /// The virtual time of a run.
    package enum Span: Hashable, Sendable {
        /// Hours, with an event every few seconds.
        case hours
        /// Months, with few events a day.
        case months
        /// Months for some seeds, unless the options shorten them; hours for the others.
        case bySeed
    }

    /// The violation in a seed.
    package struct Violation: Hashable, Sendable {
        /// The law that was broken.
        package let law: String
        /// Its subject and details.
        package let detail: String
        /// The event at which it was noticed, from 1.
        package let tick: Int
        /// The last events before it, oldest first.
        package let lines: [String]
    }

    /// The result of one seed.
    package struct Outcome: Hashable, Sendable {
        /// The violation; nil: none.
        package let violation: Violation?
        /// How many events there were, those of the calm phase included.
        package let ticks: Int
        /// How many retries of the daemon's took effect.
        package let retries: Int
        /// How many episodes came to their outcome.
        package let outcomes: Int
        /// Identifies a run; 0 unless it was requested.
        package let digest: UInt64
        /// The last events, oldest first; empty unless a digest was requested.
        package let lines: [String]
        /// The calls of the ledger; empty unless they were requested.
        package let ledger: [LedgerStep]
    }

    /// Every nth seed reads its answers through the client and the mapping of the daemon.
    package static let wireSeeds: UInt64 = 4

    /// How long the calm phase may last, in virtual milliseconds, and in events.
    private static let patience: Int64 = 12 * 3_600_000
    private static let patienceTicks = 200_000

    /// Runs one seed to its end or to the first violation.
    ///
    /// The last events are kept by a second run, which only a violation needs.
    package static func run(seed: UInt64, _ options: Options = Options()) -> Outcome {
        guard !options.keepsDigest, options.lines > 0 else {
            return runOnce(seed, options).outcome
        }
        var quick = options
        quick.lines = 0
        let outcome = runOnce(seed, quick).outcome
        return outcome.violation == nil ? outcome : runOnce(seed, options).outcome
    }

    static func runOnce(
        _ seed: UInt64,
        _ options: Options
    ) -> (outcome: Outcome, comparison: CauseComparison?) {
        var world = World(seed: seed, options)
        world.boot()
        world.asRival { $0.boot() }
        let length = options.length(of: seed)
        while !world.isOver(length), !world.isBroken { world.step() }
        if !world.isBroken {
            world.calmDown()
            awaitOutcomes(&world, from: world.ticks)
        }
        let violation = world.broken.map { broken in
            Violation(
                law: broken.law.rawValue,
                detail: broken.detail,
                tick: world.ticks,
                lines: world.trace.lines
            )
        }
        let outcome = Outcome(
            violation: violation,
            ticks: world.ticks,
            retries: world.oracle.cases.values.reduce(0) { $0 + $1.effective },
            outcomes: world.oracle.cases.values.count { $0.outcomes > 0 },
            digest: world.trace.digest,
            lines: options.keepsDigest ? world.trace.lines : [],
            ledger: world.ledger.steps ?? []
        )
        return (outcome, world.comparison)
    }

    /// The phase without faults: every failed stage must reach its outcome.
    private static func awaitOutcomes(_ world: inout World, from start: Int) {
        var end = Bound(world)
        while !world.isBroken {
            if (world.ticks - start) % 16 == 15, world.model.nextChange == nil, world.areUp,
                unfinished(&world).isEmpty
            {
                judgeWatch(&world)
                world.asRival { judgeWatch(&$0) }
                return
            }
            if end.isReached(by: world) {
                let names = unfinished(&world).map { "\($0)" }.joined(separator: ", ")
                world.oracle.blame(.liveness, names.isEmpty ? "AWS does not rest" : names)
                return
            }
            world.step()
        }
    }

    /// How long the calm phase may last.
    private struct Bound {
        private var time: Int64
        private var ticks: Int
        /// How many executions were not over; over hours none is waited for.
        private var running: Int

        init(_ world: World) {
            let isLong = world.months != nil
            time = world.clock.time + (isLong ? Months.patience : Simulation.patience)
            ticks = world.ticks + (isLong ? Months.patienceTicks : Simulation.patienceTicks)
            running = isLong ? world.model.runningExecutions : 0
        }

        /// Whether it is over; in a queue whose approvals take weeks it begins again for as long
        /// as executions end.
        mutating func isReached(by world: World) -> Bool {
            guard world.clock.time > time || world.ticks > ticks else { return false }
            let next = Bound(world)
            guard next.running < running else { return true }
            self = next
            return false
        }
    }

    private static func unfinished(_ world: inout World) -> [EpisodeKey] {
        var open = world.oracle.unfinished(world.model, world)
        world.asRival { open += $0.oracle.unfinished($0.model, $0) }
        return open
    }

    private static func judgeWatch(_ world: inout World) {
        for key in world.allKeys where world.truth(of: key) != nil {
            world.oracle.judgeWatch(key, at: world.clock.time, world.configuration)
        }
    }
}
