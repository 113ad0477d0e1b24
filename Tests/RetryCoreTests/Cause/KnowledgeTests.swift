import Testing

@testable import RetryCore

@Suite struct KnowledgeTests {
    private static let rows = KnowledgeTable.builtIn.rows

    private static func finding(_ cause: RootCause, message: String? = nil) -> CauseFinding? {
        KnowledgeTable.builtIn.finding(of: cause, message: message)
    }

    @Test func `every row has a name of its own, with its group, and a wait if it may help`() {
        #expect(Set(KnowledgeTests.rows.map(\.name)).count == KnowledgeTests.rows.count)
        for row in KnowledgeTests.rows {
            #expect(row.name.split(separator: "/").count == 2, "\(row.name)")
            #expect((row.wait != nil) == [.transient, .flaky].contains(row.kind), "\(row.name)")
            #expect(row.source.rawValue.count > 10)
        }
        for wait in CauseWait.allCases { #expect(wait.first <= wait.longest) }
    }

    @Test func `no phrase stands twice in a list, whatever its case`() {
        for row in KnowledgeTests.rows {
            for list in [row.when.says, row.when.also, row.when.unless, row.when.command] {
                #expect(Set(list.map { $0.text.lowercased() }).count == list.count, "\(row.name)")
            }
        }
    }

    @Test func `every row but that of an interrupted step asks for something`() {
        for row in KnowledgeTests.rows { #expect(row.when != CauseCondition(), "\(row.name)") }
    }

    @Test func `a finding falls under its row's group, and under what never started`() throws {
        let line = "toomanyrequests: You have reached your pull rate limit"
        var pull = RootCause(provider: "CodeBuild", phase: "PROVISIONING", line: line)
        let before = try #require(KnowledgeTests.finding(pull))
        #expect(before.row == "image-pull/pull-limit")
        #expect(before.wait == .hours)
        #expect(before.groups == ["image-pull", "never-started"])
        pull = RootCause(provider: "CodeBuild", phase: "BUILD", line: line)
        #expect(KnowledgeTests.finding(pull)?.groups == ["image-pull"])
        let refused = RootCause(
            provider: "CodeBuild",
            phase: "PROVISIONING",
            line: "pull access denied"
        )
        #expect(KnowledgeTests.finding(refused)?.groups == ["image-pull"])
    }

    /// A throttled call, by what it left behind.
    @Test(
        arguments: [
            ("CREATE_UPDATE", "UPDATE_ROLLBACK_COMPLETE", nil, CauseClass.transient),
            ("CREATE_UPDATE", "ROLLBACK_COMPLETE", nil, .unsafe),
            ("CREATE_UPDATE", "REVIEW_IN_PROGRESS", nil, .unsafe),
            ("CREATE_UPDATE", "UPDATE_ROLLBACK_FAILED", nil, .unsafe),
            ("REPLACE_ON_FAILURE", "ROLLBACK_COMPLETE", nil, .transient),
            ("CHANGE_SET_EXECUTE", "UPDATE_ROLLBACK_COMPLETE", nil, .unsafe),
            ("CHANGE_SET_EXECUTE", nil, StackCause.ChangeSet.gone, .unsafe),
            ("CHANGE_SET_EXECUTE", "UPDATE_COMPLETE", .available, .transient),
        ] as [(String, String?, StackCause.ChangeSet?, CauseClass)]
    )
    func `the label follows the stage, not the cause alone`(
        _ mode: String,
        _ status: String?,
        _ changeSet: StackCause.ChangeSet?,
        _ expected: CauseClass
    ) {
        let stack = StackCause(status: status, actionMode: mode, changeSet: changeSet)
        let cause = RootCause(
            provider: "CloudFormation",
            code: "Throttling",
            line: "Rate exceeded (Service: CloudWatch)",
            stack: stack
        )
        #expect(KnowledgeTests.finding(cause)?.kind == expected)
    }

    /// Structure without known words.
    @Test(arguments: [
        (RootCause(provider: "CloudFormation", code: "ServiceInternalError"), CauseClass.transient),
        (RootCause(provider: "CloudFormation", code: "NetworkFailure"), .transient),
        (RootCause(provider: "CloudFormation", code: "ResourceConflict"), .transient),
        (RootCause(provider: "CloudFormation", code: "InternalFailure"), .permanent),
        (RootCause(provider: "CloudFormation", code: "NotStabilized"), .permanent),
        (
            RootCause(
                provider: "CloudFormation",
                code: "NotStabilized",
                stack: StackCause(resourceType: "AWS::ECS::Service")
            ), .flaky
        ),
        (RootCause(provider: "CodeDeploy", deploymentCode: "THROTTLED"), .transient),
        (RootCause(provider: "CodeDeploy", deploymentCode: "INTERNAL_ERROR"), .transient),
        (RootCause(provider: "CodeDeploy", deploymentCode: "NO_INSTANCES"), .permanent),
        (RootCause(provider: "CodeDeploy", deploymentCode: "MANUAL_STOP"), .permanent),
        (RootCause(provider: "CodeDeploy", code: "ScriptFailed"), .permanent),
        (RootCause(provider: "CodeDeploy", code: "ScriptTimedOut"), .flaky),
        (RootCause(provider: "ECS", code: "SpotInterruption"), .transient),
        (RootCause(provider: "CodeBuild", phase: "PROVISIONING", status: "FAULT"), .transient),
        (RootCause(provider: "CodeBuild", phase: "QUEUED", status: "TIMED_OUT"), .transient),
        (RootCause(provider: "CodeBuild", phase: "BUILD", status: "TIMED_OUT"), .flaky),
        (RootCause(provider: "CodeBuild", status: "STOPPED"), .permanent),
        (RootCause(provider: "CodeBuild", code: "COMMAND_EXECUTION_ERROR"), .permanent),
        (RootCause(provider: "CodeBuild", exitStatus: 137), .flaky),
        (RootCause(provider: "CodeCommit", code: "SystemUnavailable"), .transient),
        (RootCause(provider: "Manual", code: "SystemUnavailable"), .unsafe),
        (RootCause(provider: "S3", code: "PermissionError"), .permanent),
    ])
    func `structure alone decides where words are not known`(
        _ cause: RootCause,
        _ expected: CauseClass
    ) {
        #expect(KnowledgeTests.finding(cause)?.kind == expected)
    }

    @Test(arguments: [
        ("npm publish", CauseClass.unsafe), ("npx prisma migrate deploy", .unsafe),
        ("helm upgrade web .", .unsafe), ("flyway migrate", .unsafe), ("npm ci", .transient),
        ("terraform apply", .transient), ("docker push x", .transient),
    ])
    func `an interrupted command that cannot be repeated is unsafe`(
        _ command: String,
        _ expected: CauseClass
    ) {
        let cause = RootCause(
            provider: "CodeBuild",
            phase: "BUILD",
            line: "read ECONNRESET",
            command: command
        )
        #expect(KnowledgeTests.finding(cause)?.kind == expected)
    }

    @Test func `the message counts beside the line, a failed command's script does not`() {
        let cause = RootCause(provider: "CodeBuild", phase: "BUILD", line: "something odd")
        #expect(KnowledgeTests.finding(cause) == nil)
        #expect(KnowledgeTests.finding(cause, message: "Rate exceeded")?.kind == .transient)
        let script = "Error while executing command: echo 'Rate exceeded'. Reason: exit status 1"
        #expect(KnowledgeTests.finding(cause, message: script) == nil)
    }

    @Test(arguments: [
        "upload: dist/retry-throttling.4f2a.js to s3://b/x", "lib/connection-timeout-retry.js",
        "src/net/ConnectionResetException.java", "jeoffrey", "the pool is throttled_by_us",
    ])
    func `names of files and packages are no causes`(_ line: String) {
        #expect(KnowledgeTests.finding(RootCause(provider: "CodeBuild", line: line)) == nil)
    }
}
