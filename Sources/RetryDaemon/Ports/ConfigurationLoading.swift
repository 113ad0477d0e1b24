package import RetryCore
package import Settings

/// A config file that is valid, with everything that running it needs.
package struct LoadedConfiguration<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// The file as the command line names it.
    package var path: String
    /// What the engine decides by; Regions are resolved.
    package var configuration: Configuration
    /// How each target is reached that can be reached now.
    package var connections: [TargetName: Settings]
    /// The targets that cannot be reached for a cause on this machine, and why.
    package var unplanned: [TargetName: CallFailure]
    /// What is merely useless in the file, a line each.
    package var warnings: [String]
    /// The file as it is written, before Regions are resolved; nil where there is no file.
    package var file: LoadedSettings?

    /// Makes a configuration of its parts.
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

/// How a target is reached, and what that says about it.
package struct PlannedTarget<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// How it is reached.
    package var settings: Settings
    /// Its Region.
    package var region: String
    /// What shares its rate.
    package var rateGroup: String
    /// What answers in AWS's place; empty for AWS herself.
    package var endpoint: String

    /// Makes a planned target of its parts.
    package init(settings: Settings, region: String, rateGroup: String, endpoint: String = "") {
        self.settings = settings
        self.region = region
        self.rateGroup = rateGroup
        self.endpoint = endpoint
    }
}

/// What planning a target came to.
package enum PlanOutcome<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// It can be reached.
    case planned(PlannedTarget<Settings>)
    /// It cannot be reached now; a later try may work.
    case failed(CallFailure)
}

extension LoadedConfiguration {
    /// Takes what is known of a target.
    mutating func take(_ plan: PlannedTarget<Settings>, for target: TargetName) {
        connections[target] = plan.settings
        let index = configuration.targets.firstIndex { $0.name == target }
        guard let index else { return }
        configuration.targets[index].region = plan.region
        configuration.targets[index].rateGroup = plan.rateGroup
        configuration.targets[index].endpoint = plan.endpoint
    }

    /// What is known of a target that can be reached.
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

/// What reading the config file came to.
package enum LoadOutcome<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// It is valid.
    case valid(LoadedConfiguration<Settings>)
    /// It is not; every fault, a line each.
    case refused(path: String, errors: [String])
}

/// Reads and validates the config file, as often as it is asked.
package protocol ConfigurationLoading<Settings>: Sendable {
    /// How a target is reached.
    associatedtype Settings: Hashable, Sendable

    /// Reads the file as it is now, and plans each of its targets once.
    ///
    /// Only what stands in the file itself refuses it.
    func load() async -> LoadOutcome<Settings>

    /// Tries again to plan a target that cannot be reached.
    func plan(
        _ target: TargetName,
        of loaded: LoadedConfiguration<Settings>
    ) async -> PlanOutcome<Settings>

    /// Whether both files say the same about how a target is reached.
    func reaches(
        _ target: TargetName,
        alikeIn old: LoadedConfiguration<Settings>,
        and new: LoadedConfiguration<Settings>
    ) -> Bool

    /// What differs between two files, a line each: `key: old -> new`.
    func changes(
        from old: LoadedConfiguration<Settings>,
        to new: LoadedConfiguration<Settings>
    ) -> [String]
}

extension PlannedTarget {
    /// What the engine hears of it.
    func event(for target: TargetName) -> Event {
        .targetPlanned(target, region: region, rateGroup: rateGroup, endpoint: endpoint)
    }
}
