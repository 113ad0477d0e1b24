import CodePipelineClient
import Primitives
import RetryCore

/// The first name or id of an answer that AWS does not give.
///
/// Names and ids tell things apart: they stand in requests, in the ledger and in the journal. One
/// that is too long to be kept whole, holds a control character, stands there twice or is missing
/// where AWS always gives it cannot do that, so the answer counts as not readable.
package struct NameFault: Hashable, Sendable {
    /// Which field it is, such as `an actionExecutionId`.
    package let field: String
    /// What is wrong with it.
    package let fault: String

    /// Looks at one name; nil when it is absent or sound.
    fileprivate init?(_ field: String, _ name: String?) {
        guard let name, let fault = NameFault.fault(of: name) else { return nil }
        (self.field, self.fault) = (field, fault)
    }

    /// Looks whether there is a name that AWS always gives.
    fileprivate init?(_ field: String, missing: String, _ name: String?) {
        guard name?.isEmpty ?? true else { return nil }
        (self.field, fault) = (field, "has no \(missing)")
    }

    /// A name that stands for two things.
    fileprivate init(twice field: String) {
        (self.field, fault) = (field, "stands there twice")
    }

    private static func fault(of name: String) -> String? {
        if name.utf8.count > TextBound.name.rawValue {
            return "is longer than \(TextBound.name.rawValue) bytes"
        }
        let isSteered = name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        return isSteered ? "holds a control character" : nil
    }

    /// The failed read that such an answer is.
    func failure(of operation: AWSOperation) -> CallFailure {
        CallFailure(
            kind: .trouble,
            operation: operation.name,
            message: "the answer is not usable: \(field) in it \(fault), which AWS's own never do; "
                + "nothing is retried by it and it is read again. Look at what answers in AWS's "
                + "place, such as a proxy or endpoint_url."
        )
    }
}

extension Wire.PipelineState {
    /// The first name in it that cannot be used.
    package var nameFault: NameFault? {
        for stage in stageStates {
            if let fault = stage.nameFault { return fault }
        }
        var names: Set<String> = []
        for stage in stageStates {
            if let fault = stage.absence { return fault }
            let name = stage.stageName ?? ""
            guard names.insert(name).inserted else { return NameFault(twice: "a stageName") }
        }
        return nil
    }
}

extension Wire.StageState {
    fileprivate var nameFault: NameFault? {
        for execution in executions {
            let id = execution.pipelineExecutionId
            if let fault = NameFault("a pipelineExecutionId", id) { return fault }
        }
        for action in actionStates {
            let id = action.latestExecution?.actionExecutionId
            if let fault = NameFault("an actionName", action.actionName)
                ?? NameFault("an actionExecutionId", id)
            {
                return fault
            }
        }
        return NameFault("a stageName", stageName)
    }

    /// A name or id that is missing: the stage, or what runs in it, would be passed over.
    fileprivate var absence: NameFault? {
        if let fault = NameFault("a stage", missing: "stageName", stageName) { return fault }
        for execution in executions {
            let id = execution.pipelineExecutionId
            if let fault = NameFault("an execution", missing: "pipelineExecutionId", id) {
                return fault
            }
        }
        return nil
    }

    private var executions: [Wire.StageExecution] {
        [latestExecution, inboundExecution].compactMap(\.self) + inboundExecutions
    }
}

extension Wire.ActionExecutionDetail {
    /// The first name in it that cannot be used.
    package var nameFault: NameFault? {
        NameFault("a stageName", stageName) ?? NameFault("an actionName", actionName)
            ?? NameFault("an actionExecutionId", actionExecutionId)
    }
}

extension Wire.PipelineExecutionSummary {
    /// The first name in it that cannot be used.
    package var nameFault: NameFault? {
        NameFault("a pipelineExecutionId", pipelineExecutionId)
    }
}

extension Wire.PipelineDefinition {
    /// The first name in it that cannot be used.
    package var nameFault: NameFault? {
        for stage in stages {
            if let fault = NameFault("a stage's name", stage.name) { return fault }
            for action in stage.actions {
                if let fault = NameFault("an action's name", action.name) { return fault }
            }
        }
        return nil
    }
}

extension NameFault {
    /// The first of the pipelines' names that cannot be used.
    static func first(of pipelines: [String]) -> NameFault? {
        for name in pipelines {
            if let fault = NameFault("a pipeline's name", name) { return fault }
        }
        return nil
    }
}
