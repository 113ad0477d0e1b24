/// Why an action failed, as the service that ran it says.
///
/// CodePipeline's own message is no part of it: it is the fallback when no service can be asked.
package struct RootCause: Hashable, Sendable {
    /// The most bytes of a root line.
    package static let lineLimit = 2048
    /// The most bytes of the command.
    package static let commandLimit = 1024
    /// The most bytes of a name, a status or a code.
    package static let nameLimit = 1024

    /// The action's provider, such as `CodeBuild`.
    package var provider: String
    /// What it ran: a project, stack, deployment, service or log stream; nil when it is not known.
    package var resource: String?
    /// The phase or lifecycle event that failed first, such as `PRE_BUILD`; nil: it has none.
    package var phase: String?
    /// The status of the phase, build, task or execution, such as `TIMED_OUT`.
    package var status: String?
    /// The service's error code: CodeBuild's status code, a handler's error code, a `stopCode`.
    package var code: String?
    /// The line that says why: one line, without secrets, at most ``lineLimit`` bytes.
    package let line: String?
    /// The command that failed, likewise, at most ``commandLimit`` bytes; nil: none, or not known.
    package let command: String?
    /// The exit status of the command or container.
    package var exitStatus: Int?
    /// What CloudFormation says beside; nil for other providers.
    package var stack: StackCause?
    /// CodeDeploy's code of the whole deployment, such as `HEALTH_CONSTRAINTS`.
    package var deploymentCode: String?
    /// A link for people to open.
    package var url: String?
    /// Whether the action's own work began; nil when that is not known.
    package var ranUserCode: Bool?

    /// Creates a cause; every text of the service is cleaned, redacted and cut: a state machine's
    /// author, for one, chooses its error code freely.
    package init(
        provider: String,
        resource: String? = nil,
        phase: String? = nil,
        status: String? = nil,
        code: String? = nil,
        line: String? = nil,
        command: String? = nil,
        exitStatus: Int? = nil,
        stack: StackCause? = nil,
        deploymentCode: String? = nil,
        url: String? = nil,
        ranUserCode: Bool? = nil
    ) {
        func name(_ text: String?) -> String? {
            text.flatMap { CauseText.line($0, limit: RootCause.nameLimit) }
        }
        let phase = name(phase)
        let code = name(code)
        self.provider = provider
        self.resource = name(resource)
        self.phase = phase
        self.status = name(status)
        self.code = code
        self.line = line.flatMap { CauseText.line($0, limit: RootCause.lineLimit) }
        self.command = command.flatMap { CauseText.line($0, limit: RootCause.commandLimit) }
        self.exitStatus = exitStatus
        self.stack = stack
        self.deploymentCode = name(deploymentCode)
        self.url = url.flatMap { CauseText.line($0, limit: RootCause.lineLimit) }
        self.ranUserCode = ranUserCode ?? RootCause.ranUserCode(provider, phase: phase, code: code)
    }

    /// CodeBuild's phases before the first command (AWS CodeBuild API, `BuildPhaseType`).
    private static let phasesBeforeCommands: Set<String> = [
        "SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE",
    ]
    /// ECS's codes of a task that ran nothing (Amazon ECS API, `TaskStopCode`).
    private static let codesBeforeStart: Set<String> = ["TaskFailedToStart"]

    /// What phase and code alone say; nil: nothing.
    private static func ranUserCode(_ provider: String, phase: String?, code: String?) -> Bool? {
        switch provider {
        case "CodeBuild": phase.map { !phasesBeforeCommands.contains($0) }
        case "ECS", "CodeDeployToECS": code.map { !codesBeforeStart.contains($0) }
        case _: nil
        }
    }
}
