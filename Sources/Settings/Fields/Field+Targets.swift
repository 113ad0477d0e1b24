import RetryCore
import YAML

extension Field {
    /// `targets`: the targets in order, without those that have an invalid name.
    func targets() -> [TargetDraft] {
        guard let items = items(expected: "a list of targets") else { return [] }
        var targets: [TargetDraft] = []
        for item in items {
            guard let target = item.target() else { continue }
            if let first = targets.first(where: { $0.name == target.name }) {
                log.add(
                    at: target.position,
                    item.key + ".name",
                    "is \"\(target.name)\" again, first on line \(first.position.line)",
                    expected: "a unique name"
                )
                continue
            }
            targets.append(target)
        }
        return targets
    }

    private func target() -> TargetDraft? {
        let expected = "the name of the target"
        guard let section = section(SettingsKeys.target) else { return nil }
        let nameField = section.required("name", expected: expected)
        let name = nameField.flatMap { $0.awsName(expected) }
        let aws = section.awsDraft()
        let isPaused = section["paused"].flatMap { $0.boolean() } ?? false
        let pipelines =
            section.required("pipelines", expected: "a list of pipelines")
            .map { $0.pipelines() } ?? []
        guard let name else { return nil }
        return TargetDraft(
            name: TargetName(name),
            position: nameField?.position ?? position,
            key: key,
            aws: aws,
            isPaused: isPaused,
            pipelines: pipelines
        )
    }

    /// `pipelines`: the entries in order, without invalid ones.
    func pipelines() -> [EntryDraft] {
        guard let items = items(expected: "a list of pipelines") else { return [] }
        return items.compactMap { $0.pipeline() }
    }

    private func pipeline() -> EntryDraft? {
        guard let section = section(SettingsKeys.pipeline, hints: Field.policyOnly) else {
            return nil
        }
        let policy = section.written("policy") { $0.freeName("a policy's name") }
        let overrides = section.policyDraft()
        let stages = section["stages"].map { $0.stages() } ?? []
        guard let selector = section.selector() else { return nil }
        return EntryDraft(
            selector: selector,
            policy: policy.map {
                Located(value: PolicyName($0.value), position: $0.position, key: $0.key)
            },
            overrides: overrides,
            stages: stages,
            position: position,
            key: key
        )
    }

    private func stages() -> [StageDraft] {
        let expected = "stages by name, each never or a mapping"
        guard let table = table(expected: expected) else { return [] }
        return table.compactMap { name, entry in
            guard NameForm.check(name) else {
                log.add(
                    at: entry.position,
                    entry.field.key,
                    "is not a stage name",
                    expected: "an exact name: \(NameForm.aws)"
                )
                return nil
            }
            return entry.field.stage(StageName(name))
        }
    }

    private func stage(_ name: StageName) -> StageDraft? {
        if isWord("never") { return StageDraft(name: name, overrides: nil) }
        guard case .mapping = node.content else {
            mismatch(expected: "never or a mapping")
            return nil
        }
        guard let section = section(SettingsKeys.stage, hints: Field.policyOnly) else { return nil }
        return StageDraft(name: name, overrides: section.policyDraft())
    }

    /// Keys that people try in a pipeline or stage entry, and that only a policy has.
    private static let policyOnly: [String: String] = {
        let hint = "this key in a policy, and the policy's name here"
        return ["rules": hint, "windows": hint, "budget": hint, "cost": hint]
    }()
}

extension Section {
    /// `name`, or `match` with or without `except`.
    fileprivate func selector() -> PipelineEntry.Selector? {
        if let field = self["name"] {
            refuse(["match", "except"], beside: "name", expected: "one of the two")
            if let text = field.scalarText, text.utf8.contains(where: NameForm.isWildcard) {
                field.reject(
                    "is the glob \"\(ErrorLog.shown(text))\"",
                    expected: "an exact name, or match in place of name"
                )
                return nil
            }
            return field.awsName("a pipeline's name").map { .name(PipelineName($0)) }
        }
        let except =
            self["except"].flatMap { $0.itemsOrOne(expected: "a list of globs") }?
            .map { $0.glob() } ?? []
        guard let field = self["match"] else {
            lacks(["name", "match"], expected: "an exact name, or match with a glob")
            return nil
        }
        guard let glob = field.glob() else { return nil }
        return .match(glob, except: except.compactMap { $0 })
    }
}
