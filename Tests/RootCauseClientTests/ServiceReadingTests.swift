import Primitives
import Testing

@testable import RootCauseClient

@Suite struct ServiceReadingTests {
    private static let services = "ecs.DescribeServices."
    private static let lists = "ecs.ListTasks."
    private static let tasks = "ecs.DescribeTasks."

    @Test func `the task that stopped first for a reason is the cause`() throws {
        let reading = try CauseReading.played(
            Subjects.service,
            [
                (.describeServices, .payload(Self.services + "stuck")),
                (.listTasks, .payload(Self.lists + "three")),
                (.describeTasks, .payload(Self.tasks + "pull")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.stopCode == "TaskFailedToStart")
        #expect(evidence.code == "CannotPullContainerError")
        #expect(evidence.message?.hasSuffix("pull rate limit") == true)
        #expect(evidence.ranUserCode == false)
        #expect(evidence.status == "IN_PROGRESS")
        #expect(evidence.activity == nil)
        #expect(
            evidence.consoleURL
                == "https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/cl/services/web/events"
        )
        #expect(reading.calls == 3)
    }

    @Test func `a container that exits is the cause, with its code and reason`() throws {
        let reading = try CauseReading.played(
            Subjects.service,
            [
                (.describeServices, .payload(Self.services + "broken")),
                (.listTasks, .payload(Self.lists + "three")),
                (.describeTasks, .payload(Self.tasks + "memory")),
            ]
        )
        let evidence = try #require(reading.result.evidence)
        #expect(evidence.stopCode == "EssentialContainerExited")
        #expect(evidence.exitCode == 137)
        #expect(evidence.code == "OutOfMemoryError")
        #expect(
            evidence.message
                == "Essential container in task exited: OutOfMemoryError: Container killed due to "
                + "memory usage"
        )
        #expect(evidence.ranUserCode == true)
        #expect(evidence.status == "FAILED")
        #expect(evidence.activity == .rollingBack)
    }

    @Test func `an interrupted Spot task is told by its stop code`() throws {
        let reading = try CauseReading.played(
            Subjects.service,
            [
                (.describeServices, .denied),
                (.listTasks, .payload(Self.lists + "three")),
                (.describeTasks, .payload(Self.tasks + "spot")),
            ]
        )
        #expect(reading.evidence.stopCode == "SpotInterruption")
        #expect(reading.evidence.ranUserCode == nil)
        #expect(reading.evidence.gaps.map(\.kind) == [.denied])
    }

    @Test func `without stopped tasks the service's events and deployments tell`() throws {
        let reading = try CauseReading.played(
            Subjects.service,
            [
                (.describeServices, .payload(Self.services + "place")),
                (.listTasks, .payload(Self.lists + "none")),
                (.listServiceDeployments, .payload("ecs.ListServiceDeployments.two")),
                (
                    .describeServiceDeployments,
                    .payload("ecs.DescribeServiceDeployments.rollback")
                ),
            ]
        )
        #expect(reading.evidence.phase == "SCALE_UP")
        #expect(reading.evidence.status == "ROLLBACK_IN_PROGRESS")
        #expect(reading.evidence.activity == .rollingBack)
        #expect(reading.evidence.message?.contains("circuit breaker") == true)
    }

    @Test func `a service's first event since the start that reports a failure counts`() throws {
        let reading = try CauseReading.played(
            Subjects.service,
            [
                (.describeServices, .payload(Self.services + "place")),
                (.listTasks, .denied), (.listServiceDeployments, .denied),
            ]
        )
        #expect(reading.evidence.message?.contains("unable to place a task") == true)
        #expect(
            reading.evidence.gaps.compactMap(\.permission?.action) == [
                "ecs:ListTasks", "ecs:ListServiceDeployments",
            ]
        )
    }

    @Test func `a service that is gone is no evidence`() throws {
        let reading = try CauseReading.played(
            Subjects.service,
            [(.describeServices, .payload(Self.services + "none"))]
        )
        #expect(reading.result.gaps.map(\.kind) == [.missing])
    }

    @Test(
        arguments: [
            ("CannotPullContainerError: x", "CannotPullContainerError"),
            ("ResourceInitializationError: y", "ResourceInitializationError"),
            ("Task failed to start", nil), ("Error: z", nil), ("TaskError", nil), ("", nil),
        ] as [(String, String?)]
    )
    func `the code is the word that a reason begins with`(_ text: String, _ code: String?) {
        #expect(CauseCode.leading(in: text) == code)
    }
}
