import Primitives

/// What the rates allow, and what is said when they do not allow the file's intervals.
extension Engine {
    /// Says once when a group of targets has more pipelines than its rate allows to look at in
    /// time, and once when it no longer has.
    mutating func judgeRates() {
        var counts: [String: Int] = [:]
        for key in pipelines.keys {
            counts[group(of: key.target), default: 0] += 1
        }
        groupSizes = counts
        shortGroups.formIntersection(calls.rates.keys)
        for group in calls.rates.keys.sorted() {
            let demand = PollDemand(pipelines: counts[group] ?? 0, poll: configuration.poll)
            guard demand.isShort != shortGroups.contains(group), let context = context(of: group)
            else { continue }
            if demand.isShort {
                shortGroups.insert(group)
                report(.pollingSlowed(context, demand))
            } else {
                shortGroups.remove(group)
                report(.pollingKept(context, demand))
            }
        }
    }

    /// The target that stands for all that share a rate: the first by name.
    func context(of group: String) -> TargetContext? {
        targets.values.filter { self.group(of: $0.target.name) == group }
            .min { $0.target.name < $1.target.name }?.context
    }

    mutating func recoverRates(_ now: Instant) {
        for (group, rate) in calls.recoverRates(now) {
            guard let context = context(of: group) else { continue }
            report(.throttlingOver(context, rate: rate))
        }
    }
}
