package import RetryCore
package import Settings

/// A config file that is valid, with everything that running it needs.
package struct LoadedConfiguration<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// The file as the command line names it.
    package var path: String
    /// The configuration for the engine, with resolved Regions.
    package var configuration: Configuration
    /// How each target is reached that can be reached now.
    package var connections: [TargetName: Settings]
    /// The targets that cannot be reached for a cause on this machine, and why.
    package var unplanned: [TargetName: CallFailure]
    /// The warnings about useless settings, one per line.
    package var warnings: [String]
    /// The file as it is written, before Regions are resolved; nil where there is no file.
    package var file: LoadedSettings?

    /// Creates a configuration.
    package init(
        path: String,
        configuration: Configuration,
        connections: [TargetName: Settings],
        unplanned: [TargetName: CallFailure] = [:],
        warnings: [String] = [],
        file: LoadedSettings? = nil
    ) {
        self.path = path
        self.configuration = configuration
        self.connections = connections
        self.unplanned = unplanned
        self.warnings = warnings
        self.file = file
    }
}

/// How a target is reached, and its resulting rate group.
package struct PlannedTarget<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// How it is reached.
    package var settings: Settings
    /// Its Region.
    package var region: String
    /// Its rate group.
    package var rateGroup: RateGroup
    /// An address that replaces AWS; empty for AWS itself.
    package var endpoint: String

    /// Creates a planned target.
    package init(settings: Settings, region: String, rateGroup: RateGroup, endpoint: String = "") {
        self.settings = settings
        self.region = region
        self.rateGroup = rateGroup
        self.endpoint = endpoint
    }
}

/// The result of planning a target.
package enum PlanOutcome<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// It can be reached.
    case planned(PlannedTarget<Settings>)
    /// It cannot be reached now; a later try may work.
    case failed(CallFailure)
}

extension LoadedConfiguration {
    /// Takes the plan of a target.
    mutating func take(_ plan: PlannedTarget<Settings>, for target: TargetName) {
        connections[target] = plan.settings
        let index = configuration.targets.firstIndex { $0.name == target }
        guard let index else { return }
        configuration.targets[index].region = plan.region
        configuration.targets[index].rateGroup = plan.rateGroup
        configuration.targets[index].endpoint = plan.endpoint
    }

    /// The plan of a target that can be reached.
    func plan(of target: TargetName) -> PlannedTarget<Settings>? {
        guard let settings = connections[target],
            let known = configuration.targets.first(where: { $0.name == target })
        else { return nil }
        return PlannedTarget(
            settings: settings,
            region: known.region,
            rateGroup: known.rateGroup,
            endpoint: known.endpoint
        )
    }
}

/// The result of reading the config file.
package enum LoadOutcome<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// It is valid.
    case valid(LoadedConfiguration<Settings>)
    /// It is not valid; every error, one per line.
    case refused(path: String, errors: [String])
}

/// Reads and validates the config file, as often as it is asked.
package protocol ConfigurationLoading<Settings>: Sendable {
    /// How a target is reached.
    associatedtype Settings: Hashable, Sendable

    /// Reads the file as it is now, and plans each of its targets once.
    ///
    /// Only errors in the file itself reject it.
    func load() async -> LoadOutcome<Settings>

    /// Tries again to plan a target that cannot be reached.
    func plan(
        _ target: TargetName,
        of loaded: LoadedConfiguration<Settings>
    ) async -> PlanOutcome<Settings>

    /// Whether a target is reached in the same way under both files.
    func reaches(
        _ target: TargetName,
        alikeIn old: LoadedConfiguration<Settings>,
        and new: LoadedConfiguration<Settings>
    ) -> Bool

    /// The differences between two files, one per line: `key: old -> new`.
    func changes(
        from old: LoadedConfiguration<Settings>,
        to new: LoadedConfiguration<Settings>
    ) -> [String]
}

extension PlannedTarget {
    /// The corresponding event of the engine.
    func event(for target: TargetName) -> Event {
        .targetPlanned(target, region: region, rateGroup: rateGroup, endpoint: endpoint)
    }
}
