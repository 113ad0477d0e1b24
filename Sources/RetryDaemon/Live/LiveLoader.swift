import AWSClient
package import Primitives
package import RetryCore
import Settings

/// Reads the config file from disk, and resolves the settings that it leaves open.
package struct LiveLoader: ConfigurationLoading {
    private let path: String
    private let planner: ConnectionPlanner
    private let wall: @Sendable () -> WallTime

    /// Creates a loader of the file at a path.
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
        planner.renewTrust()
        return await read()
    }

    private func read() async -> LoadOutcome<ConnectionPlan> {
        switch SettingsFile.read(path: path, environment: SettingsEnvironment(now: wall())) {
        case .failure(let errors):
            .refused(path: path, errors: errors.errors.map(\.description))
        case .success(let settings): await resolve(settings)
        }
    }

    package func changes(
        from old: LoadedConfiguration<ConnectionPlan>,
        to new: LoadedConfiguration<ConnectionPlan>
    ) -> [String] {
        let changes = planner.trustChanges()
        guard let oldFile = old.file, let newFile = new.file else { return changes }
        return ConfigurationDiff.lines(from: oldFile, to: newFile) + changes
    }

    @concurrent
    package func plan(
        _ target: TargetName,
        of loaded: LoadedConfiguration<ConnectionPlan>
    ) async -> PlanOutcome<ConnectionPlan> {
        await plan(target, loaded.file?.connection(of: target) ?? AWSConnection())
    }

    package func reaches(
        _ target: TargetName,
        alikeIn old: LoadedConfiguration<ConnectionPlan>,
        and new: LoadedConfiguration<ConnectionPlan>
    ) -> Bool {
        guard let connection = new.file?.connection(of: target) else { return false }
        return old.file?.connection(of: target) == connection
    }

    private func plan(
        _ target: TargetName,
        _ connection: AWSConnection
    ) async -> PlanOutcome<ConnectionPlan> {
        do {
            let plan = try await planner.plan(connection)
            return .planned(
                PlannedTarget(
                    settings: plan,
                    region: plan.region,
                    rateGroup: RateGroup(
                        connection.roleARN.map { "\($0.account)/\(plan.region)" } ?? target.text
                    ),
                    endpoint: plan.endpoint.stranger
                )
            )
        } catch {
            return .failed(CallFailure(error))
        }
    }

    /// Plans every target's connection concurrently: one that waits for the instance's Region does
    /// not delay the others.
    private func resolve(_ settings: LoadedSettings) async -> LoadOutcome<ConnectionPlan> {
        var loaded = LoadedConfiguration<ConnectionPlan>(
            path: settings.path,
            configuration: settings.configuration,
            connections: [:],
            warnings: settings.warnings.map(\.description),
            file: settings
        )
        await withTaskGroup(of: (TargetName, PlanOutcome<ConnectionPlan>).self) { group in
            for target in settings.configuration.targets {
                let connection = settings.connection(of: target.name) ?? AWSConnection()
                group.addTask { (target.name, await plan(target.name, connection)) }
            }
            for await (target, outcome) in group {
                switch outcome {
                case .planned(let plan): loaded.take(plan, for: target)
                case .failed(let failure): loaded.unplanned[target] = failure
                }
            }
        }
        return .valid(loaded)
    }
}

extension LoadedSettings {
    /// How a target is reached; its role for causes is not assumed where none are read.
    fileprivate func connection(of target: TargetName) -> AWSConnection? {
        guard !configuration.causes.isEnabled else { return connections[target] }
        var connection = connections[target]
        connection?.causeRoleARN = nil
        return connection
    }
}

extension Endpoint {
    /// The endpoint that replaces AWS; empty for AWS itself, however it is reached.
    var stranger: String {
        guard let parts = URLParts(url) else { return url }
        let host = parts.host.lowercased()
        let own = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn"]
        return own.contains { host.hasSuffix($0) } ? "" : parts.origin
    }
}
