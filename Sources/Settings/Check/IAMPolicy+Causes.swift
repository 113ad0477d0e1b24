import Primitives
import RetryCore

extension IAMPolicy {
    /// The policies for reading causes, none where that is off.
    static func causes(of settings: LoadedSettings) -> [IAMPolicy] {
        guard settings.configuration.causes.isEnabled else { return [] }
        var readers: [String] = []
        var roles: [(identity: String, roles: Set<String>)] = []
        for target in settings.configuration.targets {
            let connection = settings.connections[target.name] ?? AWSConnection()
            let own = connection.roleARN?.text ?? connection.start
            let reader = connection.causeRoleARN?.text ?? own
            if !readers.contains(reader) { readers.append(reader) }
            guard let role = connection.causeRoleARN else { continue }
            if let index = roles.firstIndex(where: { $0.identity == own }) {
                roles[index].roles.insert(role.text)
            } else {
                roles.append((own, [role.text]))
            }
        }
        let identities = readers + roles.map(\.identity).filter { !readers.contains($0) }
        return identities.map { identity in
            let assumed = roles.first { $0.identity == identity }?.roles ?? []
            let reads = readers.contains(identity) ? causeStatements : []
            return IAMPolicy(
                identity: identity,
                isOptional: true,
                document: document(reads + roleStatements(assumed)),
                notes: reads.isEmpty
                    ? [] : ["reads only; a service whose actions you do not use can be left out"]
            )
        }
    }

    /// One statement for each service; most of the reads know no narrower resource.
    private static var causeStatements: [JSONValue] {
        AWSService.ofCauses.map { service in
            let actions = AWSOperation.allCases.map(\.definition)
                .filter { $0.service == service }.compactMap(\.permission?.action)
            return statement(
                "RootCause" + service.id.filter { $0 != " " },
                actions: actions.sorted(),
                resources: ["*"]
            )
        }
    }

    private static func roleStatements(_ roles: Set<String>) -> [JSONValue] {
        guard !roles.isEmpty else { return [] }
        let kind = Permission.Resource.role
        let resources = roles.sorted()
        return [
            statement("RootCauseRole", actions: kind.actions(dryRun: true), resources: resources)
        ]
    }
}
