import CodePipelineClient
import Primitives
import RetryCore

/// The first name or id of an answer that AWS would never give.
///
/// Names and ids identify things: they are used in requests, in the ledger and in the journal. One
/// that is too long to be stored whole, contains a control character, occurs twice or is missing
/// where AWS always gives it cannot do that, so the answer counts as not readable.
package struct WireNameError: Hashable, Sendable {
    /// The field, such as `an actionExecutionId`.
    package let field: String
    /// Its problem.
    package let problem: String

    /// Checks one name; nil when it is absent or valid.
    fileprivate init?(_ field: String, _ name: String?) {
        guard let name, let problem = WireNameError.problem(of: name) else { return nil }
        (self.field, self.problem) = (field, problem)
    }

    /// Checks that a name that AWS always gives is present.
    fileprivate init?(_ field: String, missing: String, _ name: String?) {
        guard name?.isEmpty ?? true else { return nil }
        (self.field, problem) = (field, "has no \(missing)")
    }

    /// A name that two things have.
    fileprivate init(twice field: String) {
        (self.field, problem) = (field, "appears twice")
    }

    private static func problem(of name: String) -> String? {
        if name.utf8.count > TextBound.name.rawValue {
            return "is longer than \(TextBound.name.rawValue) bytes"
        }
        let isSteered = name.unicodeScalars.contains { $0.isControl }
        return isSteered ? "contains a control character" : nil
    }

    /// Maps such an answer to a failed read.
    func failure(of operation: AWSOperation) -> CallFailure {
        CallFailure(
            kind: .serverError,
            operation: operation,
            message:
                "the answer is not usable: \(field) in it \(problem), which never happens in "
                + "AWS's answers; it is ignored and read again. Check what answers instead of "
                + "AWS, such as a proxy or endpoint_url."
        )
    }
}

extension Wire.PipelineState {
    /// The first name in it that cannot be used.
    package var nameError: WireNameError? {
        for stage in stageStates {
            if let problem = stage.nameError { return problem }
        }
        var names: Set<String> = []
        for stage in stageStates {
            if let problem = stage.absence { return problem }
            let name = stage.stageName ?? ""
            guard names.insert(name).inserted else { return WireNameError(twice: "a stageName") }
        }
        return nil
    }
}

extension Wire.StageState {
    fileprivate var nameError: WireNameError? {
        for execution in executions {
            let id = execution.pipelineExecutionId
            if let problem = WireNameError("a pipelineExecutionId", id) { return problem }
        }
        for action in actionStates {
            let id = action.latestExecution?.actionExecutionId
            if let problem = WireNameError("an actionName", action.actionName)
                ?? WireNameError("an actionExecutionId", id)
            {
                return problem
            }
        }
        return WireNameError("a stageName", stageName)
    }

    /// A missing name or id: the stage, or what runs in it, would be ignored.
    fileprivate var absence: WireNameError? {
        if let problem = WireNameError("a stage", missing: "stageName", stageName) {
            return problem
        }
        for execution in executions {
            let id = execution.pipelineExecutionId
            if let problem = WireNameError("an execution", missing: "pipelineExecutionId", id) {
                return problem
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
    package var nameError: WireNameError? {
        WireNameError("a stageName", stageName) ?? WireNameError("an actionName", actionName)
            ?? WireNameError("an actionExecutionId", actionExecutionId)
    }
}

extension Wire.PipelineExecutionSummary {
    /// The first name in it that cannot be used.
    package var nameError: WireNameError? {
        WireNameError("a pipelineExecutionId", pipelineExecutionId)
    }
}

extension Wire.PipelineDefinition {
    /// The first name in it that cannot be used.
    package var nameError: WireNameError? {
        for stage in stages {
            if let problem = WireNameError("a stage's name", stage.name) { return problem }
            for action in stage.actions {
                if let problem = WireNameError("an action's name", action.name) { return problem }
            }
        }
        return nil
    }
}

extension WireNameError {
    /// The first of the pipelines' names that cannot be used.
    static func first(of pipelines: [String]) -> WireNameError? {
        for name in pipelines {
            if let problem = WireNameError("a pipeline's name", name) { return problem }
        }
        return nil
    }
}
