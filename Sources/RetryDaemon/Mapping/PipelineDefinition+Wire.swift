package import CodePipelineClient
package import RetryCore

extension PipelineDefinition {
    /// The facts in an answer of GetPipeline; stages and actions without a name are omitted.
    package init(_ wire: Wire.PipelineDefinition) {
        let arn = wire.pipelineArn.map { text in
            text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
                .map { String($0).bounded(.name) }
        }
        let parts = arn.flatMap { $0.count == 6 ? $0 : nil }
        var stages: [StageName: StageDefinition] = [:]
        for stage in wire.stages {
            guard let name = stage.name else { continue }
            stages[StageName(bounding: name)] = StageDefinition(stage)
        }
        self.init(
            version: wire.version,
            executionMode: ExecutionMode(wire.executionMode),
            account: parts.flatMap { $0[4].isEmpty ? nil : $0[4] },
            partition: parts.flatMap { $0[1].isEmpty ? nil : $0[1] },
            stages: stages
        )
    }
}

extension StageDefinition {
    fileprivate init(_ wire: Wire.StageDeclaration) {
        var actions: [ActionName: ActionKind] = [:]
        for action in wire.actions {
            guard let name = action.name else { continue }
            actions[ActionName(bounding: name)] = ActionKind(
                category: action.actionTypeId?.category
                    .flatMap { "\($0)".isEmpty ? nil : ActionCategory("\($0)".bounded(.name)) },
                provider: action.actionTypeId?.provider
                    .flatMap { $0.isEmpty ? nil : $0.bounded(.name) },
                runOrder: action.runOrder ?? 1,
                changeSet: action.configuration.flatMap(ChangeSetUse.init)
            )
        }
        self.init(
            onFailure: wire.onFailure?.result.map(FailureResult.init),
            // A condition without a result is treated like an unknown result.
            failureConditions: (wire.onFailure?.conditions ?? []).map {
                $0.result.map(FailureResult.init) ?? .unknown("")
            },
            actions: actions
        )
    }
}

extension ChangeSetUse {
    /// The use in an action's configuration; nil when it is not about stacks.
    init?(_ configuration: Wire.ChangeSetConfiguration) {
        self.init(
            actionMode: configuration.actionMode?.bounded(.name),
            name: configuration.changeSetName?.bounded(.name),
            stack: configuration.stackName?.bounded(.name)
        )
    }
}
