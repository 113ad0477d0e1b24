package import RetryCore

/// How often the pipelines of one account and Region can be looked at.
package struct PollEstimate: Hashable, Sendable {
    /// What shares the rate: `ACCOUNT/REGION`, or a target's name.
    package let group: String
    /// Pipelines that the file names exactly.
    package let pipelines: Int
    /// Globs whose pipelines come on top, as many as ListPipelines shows.
    package let globs: [String]
    /// Requests per second that the pipelines want at rest.
    package let wanted: Double
    /// Requests per second that they may have.
    package let limit: Double
    /// How often each pipeline is looked at.
    package let every: Duration

    /// Reckons with the pipelines of some targets that share one rate.
    package init(group: String, targets: [Target], poll: PollSettings) {
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
        pipelines = names.count
        self.globs = globs
        limit = poll.maxRate
        wanted = Double(names.count) / poll.interval.seconds
        every =
            wanted <= poll.maxRate
            ? poll.interval : .seconds((Double(names.count) / poll.maxRate).rounded())
        interval = poll.interval
    }

    private let interval: Duration

    /// Such as `212 pipelines at 30s want 7.1 requests/s, limit 5: each is seen every 42s`.
    package var text: String {
        let found = globs.map { "match \($0)" }.listed(with: "and")
        guard pipelines > 0 else {
            let room = Int((limit * interval.seconds).rounded(.down))
            return "\(found): found at run time; \(room) pipelines at \(interval.shortText) fit "
                + "the limit of \(PolicyDescription.short(limit)) requests/s"
        }
        let count = pipelines == 1 ? "1 pipeline" : "\(pipelines) pipelines"
        let want = pipelines == 1 ? "wants" : "want"
        let text =
            "\(count) at \(interval.shortText) \(want) \(PolicyDescription.short(wanted)) "
            + "requests/s, limit \(PolicyDescription.short(limit)): "
            + "each is seen every \(every.shortText)"
        return globs.isEmpty ? text : text + "; \(found) on top, found at run time"
    }

    /// The estimates of a configuration, in the order of its targets.
    package static func all(of configuration: Configuration) -> [PollEstimate] {
        var groups: [String] = []
        for target in configuration.targets where !groups.contains(target.rateGroup) {
            groups.append(target.rateGroup)
        }
        return groups.map { group in
            let targets = configuration.targets.filter { $0.rateGroup == group }
            return PollEstimate(group: group, targets: targets, poll: configuration.poll)
        }
    }
}
