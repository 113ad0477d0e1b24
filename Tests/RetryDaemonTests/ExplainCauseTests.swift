import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport
import RootCauseClient
import Settings
import Testing

/// `explain --cause FILE`, and what a service's evidence becomes in the core.
@Suite struct ExplainCauseTests {
    private static let state = """
        {"pipelineName":"web","pipelineVersion":1,"stageStates":[
        {"stageName":"Build","latestExecution":{"pipelineExecutionId":"e-1","status":"Failed"},
        "actionStates":[{"actionName":"Compile","latestExecution":{"actionExecutionId":"a-1",
        "status":"Failed","lastStatusChange":"2026-11-23T01:00:00Z",
        "errorDetails":{"code":"JobFailed","message":"Build terminated with state: FAILED"}}}]}]}
        """
    private static let definition = """
        {"pipeline":{"name":"web","version":1,"stages":[{"name":"Build","actions":[
        {"name":"Compile","actionTypeId":{"category":"Build","provider":"CodeBuild"}}]}]}}
        """
    private static let config = """
        aws: { region: eu-west-1 }
        policies: { default: { rules: [{ use: aws-permanent }, { use: aws-transient }] } }
        pipelines: [{ name: web }]
        """
    private static let builds = """
        {"builds":[{"id":"web:1","arn":"arn:aws:codebuild:eu-west-1:111122223333:build/web:1",
        "buildStatus":"FAILED","projectName":"web","phases":[
        {"phaseType":"SUBMITTED","phaseStatus":"SUCCEEDED"},
        {"phaseType":"PRE_BUILD","phaseStatus":"FAILED","contexts":[
        {"statusCode":"COMMAND_EXECUTION_ERROR","message":
        "Error while executing command: docker pull alpine. Reason: exit status 1"}]}]}]}
        """
    private static let log = """
        {"events":[{"timestamp":1,"message":"[Container] 2026/11/23 01:00:00 Running command \
        docker pull alpine\\n"},{"timestamp":2,"message":"Error response from daemon: \
        toomanyrequests: You have reached your pull rate limit\\n"}],
        "nextForwardToken":"f/1","nextBackwardToken":"b/1"}
        """

    private func explanation(_ causes: [String]) throws -> Explanation {
        let settings = try SettingsFile.load(
            Array(Self.config.utf8),
            path: "c.yaml",
            environment: SettingsEnvironment(now: ManualClock.start)
        ).get()
        let question = ExplainQuestion(
            pipeline: "web",
            stage: nil,
            target: nil,
            retries: nil,
            at: ManualClock.start + .seconds(10),
            seed: 1
        )
        var facts = try ExplainFacts(
            of: question,
            state: ("state.json", Array(Self.state.utf8)),
            definition: ("definition.json", Array(Self.definition.utf8)),
            executions: nil
        )
        try facts.take(causes: causes.map { ("cause.json", Array($0.utf8)) })
        let explainer = Explainer(settings.configuration, patterns: PatternMatcher())
        return explainer.explain(question, facts)
    }

    @Test func `a build and its log save what the message leaves`() throws {
        #expect(try explanation([]).word == "leave")
        let told = try explanation([Self.builds, Self.log])
        #expect(told.word == "retry")
        #expect(told.plan?.rule == "image-pull/pull-limit")
        #expect(told.text.contains("cause: CodeBuild, "))
        #expect(told.text.contains("| Error response from daemon: toomanyrequests: You have"))
        #expect(told.json.contains("\"phase\" : \"PRE_BUILD\""))
    }

    @Test func `files of another provider are noted and change nothing`() throws {
        let stack = """
            {"StackEvents":[{"StackId":"arn:aws:cloudformation:eu-west-1:111122223333:stack/a/1",
            "StackName":"a","EventId":"1","LogicalResourceId":"Role","PhysicalResourceId":"",
            "ResourceType":"AWS::IAM::Role","Timestamp":"2026-11-23T01:00:00Z",
            "ResourceStatus":"CREATE_FAILED","ResourceStatusReason":"Rate exceeded"}]}
            """
        let told = try explanation([stack])
        #expect(told.word == "leave")
        #expect(told.notes.contains { $0.contains("are of CloudFormation") })
    }

    @Test(arguments: ["", "{}", "[]", "{\"builds\":1}", "An error occurred (AccessDenied)"])
    func `a file that tells nothing of a cause is refused by its name`(_ text: String) {
        let error = #expect(throws: ExplainError.self) { try explanation([text]) }
        #expect(error?.message.hasPrefix("cause.json") == true)
    }

    @Test func `the parts of evidence find their places`() {
        var evidence = CauseEvidence(provider: "CodeDeploy")
        evidence.code = "HEALTH_CONSTRAINTS"
        evidence.lifecycleEvent = "AfterInstall"
        evidence.diagnosticCode = "ScriptFailed"
        evidence.message = "Script at specified location: x.sh failed with exit code 1"
        evidence.ranUserCode = true
        let deployed = ActionCause(evidence).root
        #expect(deployed.phase == "AfterInstall")
        #expect(deployed.code == "ScriptFailed")
        #expect(deployed.deploymentCode == "HEALTH_CONSTRAINTS")
        #expect(deployed.stack == nil)

        var stack = CauseEvidence(provider: "CloudFormation")
        stack.code = "Throttling"
        stack.stackStatus = "UPDATE_ROLLBACK_COMPLETE"
        stack.resourceType = "AWS::Lambda::Function"
        stack.changeSet = ChangeSetFacts(name: "c", exists: false)
        let gone = ActionCause(stack).root
        #expect(gone.code == "Throttling")
        #expect(
            gone.stack
                == StackCause(
                    resourceType: "AWS::Lambda::Function",
                    status: "UPDATE_ROLLBACK_COMPLETE",
                    changeSet: .gone
                )
        )
    }

    /// CloudFormation's status of a change set's execution, and its fate.
    @Test(
        arguments: [
            ("AVAILABLE", StackCause.ChangeSet.available), ("EXECUTE_COMPLETE", .gone),
            ("EXECUTE_FAILED", .gone), ("OBSOLETE", .gone), ("UNAVAILABLE", nil), (nil, nil),
        ] as [(String?, StackCause.ChangeSet?)]
    )
    func `only a change set that is available can be executed`(
        _ status: String?,
        _ fate: StackCause.ChangeSet?
    ) {
        var evidence = CauseEvidence(provider: "CloudFormation")
        evidence.changeSet = ChangeSetFacts(name: "c", exists: true, executionStatus: status)
        #expect(ActionCause(evidence).root.stack?.changeSet == fate)
    }
}
