import Primitives
import RetryCore

/// The permissions that one identity needs for the config, and no more.
///
/// The permissions on each resource follow from those of the operations
/// (``AWSOperation/definition``); the config names the pipelines, stages and roles.
package struct IAMPolicy: Hashable, Sendable {
    /// The identity: a role's ARN, or the one that the daemon is started with.
    package let identity: String
    /// Whether everything but reading causes works without it.
    package let isOptional: Bool
    /// The policy document.
    package let document: JSONValue
    /// Notes for people on what the document cannot express.
    package let notes: [String]

    /// The policies of all identities, in the order of the targets; the optional ones last.
    package static func all(of settings: LoadedSettings) -> [IAMPolicy] {
        pipelines(of: settings) + causes(of: settings)
    }

    static func statement(
        _ id: String,
        actions: [String],
        resources: [String]
    ) -> JSONValue {
        .object([
            "Sid": .string(id), "Effect": .string("Allow"), "Action": .strings(actions),
            "Resource": .strings(resources),
        ])
    }

    static func document(_ statements: [JSONValue]) -> JSONValue {
        .object(["Version": .string("2012-10-17"), "Statement": .array(statements)])
    }

    private static func pipelines(of settings: LoadedSettings) -> [IAMPolicy] {
        var needs: [IAMNeeds] = []
        func note(_ identity: String, _ change: (inout IAMNeeds) -> Void) {
            if let index = needs.firstIndex(where: { $0.identity == identity }) {
                change(&needs[index])
            } else {
                let dryRun = settings.configuration.dryRun
                var new = IAMNeeds(identity: identity, dryRun: dryRun)
                change(&new)
                needs.append(new)
            }
        }
        for target in settings.configuration.targets {
            let connection = settings.connections[target.name] ?? AWSConnection()
            let start = connection.start
            if let role = connection.roleARN {
                note(start) { $0.allow(.role, role.text) }
            }
            note(connection.roleARN?.text ?? start) { needs in
                needs.add(target, connection)
            }
        }
        return needs.map(\.policy)
    }
}

/// The needs of one identity, collected over the targets.
private struct IAMNeeds {
    let identity: String
    private var resources: [Permission.Resource: Set<String>] = [:]
    private var notes: Set<String> = []
    private let dryRun: Bool

    init(identity: String, dryRun: Bool) {
        self.identity = identity
        self.dryRun = dryRun
    }

    /// Notes a resource; the operations know which permissions it needs.
    mutating func allow(_ kind: Permission.Resource, _ resource: String) {
        resources[kind, default: []].insert(resource)
    }

    mutating func add(_ target: Target, _ connection: AWSConnection) {
        let account = connection.roleARN?.account
        if account == nil {
            notes.insert(
                "no role_arn names the account: below, replace the * before the pipeline with its "
                    + "number"
            )
        }
        if target.region.isEmpty {
            notes.insert(
                "no region is set: below, replace the * after codepipeline with yours"
            )
        }
        let partition =
            connection.roleARN?.partition ?? Partition.of(region: target.region).name
        let region = target.region.isEmpty ? "*" : target.region
        let prefix = "arn:\(partition):codepipeline:\(region):\(account ?? "*"):"
        for entry in target.pipelines {
            let name = self.name(entry.selector)
            allow(.pipeline, prefix + name)
            guard !dryRun else {
                notes.insert("dry_run: no permission to retry is needed until it is off")
                continue
            }
            if entry.policy.shadow {
                notes.insert("shadow: no permission to retry is needed until it is off")
            }
            for stage in stages(entry) { allow(.stage, "\(prefix)\(name)/\(stage)") }
        }
    }

    private mutating func name(_ selector: PipelineEntry.Selector) -> String {
        switch selector {
        case .name(let name):
            return name.text
        case .match(let glob, let except):
            allow(.everyPipeline, "*")
            if !except.isEmpty {
                notes.insert("IAM cannot exclude what except names; the daemon does")
            }
            return glob.text
        }
    }

    /// The stages that may be retried: all, or those with an entry of their own.
    private mutating func stages(_ entry: PipelineEntry) -> [String] {
        if entry.policy.canRetry {
            if entry.stages.values.contains(where: { !$0.canRetry }) {
                notes.insert(
                    "PIPELINE/* also covers stages that are never retried: "
                        + "the config does not list the others"
                )
            }
            return ["*"]
        }
        return entry.stages.filter { $0.value.canRetry }.map(\.key.text)
    }

    var policy: IAMPolicy {
        let statements = Permission.Resource.allCases.compactMap { kind -> JSONValue? in
            guard let resources = resources[kind] else { return nil }
            return IAMPolicy.statement(
                kind.statementID,
                actions: kind.actions(dryRun: dryRun),
                resources: resources.sorted()
            )
        }
        let document = IAMPolicy.document(statements)
        var notes = self.notes.sorted()
        let size = document.text.filter { !$0.isWhitespace }.utf8.count
        if size > 6144 {
            notes.append("\(size) characters: IAM allows 6144 in a managed policy, so use globs")
        }
        return IAMPolicy(
            identity: identity,
            isOptional: false,
            document: document,
            notes: notes
        )
    }
}

extension AWSConnection {
    /// The identity that the daemon begins with, in words.
    var start: String {
        profile.map { "profile \($0)" } ?? "the daemon's own identity"
    }
}

extension Permission.Resource {
    /// The name of the statement for the resource.
    fileprivate var statementID: String {
        switch self {
        case .pipeline: "Read"
        case .everyPipeline: "List"
        case .stage: "Retry"
        case .role: "AssumeRole"
        case .provider: "RootCause"
        }
    }

    /// The IAM actions that the program's operations need on the resource.
    func actions(dryRun: Bool) -> [String] {
        AWSOperation.allCases.map(\.definition)
            .filter { !dryRun || $0.access == .read }
            .compactMap(\.permission)
            .filter { $0.resource == self }.map(\.action).sorted()
    }
}

extension StagePolicy {
    /// Whether RetryStageExecution can ever be called under it; a pause is temporary.
    fileprivate var canRetry: Bool {
        !never && !shadow && maxTotalRetries > 0 && reachableRetries > 0
    }
}
