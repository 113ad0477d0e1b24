import Primitives
import Testing

@testable import RootCauseClient

@Suite struct OtherReadingTests {
    @Test func `an execution of a state machine has error and cause`() throws {
        let reading = try CauseReading.played(
            Subjects.stateMachine,
            [(.describeExecution, .payload("stepfunctions.DescribeExecution.failed"))]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.code == "States.Timeout")
        #expect(evidence.message == "The task 'Load' timed out after 15 seconds")
        #expect(evidence.status == "FAILED")
        #expect(evidence.ranUserCode == true)
    }

    @Test func `the first error of an environment that is no consequence is the cause`() throws {
        let reading = try CauseReading.played(
            Subjects.environment,
            [(.describeEnvironmentEvents, .payload("elasticbeanstalk.DescribeEvents.failed"))]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.message?.contains("failed to install application dependencies") == true)
        #expect(evidence.status == "ERROR")
        #expect(evidence.resource == "shop-prod")
    }

    @Test func `without a time the newest error is the cause, with its exit code`() throws {
        var subject = Subjects.environment
        subject.startTime = nil
        let reading = try CauseReading.played(
            subject,
            [(.describeEnvironmentEvents, .payload("elasticbeanstalk.DescribeEvents.failed"))]
        )
        #expect(reading.evidence.exitCode == 2)
        #expect(reading.evidence.ranUserCode == true)
    }

    @Test func `a request to Service Catalog has its first error`() throws {
        let reading = try CauseReading.played(
            Subjects.catalog,
            [(.describeRecord, .payload("servicecatalog.DescribeRecord.failed"))]
        )
        #expect(reading.evidence.code == "INTERNAL_FAILURE")
        #expect(reading.evidence.phase == "PROVISION_PRODUCT")
    }

    @Test(arguments: ["Lambda", "S3", "AppConfig", "Manual", "GitHub", "", "codebuild"])
    func `providers whose words CodePipeline has are not read`(_ provider: String) {
        let reading = CauseReading(Subjects.of(provider, "x"))
        #expect(reading.next == nil)
        #expect(reading.result == .notRead)
    }

    @Test(
        arguments: [
            Subjects.of("CodeBuild"), Subjects.of("CodeBuild", ""),
            Subjects.of("CodeBuild", String(repeating: "x", count: 4000)),
            Subjects.of("CloudFormation", "arn:aws:lambda:r:1:function:f"),
            Subjects.of("ECS", nil, ["ClusterName": "c"]), Subjects.of("Commands", "no-arn"),
            Subjects.of("StepFunctions", "arn:aws:logs:r:1:x"), Subjects.of("CodeDeploy"),
            Subjects.of("ElasticBeanstalk"), Subjects.of("ServiceCatalog", "prod-1"),
            Subjects.of("CloudFormationStackInstances"),
        ]
    )
    func `an action that does not say what ran cannot be read`(_ subject: CauseSubject) {
        let reading = CauseReading(subject)
        #expect(reading.next == nil)
        #expect(reading.result == .notIdentified)
    }

    @Test func `every provider that is read has a subject here`() {
        let providers = Set(Subjects.all.map(\.provider))
        let known = Set(CauseProvider.allCases.map(\.rawValue))
        #expect(known.subtracting(providers) == ["CloudFormationStackInstances"])
    }
}
