import Primitives

/// What an episode may know beyond itself while it takes one input.
struct EpisodeEnvironment {
    /// The monotonic time.
    let now: Instant
    /// The id that the next call will have.
    let nextCall: CallID
    /// Seeds the jitter of retries.
    let seed: UInt64
    /// The target's clock; nil: the file has the target no more.
    let clock: ServerClock?
    /// AWS's time for the target.
    let time: WallTime
    /// Whether nothing of the target works.
    let isTargetDown: Bool
    /// Whether the file pauses the target.
    let isTargetPaused: Bool
    /// The names that reports give for the episode.
    let context: EpisodeContext
    /// The policy of its stage.
    let policy: StagePolicy
    /// The definition as far as it is known; nil: the pipeline is not watched.
    let definition: KnownDefinition?
    /// The version of the definition in the newest state.
    let version: Int?
    /// Whether the denied definition was reported as an error.
    let isDenialReported: Bool
    /// The target that retries the pipeline instead of this one.
    let rival: TargetName?
    /// Whether AWS refused a retry in this PARALLEL pipeline within the last day.
    let isParallelRefused: Bool
    /// Pauses, budgets and outages.
    let holds: Holds
    /// Whether services are asked for causes.
    let causes: CauseSettings
    /// `dry_run`.
    let isDryRun: Bool
    /// The budget over everything.
    let budget: Budget?
    /// The ceiling of cost over everything.
    let cost: CostCeiling?
    /// What a minute of an action costs.
    let prices: ActionPrices

    /// The monotonic time of a time of AWS's; now when it has passed.
    func instant(of due: WallTime) -> Instant {
        clock?.instant(of: due, now: now) ?? now
    }

    /// The current holds on an episode.
    func holds(on key: EpisodeKey, error: Fingerprint?) -> HoldFacts {
        var facts = HoldFacts(
            pausedByCommand: holds.pauses.first(holding: key)?.reason,
            targetPaused: isTargetPaused,
            dryRun: isDryRun,
            policyRetries: holds.budgets.retries(under: policy.name),
            allRetries: holds.budgets.all,
            overallBudget: budget,
            outageHoldUntil: holds.outages.hold(on: key, error: error, now).map { time + $0 }
        )
        // Nobody reads them where no ceiling applies.
        if cost != nil || policy.cost != nil {
            facts.costs = CostFacts(prices: prices, overall: cost, spent: holds.budgets.retries)
        }
        return facts
    }

    /// When the last of the pauses that hold an episode expires; nil: unknown.
    func pauseEnd(of key: EpisodeKey) -> WallTime? {
        policy.paused || isTargetPaused ? nil : holds.pauses.lastEnd(holding: key)
    }
}
