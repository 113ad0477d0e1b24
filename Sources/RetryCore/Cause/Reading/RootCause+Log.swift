extension RootCause {
    /// The same cause with what its log adds: the line, the command and its exit status.
    ///
    /// The line of the log takes the place of the one before, which is the service's own.
    package func completed(by log: CauseLog) -> RootCause {
        completed(by: log, table: .builtIn)
    }

    func completed(by log: CauseLog, table: KnowledgeTable) -> RootCause {
        let output = BuildOutput(log)
        let known = with(line: line, command: output.command ?? command, output.exitStatus)
        let text = RootLine.text(in: output.lines, of: known, by: table)
        return known.with(line: text ?? line, command: known.command, known.exitStatus)
    }

    private func with(line: String?, command: String?, _ exitStatus: Int?) -> RootCause {
        RootCause(
            provider: provider,
            resource: resource,
            phase: phase,
            status: status,
            code: code,
            line: line,
            command: command,
            exitStatus: exitStatus ?? self.exitStatus,
            stack: stack,
            deploymentCode: deploymentCode,
            url: url,
            ranUserCode: ranUserCode
        )
    }
}
