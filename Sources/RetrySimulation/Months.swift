import CodePipelineSimulator
import RetryCore

/// A run over months of virtual time, with few events a day, instead of one over hours.
///
/// Waits, windows, budgets and pauses last days or weeks, clocks are changed, and the ledger
/// deletes old rows.
struct Months: Sendable {
    /// Milliseconds of a day.
    static let day: Int64 = 86_400_000
    /// How much longer the people wait before they act again.
    static let people: Int64 = 150
    /// The same of disturbances, and of the time until the daemon is started again.
    static let disturbance: Int64 = 40
    /// The same of pauses that end by themselves: six weeks at most.
    static let pause: Int64 = 4000
    /// How much rarer a crash is, since there are more effects.
    static let crash = 0.1
    /// How much smaller the drift of the monotonic clock is: over months the host's is disciplined.
    static let drift: Int64 = 400
    /// How long the calm phase may last: ten days of open windows of a few hours each.
    static let patience = 150 * day
    /// The same in events: while an action runs, its history is read every minute.
    static let patienceTicks = 2_000_000
    /// The days of a short run.
    static let shortest = 40
    /// For how long CodePipeline lists an execution.
    static let history = 365 * day

    /// When it begins and when its faults end, in true milliseconds.
    let start: Int64
    let end: Int64

    /// Of how many full seeds one runs over months.
    static let spacing: UInt64 = 100

    /// Whether a run of so many events is a short one.
    static func isShort(_ ticks: Int) -> Bool { ticks < fullTicks }

    /// A run with fewer events than this is a short one.
    private static let fullTicks = 1000

    init(seed: UInt64, isShort: Bool) {
        var rng = SimulationRNG(seed: seed, "months")
        start = Int64(rng.number(0...300)) * Months.day + rng.span(0...86_399_999)
        // A year takes as long as fifty runs over hours.
        let days = rng.chance(0.75) ? rng.number(60...120) : rng.number(120...425)
        end = start + Int64(isShort ? Months.shortest : days) * Months.day
    }
}

extension Simulation.Span {
    /// Which of so many seeds runs over months.
    private static let remainder: UInt64 = 19

    /// Whether a seed runs over months, if one of so many does.
    func runsOverMonths(_ seed: UInt64, every spacing: UInt64?) -> Bool {
        switch self {
        case .hours: false
        case .months: true
        case .bySeed: spacing.map { seed % $0 == Self.remainder } ?? false
        }
    }
}

extension World {
    /// A span of milliseconds, longer by a factor in a run over months.
    func paced(_ span: Int64, _ factor: Int64) -> Int64 {
        months == nil ? span : span * factor
    }

    /// How much rarer than in a run over hours a crash is.
    var rarity: Double { months == nil ? 1 : Months.crash }

    /// What the engine gets of the ledger when it starts.
    var ledgerAtStart: LedgerSnapshot {
        guard months != nil else { return ledger.snapshot }
        return ledger.opening(now: clock.wall, memory: configuration.budgetMemory)
    }

    /// The daemon deletes old rows once its writes are done.
    mutating func prune() {
        if months != nil { ledger.prune(now: clock.wall, memory: configuration.budgetMemory) }
    }

    /// Whether the phase with faults is over.
    func isOver(_ ticks: Int) -> Bool {
        months.map { clock.time >= $0.end } ?? (self.ticks >= ticks)
    }

    /// Whether a person leaves a pipeline alone that is hardly ever touched over months.
    mutating func leavesAlone(_ pipeline: String) -> Bool {
        months != nil && pipeline == "p1" && peopleRNG.chance(0.98)
    }

    /// The oldest start of an execution that the service still lists; nil: it lists all.
    var oldestListed: ModelTime? {
        months.map { _ in ModelTime(milliseconds: clock.modelTime.milliseconds - Months.history) }
    }

    /// Whether the service still lists an execution.
    func isListed(_ execution: String, of pipeline: String) -> Bool {
        guard let oldest = oldestListed else { return true }
        do throws(ServiceError) {
            return try model.execution(execution, of: pipeline).started >= oldest
        } catch {
            // It never existed: the read itself says so.
            return true
        }
    }
}
