import AWSClient
package import RetryCore
import Settings

/// Reads the config file from disk, and resolves what it leaves open.
package struct LiveLoader: ConfigurationLoading {
    private let path: String
    private let planner: ConnectionPlanner
    private let wall: @Sendable () -> WallTime

    /// Makes a loader of the file at a path.
    package init(
        path: String,
        planner: ConnectionPlanner,
        wall: @escaping @Sendable () -> WallTime
    ) {
        self.path = path
        self.planner = planner
        self.wall = wall
    }

    @concurrent
    package func load() async -> LoadOutcome<ConnectionPlan> {
        switch SettingsFile.read(path: path, environment: SettingsEnvironment(now: wall())) {
        case .failure(let faults):
            .refused(path: path, faults: faults.faults.map(\.description))
        case .success(let settings): await resolve(settings)
        }
    }

    package func changes(
        from old: LoadedConfiguration<ConnectionPlan>,
        to new: LoadedConfiguration<ConnectionPlan>
    ) -> [String] {
        guard let oldFile = old.file, let newFile = new.file else { return [] }
        return ConfigurationDiff.lines(from: oldFile, to: newFile)
    }

    /// Plans every target's connection; what cannot be resolved is a fault of the file.
    private func resolve(_ settings: LoadedSettings) async -> LoadOutcome<ConnectionPlan> {
        var configuration = settings.configuration
        var plans: [TargetName: ConnectionPlan] = [:]
        var faults: [String] = []
        for (index, target) in configuration.targets.enumerated() {
            let connection = settings.connections[target.name] ?? AWSConnection()
            do {
                let plan = try await planner.plan(connection)
                plans[target.name] = plan
                configuration.targets[index].region = plan.region
                configuration.targets[index].rateGroup =
                    connection.roleARN.map { "\($0.account)/\(plan.region)" } ?? target.rateGroup
            } catch {
                faults.append(
                    "\(settings.path): target \(target.name): \(error.source): \(error.reason)"
                )
            }
        }
        guard faults.isEmpty else { return .refused(path: settings.path, faults: faults) }
        return .valid(
            LoadedConfiguration(
                path: settings.path,
                configuration: configuration,
                connections: plans,
                warnings: settings.warnings.map(\.description),
                file: settings
            )
        )
    }
}
