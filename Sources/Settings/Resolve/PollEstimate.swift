import Primitives
package import RetryCore

/// How often the pipelines of one account and Region can be polled.
package struct PollEstimate: Hashable, Sendable {
    /// The rate group: `ACCOUNT/REGION`, or a target's name.
    package let group: RateGroup
    /// The demand of the pipelines that the file names exactly.
    package let demand: PollDemand
    /// Globs whose pipelines are added, as many as ListPipelines shows.
    package let globs: [String]

    /// Computes with the pipelines of some targets that share one rate.
    package init(group: RateGroup, targets: [Target], poll: PollSettings) {
        self.group = group
        let selectors = targets.flatMap(\.pipelines).map(\.selector)
        var names: Set<String> = []
        var globs: [String] = []
        for selector in selectors {
            switch selector {
            case .name(let name): names.insert(name.text)
            case .match(let glob, _): globs.append(glob.text)
            }
        }
        demand = PollDemand(pipelines: names.count, poll: poll)
        self.globs = globs
    }

    /// Such as `polling 212 pipelines every 30s needs 7.1 requests/s, the limit is 5; each is
    /// polled every 42s`.
    package var text: String {
        let found = globs.map { "match \($0)" }.listed(with: "and")
        guard demand.pipelines > 0 else {
            let room = Int((demand.limit * demand.interval.seconds).rounded(.down))
            return "\(found): found at run time; \(room) pipelines at "
                + "\(demand.interval.shortText) fit the limit of \(demand.limit.shortText) "
                + "requests/s"
        }
        return globs.isEmpty ? demand.text : demand.text + "; plus \(found), found at run time"
    }

    /// The estimates of a configuration, in the order of its targets.
    package static func all(of configuration: Configuration) -> [PollEstimate] {
        var groups: [RateGroup] = []
        for target in configuration.targets where !groups.contains(target.rateGroup) {
            groups.append(target.rateGroup)
        }
        return groups.map { group in
            let targets = configuration.targets.filter { $0.rateGroup == group }
            return PollEstimate(group: group, targets: targets, poll: configuration.poll)
        }
    }
}
