import Primitives
import Testing

@testable import RootCauseClient

/// The files that the AWS CLI prints tell what a live reading would.
@Suite struct CauseFilesTests {
    private func evidence(_ names: String...) throws -> CauseEvidence {
        var files = CauseFiles()
        for name in names { try files.take(try Payload.bytes("\(name).json")) }
        return files.evidence
    }

    @Test(
        arguments: [
            ("codebuild.BatchGetBuilds.failed-command", CauseDocument.builds),
            ("codebuild.BatchGetBuildBatches.failed", .batches),
            ("logs.GetLogEvents.tail", .logEvents),
            ("cloudformation.DescribeStackEvents.rollback", .stackEvents),
            ("cloudformation.DescribeEvents.failed", .operationEvents),
            ("cloudformation.DescribeStacks.rolled-back", .stacks),
            ("cloudformation.DescribeChangeSet.available", .changeSet),
            ("codedeploy.GetDeployment.health", .deployment),
            ("codedeploy.BatchGetDeploymentTargets.script", .deploymentTargets),
            ("ecs.DescribeServices.stuck", .services), ("ecs.DescribeTasks.pull", .tasks),
            ("ecs.DescribeServiceDeployments.rollback", .serviceDeployments),
            ("stepfunctions.DescribeExecution.failed", .execution),
            ("elasticbeanstalk.DescribeEvents.failed", .environmentEvents),
            ("servicecatalog.DescribeRecord.failed", .record),
        ]
    )
    func `a document is told by its members`(_ name: String, _ document: CauseDocument) throws {
        var files = CauseFiles()
        #expect(try files.take(try Payload.bytes("\(name).json")) == document)
        #expect(files.evidence.isKnown)
    }

    @Test func `a build and its log, in any order`() throws {
        let (build, log) = ("codebuild.BatchGetBuilds.failed-command", "logs.GetLogEvents.tail")
        let found = try evidence(build, log)
        #expect(try evidence(log, build) == found)
        let live = try CauseReading.played(
            Subjects.build,
            [(.batchGetBuilds, .payload(build)), (.getLogEvents, .payload(log))]
        )
        #expect(found == live.evidence)
    }

    @Test func `the files of nested stacks lead to the resource that failed`() throws {
        let names = ["leaf", "parent", "child"].map { "cloudformation.DescribeStackEvents.\($0)" }
        let found = try evidence(names[0], names[1], names[2])
        #expect(found == (try evidence(names[1], names[2], names[0])))
        #expect(found.resourceType == "AWS::IAM::Role")
        #expect(found.code == "AccessDenied")
        #expect(found.stackStatus == "UPDATE_ROLLBACK_FAILED")
        #expect(found.provider == "CloudFormation")
    }

    @Test func `stacks that contain each other end`() throws {
        let found = try evidence(
            "cloudformation.DescribeStackEvents.parent",
            "cloudformation.DescribeStackEvents.circle"
        )
        #expect(found.status?.hasSuffix("FAILED") == true)
    }

    @Test func `a deployment and its targets`() throws {
        let found = try evidence(
            "codedeploy.BatchGetDeploymentTargets.script",
            "codedeploy.GetDeployment.health"
        )
        #expect(found.provider == "CodeDeploy")
        #expect(found.code == "HEALTH_CONSTRAINTS")
        #expect(found.diagnosticCode == "ScriptFailed")
    }

    @Test func `a service and its tasks`() throws {
        let found = try evidence("ecs.DescribeTasks.pull", "ecs.DescribeServices.stuck")
        #expect(found.provider == "ECS")
        #expect(found.code == "CannotPullContainerError")
        #expect(found.consoleURL?.contains("/clusters/cl/services/web/") == true)
    }

    @Test func `times as the AWS CLI prints them are read`() throws {
        var files = CauseFiles()
        let text = """
            {"StackEvents": [
              {"StackId": "s", "LogicalResourceId": "B", "ResourceType": "AWS::S3::Bucket",
               "Timestamp": "2026-11-23T02:00:03.000000+01:00", "ResourceStatus": "CREATE_FAILED"},
              {"StackId": "s", "LogicalResourceId": "A", "ResourceType": "AWS::S3::Bucket",
               "Timestamp": "2026-11-23T01:00:02+00:00", "ResourceStatus": "CREATE_FAILED"}
            ]}
            """
        try files.take(Array(text.utf8))
        #expect(files.evidence.logicalID == "A")
    }

    @Test func `events that come oldest first are put in order`() throws {
        var files = CauseFiles()
        let rows = (1...9).map { second in
            "{\"StackId\":\"s\",\"LogicalResourceId\":\"R\(second)\",\"ResourceType\":\"T\","
                + "\"Timestamp\":\"2026-11-23T01:00:0\(second)Z\","
                + "\"ResourceStatus\":\"CREATE_FAILED\"}"
        }
        try files.take(Array("{\"OperationEvents\":[\(rows.joined(separator: ","))]}".utf8))
        #expect(files.evidence.logicalID == "R1")
    }

    @Test func `ten thousand events of a file are passed once`() throws {
        var files = CauseFiles()
        let rows = (0..<10_000).map { row in
            "{\"StackId\":\"s\",\"LogicalResourceId\":\"R\(row)\",\"ResourceType\":\"T\","
                + "\"ResourceStatus\":\"CREATE_FAILED\",\"ResourceStatusReason\":\"why\"}"
        }
        try files.take(Array("{\"StackEvents\":[\(rows.joined(separator: ","))]}".utf8))
        #expect(files.evidence.logicalID == "R9999")
    }

    @Test(
        arguments: [
            "", "null", "[]", "{}", "{\"pipelineName\":\"p\"}", "builds", "{\"builds\":",
            "<StackEvents/>",
        ]
    )
    func `anything else is refused with what is expected`(_ text: String) throws {
        var files = CauseFiles()
        let error = #expect(throws: CauseFileError.self) { try files.take(Array(text.utf8)) }
        #expect(error?.description.contains("batch-get-builds") == true)
        #expect(!files.evidence.isKnown)
    }

    @Test func `a document whose rest is something else is refused`() throws {
        var files = CauseFiles()
        let error = #expect(throws: CauseFileError.self) {
            try files.take(Array("{\"builds\":[{\"id\":7}]}".utf8))
        }
        #expect(error?.description.hasPrefix("it has builds, ") == true)
    }

    @Test func `every hostile body is refused or tells nothing`() {
        for (name, body) in HostileAnswerTests.bodies {
            var files = CauseFiles()
            do {
                try files.take(body)
            } catch {
                #expect(!error.description.isEmpty)
            }
            #expect(!files.evidence.isKnown, "\(name)")
        }
    }
}
