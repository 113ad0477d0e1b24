import Testing

@testable import RetryCore

@Suite struct CauseMessageTests {
    private static func read(_ message: String, provider: String = "CodeBuild") -> RootCause {
        RootCause(provider: provider, code: "JobFailed", message: message)
    }

    @Test func `phase, code and message of a build are read, a code with blanks too`() {
        let cause = CauseMessageTests.read(
            "Build terminated with state: FAILED. Phase: DOWNLOAD_SOURCE, Code: Decrypted "
                + "Variables Error, Message: parameter does not exist: /a, Message: b"
        )
        #expect(cause.status == "FAILED")
        #expect(cause.phase == "DOWNLOAD_SOURCE")
        #expect(cause.code == "Decrypted Variables Error")
        #expect(cause.line == "parameter does not exist: /a, Message: b")
        #expect(cause.ranUserCode == false)
    }

    @Test func `the script is cut out of the message, whatever it says`() {
        let cause = CauseMessageTests.read(
            "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, "
                + "Message: Error while executing command: echo 'ECONNRESET. Reason: exit "
                + "status 9'; false. Reason: exit status 1"
        )
        #expect(cause.line == "Reason: exit status 1")
        #expect(cause.command == "echo 'ECONNRESET. Reason: exit status 9'; false")
        #expect(cause.exitStatus == 1)
        #expect(cause.ranUserCode == true)
    }

    @Test func `the codes of a deployment and of a handler are read`() {
        let deployment = CauseMessageTests.read(
            "Deployment d-A1B2C3D4E failed. Error code: THROTTLED; Error message: too fast",
            provider: "CodeDeploy"
        )
        #expect(deployment.deploymentCode == "THROTTLED")
        #expect(deployment.line == "too fast")
        let handler = CauseMessageTests.read(
            "Resource handler returned message: \"x\" (HandlerErrorCode: Throttling)",
            provider: "CloudFormation"
        )
        #expect(handler.code == "Throttling")
    }

    @Test(arguments: [
        "Build terminated with state: STOPPED", "Deployment d-A1B2C3D4E failed", "anything", "",
    ])
    func `other words are the line as they are`(_ message: String) {
        let cause = CauseMessageTests.read(message)
        #expect(cause.code == "JobFailed")
        #expect(cause.line == (message.isEmpty ? nil : message))
    }

    @Test func `a script without a reason leaves nothing of itself`() {
        let error = CommandError(in: "Error while executing command: timeout 5 x")
        #expect(error?.withoutCommand == "")
        #expect(error?.exitStatus == nil)
        #expect(CommandError(in: "no such sentence") == nil)
    }

    @Test(
        arguments: [
            ("CodeBuild", "PROVISIONING", nil, false), ("CodeBuild", "INSTALL", nil, true),
            ("ECS", nil, "TaskFailedToStart", false), ("ECS", nil, "SpotInterruption", true),
            ("CodeBuild", nil, nil, nil), ("Lambda", "X", "Y", nil),
        ] as [(String, String?, String?, Bool?)]
    )
    func `phase and code tell whether the action's own work began`(
        _ provider: String,
        _ phase: String?,
        _ code: String?,
        _ expected: Bool?
    ) {
        #expect(RootCause(provider: provider, phase: phase, code: code).ranUserCode == expected)
    }
}
