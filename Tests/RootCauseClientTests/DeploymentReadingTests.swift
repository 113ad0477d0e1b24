import Primitives
import Testing

@testable import RootCauseClient

@Suite struct DeploymentReadingTests {
    private static let deployments = "codedeploy.GetDeployment."
    private static let lists = "codedeploy.ListDeploymentTargets."
    private static let targets = "codedeploy.BatchGetDeploymentTargets."

    @Test func `the lifecycle event that failed first is the cause`() throws {
        let reading = try CauseReading.played(
            Subjects.deployment,
            [
                (.getDeployment, .payload(Self.deployments + "health")),
                (.listDeploymentTargets, .payload(Self.lists + "two")),
                (.batchGetDeploymentTargets, .payload(Self.targets + "script")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.resource == "shop/prod/d-ABCDEFGH1")
        #expect(evidence.status == "Failed")
        #expect(evidence.code == "HEALTH_CONSTRAINTS")
        #expect(evidence.lifecycleEvent == "AfterInstall")
        #expect(evidence.diagnosticCode == "ScriptFailed")
        #expect(evidence.message?.contains("install.sh run as user root") == true)
        #expect(evidence.logLines.last == "[stderr]curl: (6) Could not resolve host: repo.example")
        #expect(evidence.ranUserCode == true)
        #expect(evidence.activity == nil)
        #expect(reading.calls == 3)
    }

    @Test(arguments: [("rollback-running", true), ("rollback-done", false)])
    func `a rollback is under way until it has ended`(
        _ payload: String,
        _ isUnderWay: Bool
    ) throws {
        let reading = try CauseReading.played(
            Subjects.deployment,
            [
                (.getDeployment, .payload(Self.deployments + "rolled-back")),
                (.listDeploymentTargets, .payload(Self.lists + "two")),
                (.batchGetDeploymentTargets, .denied),
                (.getDeployment, .payload(Self.deployments + payload)),
            ]
        )
        #expect(reading.evidence.activity == (isUnderWay ? .rollingBack : nil))
        #expect(reading.evidence.code == "HEALTH_CONSTRAINTS")
        #expect(reading.evidence.gaps.map(\.kind) == [.denied])
    }

    @Test func `a deployment that never began has no targets to read`() throws {
        let reading = try CauseReading.played(
            Subjects.deployment,
            [(.getDeployment, .payload(Self.deployments + "throttled"))]
        )
        #expect(reading.evidence.code == "THROTTLED")
        #expect(reading.evidence.ranUserCode == false)
    }

    @Test func `no failed target leaves the deployment's own error`() throws {
        let reading = try CauseReading.played(
            Subjects.deployment,
            [
                (.getDeployment, .payload(Self.deployments + "health")),
                (.listDeploymentTargets, .payload(Self.lists + "none")),
            ]
        )
        #expect(reading.evidence.code == "HEALTH_CONSTRAINTS")
        #expect(reading.evidence.ranUserCode == nil)
    }

    @Test func `a deployment to ECS that fails in Install is read from its tasks`() throws {
        let reading = try CauseReading.played(
            Subjects.blueGreen,
            [
                (.getDeployment, .payload(Self.deployments + "ecs")),
                (.listDeploymentTargets, .payload(Self.lists + "two")),
                (.batchGetDeploymentTargets, .payload(Self.targets + "ecs")),
                (.listTasks, .payload("ecs.ListTasks.three")),
                (.describeTasks, .payload("ecs.DescribeTasks.memory")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.lifecycleEvent == "Install")
        #expect(evidence.stopCode == "EssentialContainerExited")
        #expect(evidence.exitCode == 137)
        #expect(evidence.status == "Failed")
        #expect(evidence.resource == "shop/prod/d-ABCDEFGH1")
    }

    @Test func `another deployment's answer is no evidence`() throws {
        let reading = try CauseReading.played(
            Subjects.of("CodeDeploy", "d-OTHER"),
            [(.getDeployment, .payload(Self.deployments + "health"))]
        )
        #expect(reading.result.evidence == nil)
        #expect(reading.result.gaps.map(\.kind) == [.unreadable])
    }
}
