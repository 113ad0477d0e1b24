/// Everything of the config file that decides; connections and credentials are not part of it.
package struct Configuration: Hashable, Sendable {
    /// How often and how fast to poll AWS.
    package var poll: PollSettings
    /// Decide and report `would_retry` for everything, never call.
    package var dryRun: Bool
    /// The most retries over everything; nil = no limit.
    package var budget: Budget?
    /// What retries may cost over everything; nil = no limit.
    package var cost: CostCeiling?
    /// What a minute of an action costs.
    package var prices: ActionPrices
    /// When the same error on many pipelines holds all of them; nil = off.
    package var outageHold: OutageHold?
    /// Whether services are asked for causes, and for how long a decision waits.
    package var causes: CauseSettings
    /// The targets in the file's order; names are unique.
    package var targets: [Target]

    /// Creates a configuration; without settings of causes none is read.
    package init(
        poll: PollSettings = PollSettings(),
        dryRun: Bool = false,
        budget: Budget? = nil,
        cost: CostCeiling? = nil,
        prices: ActionPrices = ActionPrices(),
        outageHold: OutageHold? = nil,
        causes: CauseSettings = .off,
        targets: [Target]
    ) {
        self.causes = causes
        self.poll = poll
        self.dryRun = dryRun
        self.budget = budget
        self.cost = cost
        self.prices = prices
        self.outageHold = outageHold
        self.targets = targets
    }

    /// Whether any ceiling of cost applies.
    package var hasCeiling: Bool {
        cost != nil
            || targets.flatMap(\.pipelines).contains { entry in
                entry.policy.cost != nil || entry.stages.values.contains { $0.cost != nil }
            }
    }

    /// How long a retry is remembered for budgets and ceilings of cost: the longest of them, but
    /// 24 h at least, since a reload may add one that counts retries made before it.
    package var budgetMemory: Duration {
        let policies = targets.flatMap(\.pipelines).flatMap { [$0.policy] + $0.stages.values }
        let budgets = ([budget] + policies.map(\.budget)).map { $0?.per }
        let ceilings = ([cost] + policies.map(\.cost)).map { $0?.per }
        let longest = (budgets + ceilings).compactMap(\.self).max()
        return max(longest ?? .zero, Timing.budgetMemory)
    }
}

/// `poll` of the config file.
package struct PollSettings: Hashable, Sendable {
    /// Between two polls of an idle pipeline.
    package var interval: Duration
    /// The same while a stage runs or a retry is pending.
    package var activeInterval: Duration
    /// The same, at most, for a pipeline that has long been idle; `interval` at least.
    package var quietInterval: Duration
    /// Calls of every kind under way at once, for the whole process.
    package var maxInFlight: Int
    /// Requests per second, per account and Region.
    package var maxRate: Double

    /// Creates settings; the defaults are those of the config file.
    package init(
        interval: Duration = .seconds(30),
        activeInterval: Duration = .seconds(10),
        quietInterval: Duration = .seconds(120),
        maxInFlight: Int = 32,
        maxRate: Double = 5
    ) {
        self.interval = interval
        self.activeInterval = activeInterval
        self.quietInterval = max(interval, quietInterval)
        self.maxInFlight = maxInFlight
        self.maxRate = maxRate
    }
}

/// `outage_hold` of the config file.
package struct OutageHold: Hashable, Sendable {
    /// The number of pipelines with the same fingerprint that begins a hold; 2 at least.
    package var pipelines: Int
    /// Within so long a sliding window.
    package var within: Duration
    /// The time from the beginning, and from each failed probe, until one retry is released.
    package var probeEvery: Duration

    /// Creates a setting.
    package init(pipelines: Int, within: Duration, probeEvery: Duration) {
        self.pipelines = pipelines
        self.within = within
        self.probeEvery = probeEvery
    }
}

/// One account and Region to watch.
package struct Target: Hashable, Sendable {
    /// The target's name, unique in the file.
    package var name: TargetName
    /// The Region; resolved by the shell when the file does not write it.
    package var region: String
    /// The rate group: the account and Region where known, else the target's name.
    package var rateGroup: RateGroup
    /// An address that replaces AWS, such as a simulator's; empty for AWS itself.
    package var endpoint: String
    /// `paused` of the target.
    package var paused: Bool
    /// Which pipelines, in the file's order; the first that matches a name wins.
    package var pipelines: [PipelineEntry]

    /// Creates a target.
    package init(
        name: TargetName,
        region: String,
        rateGroup: RateGroup,
        endpoint: String = "",
        paused: Bool = false,
        pipelines: [PipelineEntry]
    ) {
        self.name = name
        self.region = region
        self.rateGroup = rateGroup
        self.endpoint = endpoint
        self.paused = paused
        self.pipelines = pipelines
        for index in self.pipelines.indices.dropFirst() {
            self.pipelines[index].share(with: self.pipelines[index - 1])
        }
    }
}
