import Primitives

extension Fleet {
    /// The target that retries a pipeline instead of this one; nil: this one does.
    func rival(of key: PipelineKey) -> TargetName? {
        duplicates.elders[key.target]?.first { elder in
            pipelines[PipelineKey(target: elder, pipeline: key.pipeline)] != nil
        }
    }

    /// Takes the account that a definition names.
    mutating func learn(
        _ definition: PipelineDefinition,
        of name: TargetName,
        _ turn: inout FleetTurn
    ) {
        let before = targets[name]?.place
        guard targets[name]?.isOfAnotherAccount(definition) == false else {
            targets[name]?.account = nil
            targets[name]?.partition = nil
            targets[name]?.lastAccount = nil
            return turn.add(.leave(name))
        }
        targets[name]?.learn(definition)
        guard targets[name]?.place != before else { return }
        findDuplicates(&turn)
        judgeDuplicates(&turn)
        judgeRates(&turn)
    }

    /// Determines which targets share an account and Region, and therefore a rate.
    mutating func findDuplicates(_ turn: inout FleetTurn) {
        var sharing: [TargetWatch.Place: [TargetName]] = [:]
        duplicates.elders = [:]
        var groups: [TargetName: RateGroup] = [:]
        for target in turn.configuration.targets {
            var group = target.rateGroup
            if let place = targets[target.name]?.place {
                if let elders = sharing[place], let first = elders.first {
                    duplicates.elders[target.name] = elders
                    group = groups[first] ?? group
                }
                sharing[place, default: []].append(target.name)
            }
            groups[target.name] = group
        }
        self.groups = groups
        turn.add(.shareRates(groups))
    }

    /// Reports once that two targets watch the same pipelines and once that they no longer do;
    /// decisions of the later one are made again.
    mutating func judgeDuplicates(_ turn: inout FleetTurn) {
        var shared: [TargetName: (elder: TargetName, count: Int)] = [:]
        if !duplicates.elders.isEmpty {
            for key in pipelines.keys.sorted() {
                guard let elder = rival(of: key) else { continue }
                shared[key.target, default: (elder, 0)].count += 1
            }
        }
        for (name, reported) in duplicates.reported.sorted(by: { $0.key < $1.key })
        where shared[name] == nil {
            duplicates.reported[name] = nil
            guard let target = targets[name] else { continue }
            turn.report(.targetDistinct(target.context, after: turn.now - reported.since))
        }
        for (name, share) in shared.sorted(by: { $0.key < $1.key })
        where duplicates.reported[name] == nil {
            guard let target = targets[name] else { continue }
            duplicates.reported[name] = DuplicateTargets.Reported(
                elder: share.elder,
                since: turn.now
            )
            turn.report(.targetDuplicate(target.context, of: share.elder, pipelines: share.count))
        }
        guard !shared.isEmpty else { return }
        for key in turn.episodes.keys where rival(of: key.pipeline) != nil {
            turn.deliver(key, .reconsider)
        }
    }
}

extension TargetWatch {
    /// Account, Region and endpoint: two targets are equal exactly when both ask AWS for the same
    /// things.
    struct Place: Hashable, Sendable {
        var account: String
        var partition: String?
        var region: String
        var endpoint: String
    }

    /// The target's account, Region and endpoint, once a definition gave the account.
    var place: Place? {
        account.map { account in
            Place(
                account: account,
                partition: partition,
                region: target.region,
                endpoint: target.endpoint
            )
        }
    }

    /// Whether a configuration makes the target look in another Region, or behind another endpoint,
    /// as far as both are known: an unplanned target has none of them.
    func isElsewhere(in new: Target) -> Bool {
        !lastRegion.isEmpty && !new.region.isEmpty && lastRegion != new.region
            || !lastEndpoint.isEmpty && !new.endpoint.isEmpty && lastEndpoint != new.endpoint
    }

    /// Whether a definition names another account than the one known before.
    func isOfAnotherAccount(_ definition: PipelineDefinition) -> Bool {
        guard let lastAccount, let account = definition.account else { return false }
        return lastAccount != account
    }

    /// Takes the new configuration; false when it may be another account, which is then determined
    /// again.
    mutating func take(_ new: Target) -> Bool {
        if !new.region.isEmpty { lastRegion = new.region }
        if !new.endpoint.isEmpty { lastEndpoint = new.endpoint }
        let stays =
            target.region == new.region && target.endpoint == new.endpoint
            && target.rateGroup == new.rateGroup
        if !stays {
            account = nil
            partition = nil
        }
        target = new
        return stays
    }
}
