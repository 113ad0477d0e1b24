import Primitives
import Testing

@testable import RootCauseClient

@Suite struct StackReadingTests {
    private static let operations = "cloudformation.DescribeEvents."
    private static let events = "cloudformation.DescribeStackEvents."
    private static let stacks = "cloudformation.DescribeStacks."
    private static let changeSets = "cloudformation.DescribeChangeSet."
    private static let stackID =
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/"
        + "c0ffee00-0000-4000-8000-000000000001"

    @Test func `the first failure that is no cancellation is the cause`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, .payload(Self.operations + "failed")),
                (.describeStacks, .payload(Self.stacks + "rolled-back")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.resourceType == "AWS::S3::Bucket")
        #expect(evidence.logicalID == "Bucket")
        #expect(evidence.status == "CREATE_FAILED")
        #expect(evidence.code == "Throttling")
        #expect(evidence.phase == "UPDATE_STACK")
        #expect(evidence.stackStatus == "UPDATE_ROLLBACK_COMPLETE")
        #expect(evidence.actionMode == "CREATE_UPDATE")
        #expect(evidence.resource == Self.stackID)
        #expect(evidence.activity == nil)
        #expect(evidence.gaps.isEmpty)
    }

    @Test(
        arguments: [
            Reply.error("InvalidAction", message: "Could not find operation DescribeEvents"),
            .denied, .text("<html>"), .none(.unreachable),
        ]
    )
    func `where DescribeEvents is not there the older call says the same`(
        _ reply: Reply
    ) throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, reply),
                (.describeStackEvents, .payload(Self.events + "rollback")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.logicalID == "Bucket")
        #expect(evidence.code == "Throttling")
        #expect(evidence.phase == "UPDATE_STACK")
        #expect(evidence.stackStatus == "UPDATE_ROLLBACK_COMPLETE")
        #expect(evidence.gaps.isEmpty == (reply != .text("<html>")))
    }

    @Test func `nested stacks are followed to the resource that failed`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, .denied),
                (.describeStackEvents, .payload(Self.events + "parent")),
                (.describeStackEvents, .payload(Self.events + "child")),
                (.describeStackEvents, .payload(Self.events + "leaf")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.resourceType == "AWS::IAM::Role")
        #expect(evidence.code == "AccessDenied")
        #expect(evidence.stackStatus == "UPDATE_ROLLBACK_FAILED")
        #expect(evidence.phase == "UPDATE_STACK")
    }

    @Test func `a nested stack that cannot be read leaves the event that names it`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, .payload(Self.operations + "nested")),
                (
                    .describeOperationEvents,
                    .error("ValidationError", message: "Stack [x] does not exist")
                ),
                (.describeStacks, .payload(Self.stacks + "rolled-back")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.resourceType == "AWS::CloudFormation::Stack")
        #expect(evidence.logicalID == "Child")
        #expect(evidence.gaps.map(\.kind) == [.missing])
    }

    @Test func `stacks that contain each other end the reading`() throws {
        let reading = try CauseReading.played(
            Subjects.of("CloudFormation", Self.stackID, ["StackName": "app"]),
            [
                (.describeOperationEvents, .denied),
                (.describeStackEvents, .payload(Self.events + "parent")),
                (.describeStackEvents, .payload(Self.events + "circle")),
            ]
        )
        #expect(reading.evidence.logicalID == "Leaf")
    }

    @Test func `stacks are followed to a depth`() throws {
        var reading = CauseReading(Subjects.stack)
        reading.take(try Reply.denied.answer(.describeOperationEvents))
        var level = 0
        while let call = reading.next, call.operation == .describeStackEvents {
            let child = "arn:aws:cloudformation:eu-west-1:1:stack/n\(level)/u"
            reading.take(
                try Reply.text(
                    "<R><StackEvents><member><StackId>s</StackId><LogicalResourceId>L\(level)"
                        + "</LogicalResourceId><PhysicalResourceId>\(child)</PhysicalResourceId>"
                        + "<ResourceType>AWS::CloudFormation::Stack</ResourceType>"
                        + "<ResourceStatus>CREATE_FAILED</ResourceStatus>"
                        + "</member></StackEvents></R>"
                ).answer(.describeStackEvents)
            )
            level += 1
        }
        #expect(level == StackReading.depthLimit + 1)
        #expect(reading.evidence.gaps.map(\.kind) == [.bounded])
        #expect(reading.evidence.logicalID == "L\(StackReading.depthLimit)")
    }

    @Test func `events without end are read to a bound`() throws {
        var reading = CauseReading(Subjects.stack)
        reading.take(try Reply.denied.answer(.describeOperationEvents))
        var pages = 0
        while let call = reading.next, call.operation == .describeStackEvents {
            pages += 1
            let rows = (0..<100).map { row in
                "<member><StackId>s</StackId><LogicalResourceId>P\(pages)R\(row)"
                    + "</LogicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType>"
                    + "<ResourceStatus>CREATE_FAILED</ResourceStatus></member>"
            }
            reading.take(
                try Reply.text(
                    "<R><StackEvents>\(rows.joined())</StackEvents><NextToken>t</NextToken></R>"
                ).answer(.describeStackEvents)
            )
        }
        #expect(pages == StackReading.pageLimit)
        #expect(reading.evidence.gaps.map(\.kind) == [.bounded])
        #expect(reading.evidence.logicalID == "P\(StackReading.pageLimit)R99")
    }

    @Test func `what failed before the action began is no cause of it`() throws {
        var subject = Subjects.stack
        subject.startTime = WallTime(rfc3339: "2026-11-23T01:00:04.500Z")
        let reading = try CauseReading.played(
            subject,
            [
                (.describeOperationEvents, .denied),
                (.describeStackEvents, .payload(Self.events + "rollback")),
            ]
        )
        #expect(reading.evidence.logicalID == nil)
        #expect(reading.evidence.status == "UPDATE_ROLLBACK_IN_PROGRESS")
        #expect(reading.evidence.stackStatus == "UPDATE_ROLLBACK_COMPLETE")
    }

    @Test func `without failed events the stack's own tell`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, .payload(Self.operations + "none")),
                (.describeStackEvents, .payload(Self.events + "rollback")),
            ]
        )
        #expect(reading.evidence.logicalID == "Bucket")
    }

    @Test func `a hook that refuses is the cause, one that warns is not`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, .payload(Self.operations + "hook")),
                (.describeStacks, .payload(Self.stacks + "rolling-back")),
            ]
        )
        #expect(reading.evidence.code == "Private::Guard::Encryption")
        #expect(reading.evidence.message == "bucket is not encrypted")
        #expect(reading.evidence.activity == .rollingBack)
    }

    @Test func `a validation that fails is the cause`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, .payload(Self.operations + "validation")),
                (.describeStacks, .payload(Self.stacks + "review")),
            ]
        )
        #expect(reading.evidence.code == "NAME_CONFLICT_VALIDATION")
        #expect(reading.evidence.phase == "CREATE_CHANGESET")
        #expect(reading.evidence.stackStatus == "REVIEW_IN_PROGRESS")
        #expect(reading.evidence.ranUserCode == nil)
    }

    @Test func `a change set that is still available was not executed`() throws {
        let reading = try CauseReading.played(
            Subjects.changeSet,
            [
                (.describeChangeSet, .payload(Self.changeSets + "available")),
                (.describeStacks, .payload(Self.stacks + "rolled-back")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.changeSet?.exists == true)
        #expect(evidence.changeSet?.executionStatus == "AVAILABLE")
        #expect(evidence.ranUserCode == false)
        #expect(evidence.logicalID == nil)
    }

    @Test func `a change set that is gone was consumed, and the events tell why`() throws {
        let reading = try CauseReading.played(
            Subjects.changeSet,
            [
                (
                    .describeChangeSet,
                    .error(
                        "ChangeSetNotFound",
                        status: 404,
                        message: "ChangeSet [release] does not exist"
                    )
                ),
                (.describeOperationEvents, .payload(Self.operations + "failed")),
                (.describeStacks, .payload(Self.stacks + "rolled-back")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.changeSet == ChangeSetFacts(name: "release", exists: false))
        #expect(evidence.code == "Throttling")
        #expect(evidence.gaps.isEmpty)
        #expect(reading.calls == 3)
    }

    @Test func `a change set that nobody may see is no consumed one`() throws {
        let reading = try CauseReading.played(
            Subjects.changeSet,
            [
                (.describeChangeSet, .denied),
                (.describeOperationEvents, .payload(Self.operations + "failed")),
                (.describeStacks, .payload(Self.stacks + "rolled-back")),
            ]
        )
        #expect(reading.evidence.changeSet == nil)
        #expect(
            reading.evidence.gaps.map { $0.permission?.action } == [
                "cloudformation:DescribeChangeSet"
            ]
        )
    }

    @Test func `a change set that could not be created is itself the failure`() throws {
        var subject = Subjects.changeSet
        subject.configuration["ActionMode"] = "CHANGE_SET_REPLACE"
        let reading = try CauseReading.played(
            subject,
            [
                (.describeChangeSet, .payload(Self.changeSets + "failed")),
                (.describeStacks, .payload(Self.stacks + "review")),
            ]
        )
        #expect(reading.evidence.phase == "CREATE_CHANGESET")
        #expect(reading.evidence.status == "FAILED")
        #expect(reading.evidence.message?.hasPrefix("Transform AWS::Serverless") == true)
        #expect(reading.evidence.stackStatus == "REVIEW_IN_PROGRESS")
    }

    @Test func `a stack's own reason counts where events have none`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [
                (.describeOperationEvents, .payload(Self.operations + "none")),
                (.describeStackEvents, .denied),
                (.describeStacks, .payload(Self.stacks + "rollback-failed")),
            ]
        )
        #expect(reading.evidence.stackStatus == "ROLLBACK_FAILED")
        #expect(reading.evidence.message?.contains("failed to delete") == true)
    }

    @Test func `throttling ends the reading`() throws {
        let reading = try CauseReading.played(
            Subjects.stack,
            [(.describeOperationEvents, .error("Throttling", message: "Rate exceeded"))]
        )
        #expect(reading.result == .unavailable(reading.evidence.gaps))
        #expect(reading.evidence.gaps.map(\.kind) == [.throttled])
    }

    @Test func `a stack set names the account and Region that failed`() throws {
        let reading = try CauseReading.played(
            Subjects.stackSet,
            [
                (
                    .listStackSetOperations,
                    .payload("cloudformation.ListStackSetOperations.failed")
                ),
                (
                    .listStackSetOperationResults,
                    .payload("cloudformation.ListStackSetOperationResults.failed")
                ),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.resource == "base/444455556666/eu-west-1")
        #expect(evidence.phase == "UPDATE")
        #expect(evidence.resourceType == "AWS::SNS::Topic")
        #expect(evidence.logicalID == "Topic")
        #expect(evidence.code == "Throttling")
    }

    @Test(
        arguments: [
            ("x (HandlerErrorCode: NotStabilized)", "NotStabilized"),
            ("denied; Error Code: AccessDenied; Request ID: 1", "AccessDenied"),
            ("Error Code: S3:Slow-Down", "S3:Slow-Down"), ("HandlerErrorCode: ", nil),
            ("no code", nil), ("Error Code: \u{e4}", nil),
        ] as [(String, String?)]
    )
    func `the code is that of the handler or the service`(
        _ text: String,
        _ code: String?
    ) {
        #expect(CauseCode.handler(in: text) == code)
    }
}
