import Primitives

/// What the rates allow, and the report when they do not allow the configured intervals.
extension Fleet {
    /// Reports once when a group of targets has more pipelines than its rate allows to poll in
    /// time, and once when it no longer has.
    mutating func judgeRates(_ turn: inout FleetTurn) {
        var counts: [RateGroup: Int] = [:]
        for key in pipelines.keys {
            counts[group(of: key.target), default: 0] += 1
        }
        groupSizes = counts
        shortGroups.formIntersection(Set(groups.values))
        for group in Set(groups.values).sorted() {
            let demand = PollDemand(pipelines: counts[group] ?? 0, poll: turn.configuration.poll)
            guard demand.isShort != shortGroups.contains(group),
                let context = context(of: group)
            else { continue }
            if demand.isShort {
                shortGroups.insert(group)
                turn.report(.pollingSlowed(context, demand))
            } else {
                shortGroups.remove(group)
                turn.report(.pollingKept(context, demand))
            }
        }
    }

    /// The target that represents all that share a rate: the first by name.
    func context(of group: RateGroup) -> TargetContext? {
        targets.values.filter { self.group(of: $0.target.name) == group }
            .min { $0.target.name < $1.target.name }?.context
    }
}
