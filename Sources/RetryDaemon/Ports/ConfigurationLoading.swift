package import RetryCore
package import Settings

/// A config file that is valid, with everything that running it needs.
package struct LoadedConfiguration<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// The file as the command line names it.
    package var path: String
    /// What the engine decides by; Regions are resolved.
    package var configuration: Configuration
    /// How each target is reached.
    package var connections: [TargetName: Settings]
    /// What is merely useless in the file, a line each.
    package var warnings: [String]
    /// The file as it is written, before Regions are resolved; nil where there is no file.
    package var file: LoadedSettings?

    /// Makes a configuration of its parts.
    package init(
        path: String,
        configuration: Configuration,
        connections: [TargetName: Settings],
        warnings: [String] = [],
        file: LoadedSettings? = nil
    ) {
        self.path = path
        self.configuration = configuration
        self.connections = connections
        self.warnings = warnings
        self.file = file
    }
}

/// What reading the config file came to.
package enum LoadOutcome<Settings: Hashable & Sendable>: Hashable, Sendable {
    /// It is valid.
    case valid(LoadedConfiguration<Settings>)
    /// It is not; every fault, a line each.
    case refused(path: String, faults: [String])
}

/// Reads and validates the config file, as often as it is asked.
package protocol ConfigurationLoading<Settings>: Sendable {
    /// How a target is reached.
    associatedtype Settings: Hashable, Sendable

    /// Reads the file as it is now.
    func load() async -> LoadOutcome<Settings>

    /// What differs between two files, a line each: `key: old -> new`.
    func changes(
        from old: LoadedConfiguration<Settings>,
        to new: LoadedConfiguration<Settings>
    ) -> [String]
}
