import Primitives
import RetryCore
import YAML

extension ConfigLinter {
    /// Reports two targets that certainly share an account and Region and can match the same
    /// pipeline: limits and rates would apply to each of them, and therefore twice.
    func checkDoubles() {
        for (index, target) in file.targets.enumerated() {
            for first in file.targets[..<index] where isSamePlace(first, target) {
                guard let pipeline = first.shared(with: target) else { continue }
                log.add(
                    at: target.position,
                    ErrorLog.path(target.key, "name"),
                    "\"\(target.name)\" has the same account and Region as \"\(first.name)\" on "
                        + "line \(first.position.line), and both select \(pipeline): its limits "
                        + "would apply twice",
                    expected: "each pipeline in one target, or another Region or account"
                )
            }
        }
    }

    /// Whether two targets certainly reach the same account and Region by the same endpoint.
    private func isSamePlace(_ first: TargetDraft, _ second: TargetDraft) -> Bool {
        let (one, two) = (first.aws.over(file.aws), second.aws.over(file.aws))
        guard let region = one.region?.value, region == two.region?.value,
            one.endpointURL?.value.text == two.endpointURL?.value.text
        else { return false }
        switch (one.roleARN?.value, two.roleARN?.value) {
        case (let role?, let other?):
            return role.account == other.account && role.partition == other.partition
        // The same credentials belong to the same account, whatever they are.
        case (nil, nil): return one.profile?.value == two.profile?.value
        case (nil, _?), (_?, nil): return false
        }
    }

    /// Reports connection settings that cannot work.
    func judgeConnections() {
        var seen: Set<SourcePosition> = []
        for target in file.targets {
            let aws = target.aws.over(file.aws)
            if let role = aws.causeRoleARN, !file.rootCause.isEnabled,
                seen.insert(role.position).inserted
            {
                log.add(
                    at: role.position,
                    role.key,
                    "is never assumed: root_cause.enabled is false"
                )
            }
            for role in [aws.roleARN, aws.causeRoleARN].compactMap(\.self) {
                judge(role, aws.region, &seen)
            }
            guard let region = aws.region, seen.insert(region.position).inserted,
                let warning = RegionName.warning(about: region.value)
            else { continue }
            log.add(
                at: region.position,
                region.key,
                warning.problem,
                suggestion: warning.suggestion
            )
        }
    }

    private func judge(
        _ role: Located<RoleARN>,
        _ region: Located<String>?,
        _ seen: inout Set<SourcePosition>
    ) {
        let partition = role.value.partition
        guard seen.insert(role.position).inserted else { return }
        let known = Partition.all.map(\.name)
        guard known.contains(partition) else {
            log.add(
                at: role.position,
                role.key,
                "is in partition \(ErrorLog.shown(partition)), which this version does not know",
                suggestion: Suggestion.nearest(to: partition, among: known)
            )
            return
        }
        guard let region else { return }
        let regional = Partition.of(region: region.value).name
        guard regional != partition else { return }
        log.add(
            at: role.position,
            role.key,
            "is of the partition \(partition), but the Region \(ErrorLog.shown(region.value)) is "
                + "of \(regional): no credentials are valid in both"
        )
    }

    /// Reports values with references to variables, which are taken literally.
    func judgeVariables(_ node: YAMLNode, key: String = "") {
        switch node.content {
        case .plain(let text), .quoted(let text):
            guard let reference = Variables.reference(in: text) else { return }
            log.add(
                at: node.position,
                key,
                "has \"\(reference)\", which is taken literally: variables are not replaced"
            )
        case .sequence(let items):
            for (index, item) in items.enumerated() {
                judgeVariables(item, key: "\(key)[\(index)]")
            }
        case .mapping(let pairs):
            for pair in pairs {
                // A regular expression may have braces and dollars of its own.
                guard let name = pair.key.text, name != "matches" else { continue }
                judgeVariables(pair.value, key: ErrorLog.path(key, name))
            }
        case .faulty: return
        }
    }
}

extension TargetDraft {
    /// A pipeline or glob that both targets take; nil where there is none.
    fileprivate func shared(with other: TargetDraft) -> String? {
        for entry in pipelines {
            for another in other.pipelines {
                if let found = entry.selector.shared(with: another.selector) { return found }
            }
        }
        return nil
    }
}

extension PipelineEntry.Selector {
    /// The pipelines that both match, described for a reader; nil when they certainly match none
    /// together.
    fileprivate func shared(with other: PipelineEntry.Selector) -> String? {
        switch (self, other) {
        case (.name(let name), .name(let second)):
            return name == second ? "\"\(name)\"" : nil
        case (.name(let name), .match(let glob, let except)),
            (.match(let glob, let except), .name(let name)):
            let isLeftOut = except.contains { $0.matches(name.text) }
            return glob.matches(name.text) && !isLeftOut ? "\"\(name)\"" : nil
        case (.match(let glob, let except), .match(let second, let others)):
            let isApart =
                except.contains { $0.covers(second) } || others.contains { $0.covers(glob) }
            return glob.meets(second) && !isApart ? "what \"\(second)\" matches" : nil
        }
    }
}
