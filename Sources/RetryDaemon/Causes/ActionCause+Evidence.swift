package import RetryCore
package import RootCauseClient

extension ActionCause {
    /// Takes what a service, or files of its answers, say.
    package init(_ evidence: CauseEvidence) {
        let lines = evidence.logLines
        self.init(
            RootCause(evidence),
            log: lines.isEmpty ? nil : CauseLog(lines),
            isUnderWay: evidence.activity != nil
        )
    }
}

extension RootCause {
    fileprivate init(_ evidence: CauseEvidence) {
        // CodeBuild repeats the failed command in its text.
        let error = evidence.message.flatMap(CommandError.init)
        let isDeployment = evidence.lifecycleEvent != nil || evidence.provider == "CodeDeploy"
        let deployment = isDeployment ? evidence.code : nil
        self.init(
            provider: evidence.provider,
            resource: evidence.resource,
            phase: evidence.lifecycleEvent ?? evidence.phase,
            status: evidence.status,
            code: evidence.diagnosticCode ?? evidence.stopCode
                ?? (isDeployment ? nil : evidence.code),
            line: error?.withoutCommand ?? evidence.message,
            command: error?.command,
            exitStatus: evidence.exitCode ?? error?.exitStatus,
            stack: StackCause(evidence),
            deploymentCode: deployment,
            url: evidence.consoleURL,
            ranUserCode: evidence.ranUserCode
        )
    }
}

extension StackCause {
    /// Nil where nothing of a stack was read.
    fileprivate init?(_ evidence: CauseEvidence) {
        let parts = [evidence.resourceType, evidence.stackStatus, evidence.actionMode]
        guard parts.contains(where: { $0 != nil }) || evidence.changeSet != nil else { return nil }
        self.init(
            resourceType: evidence.resourceType,
            status: evidence.stackStatus,
            actionMode: evidence.actionMode,
            changeSet: evidence.changeSet.flatMap(ChangeSet.init)
        )
    }
}

extension StackCause.ChangeSet {
    /// Nil where it is there and nothing says whether it can be executed.
    fileprivate init?(_ facts: ChangeSetFacts) {
        guard facts.exists else {
            self = .gone
            return
        }
        // CloudFormation API, ExecutionStatus; UNAVAILABLE is one that is still being created, too.
        switch facts.executionStatus {
        case "AVAILABLE": self = .available
        case "EXECUTE_COMPLETE", "EXECUTE_FAILED", "OBSOLETE": self = .gone
        case _: return nil
        }
    }
}
