import AWSClient
import CodePipelineSimulator
import Primitives
import RetryTestSupport
import Testing

@testable import RootCauseClient

/// The simulator's services, read by the real client: signed, over JSON and XML.
@Suite struct SimulatedCauseTests {
    /// A service that answers in this process.
    private struct Simulator: HTTPTransport {
        let service: SimulatedService

        func send(
            _ request: HTTPRequest,
            limits: HTTPLimits
        ) async throws(TransportError) -> HTTPResponse {
            let answer = service.answer(
                SimulatorRequest(
                    method: request.method,
                    target: "/",
                    headers: request.headers.map { (name: $0.name, value: $0.value) },
                    body: request.body
                )
            )
            return HTTPResponse(
                status: answer.response.status,
                headers: answer.response.headers.map { HTTPHeader($0.name, $0.value) },
                body: answer.response.body
            )
        }
    }

    private let clock = ManualClock()

    private func service() throws -> SimulatedService {
        let path = "Tests/Interop/simulator/causes.yaml"
        let scenario = try ScenarioReader.read(try ProjectRoot.text(path), file: path)
        return SimulatedService(
            scenario,
            clock: { ModelTime(milliseconds: clock.wall.milliseconds) }
        )
    }

    private var environment: CallEnvironment {
        CallEnvironment(
            wallTime: { clock.wall },
            instant: { clock.now },
            sleep: { _ in },
            random: { 0 }
        )
    }

    private static let keys = StaticCredentials(
        Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("example-secret-key"))
    )

    /// The reading of an action's cause, as its row in the simulator names what ran.
    private func reading(_ action: String, more: [String: String] = [:]) async throws
        -> CauseReading
    {
        let simulator = Simulator(service: try service())
        clock.advance(by: .seconds(5))
        let rows = AWSServiceClient(
            endpoint: Endpoint(
                url: "http://127.0.0.1:1",
                signingRegion: "eu-west-1",
                service: .codePipeline
            ),
            transport: simulator,
            credentials: Self.keys,
            environment: environment
        )
        let answer = await rows.call(
            AWSOperation.listActionExecutions.definition,
            body: Array("{\"pipelineName\":\"web\"}".utf8)
        )
        guard case .accepted(let body, _) = answer else { throw UnreadableAnswer("\(answer)") }
        let found = JSON.readObject(body)?["actionExecutionDetails"]?.array?
            .first { $0["actionName"]?.string == action }
        let row = try #require(found)
        let input = try #require(row["input"])
        let result = row["output"]?["executionResult"]
        let configuration = input["resolvedConfiguration"]?.object?.compactMapValues(\.string)
        let subject = CauseSubject(
            provider: try #require(input["actionTypeId"]?["provider"]?.string),
            region: "eu-west-1",
            externalExecutionID: result?["externalExecutionId"]?.string,
            configuration: (configuration ?? [:]).merging(more) { $1 },
            logStreamARN: result?["logStreamARN"]?.string,
            startTime: row["startTime"]?.double.flatMap(WallTime.init(epochSeconds:))
        )
        let client = RootCauseClient(
            endpoints: try CauseEndpointsTests.endpoints(pipelineURL: "http://127.0.0.1:1"),
            transport: simulator,
            environment: environment
        )
        return await client.read(
            subject,
            credentials: Self.keys,
            deadline: clock.now + RootCauseClient.budget
        )
    }

    /// What an action's cause is; nothing of it may be missing.
    private func evidence(
        _ action: String,
        calls: Int,
        more: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> CauseEvidence {
        let reading = try await reading(action, more: more)
        #expect(reading.calls == calls, sourceLocation: sourceLocation)
        #expect(reading.result.gaps == [], sourceLocation: sourceLocation)
        return try #require(reading.result.evidence, sourceLocation: sourceLocation)
    }

    @Test func `a build tells its phase and log`() async throws {
        let evidence = try await evidence("Build", calls: 2)
        #expect(evidence.phase == "INSTALL")
        #expect(evidence.code == "COMMAND_EXECUTION_ERROR")
        #expect(evidence.ranUserCode == true)
        #expect(evidence.activity == nil)
        #expect(
            evidence.logLines == ["npm ERR! code ECONNRESET", "npm ERR! network aborted"]
        )
    }

    @Test func `a build that CodeBuild repeats is under way`() async throws {
        let evidence = try await evidence("Again", calls: 1)
        #expect(evidence.activity == .retrying)
        #expect(evidence.phase == "PROVISIONING")
        #expect(evidence.ranUserCode == false)
    }

    @Test func `a batch tells the build that failed in it`() async throws {
        let evidence = try await evidence("Batch", calls: 3)
        #expect(evidence.phase == "BUILD")
        #expect(evidence.resource?.hasPrefix("app:") == true)
        #expect(evidence.message == "Error while executing command: make. Reason: exit status 2")
        #expect(evidence.logLines == ["make broke"])
        #expect(evidence.consoleURL?.contains("/projects/app/build/app%3A") == true)
    }

    @Test func `a batch that failed before its builds tells so itself`() async throws {
        let evidence = try await evidence("Spec", calls: 1)
        #expect(evidence.phase == "DOWNLOAD_BATCHSPEC")
        #expect(evidence.code == "YAML_FILE_ERROR")
        #expect(evidence.ranUserCode == false)
        #expect(evidence.consoleURL?.contains("/projects/app/batch/app%3A") == true)
    }

    @Test func `commands tell their log`() async throws {
        let evidence = try await evidence("Shell", calls: 1)
        #expect(evidence.logLines.last == "run.sh: no such file")
        #expect(evidence.ranUserCode == true)
        #expect(evidence.resource?.hasPrefix("/aws/codepipeline/web/") == true)
    }

    @Test func `a denied build names the permission`() async throws {
        let gaps = try await reading("Secret").result.gaps
        #expect(gaps.compactMap(\.permission?.action) == ["codebuild:BatchGetBuilds"])
    }

    @Test func `a stack tells the resource that failed, and its status`() async throws {
        let evidence = try await evidence("Stack", calls: 2)
        #expect(evidence.resourceType == "AWS::S3::Bucket")
        #expect(evidence.status == "CREATE_FAILED")
        #expect(evidence.code == "Throttling")
        #expect(evidence.message == "Rate exceeded <S3> (HandlerErrorCode: Throttling)")
        #expect(evidence.stackStatus == "ROLLBACK_COMPLETE")
        #expect(evidence.phase == "UPDATE_STACK")
        #expect(evidence.activity == nil)
    }

    @Test func `nested stacks are followed to the resource`() async throws {
        let evidence = try await evidence("Nest", calls: 4)
        #expect(evidence.resourceType == "AWS::EC2::Route")
        #expect(evidence.logicalID == "Route")
        #expect(evidence.code == "AlreadyExists")
        #expect(evidence.stackStatus == "UPDATE_ROLLBACK_IN_PROGRESS")
        #expect(evidence.activity == .rollingBack)
    }

    @Test func `a change set that was not executed is available`() async throws {
        let more = ["ActionMode": "CHANGE_SET_REPLACE", "ChangeSetName": "release"]
        let evidence = try await evidence("Stack", calls: 2, more: more)
        #expect(evidence.changeSet?.executionStatus == "AVAILABLE")
    }

    @Test func `a stack set tells the place that failed`() async throws {
        let evidence = try await evidence("Fleet", calls: 2)
        #expect(evidence.resource == "base/444455556666/eu-central-1")
        #expect(evidence.code == "ServiceLimitExceeded")
        #expect(evidence.resourceType == "AWS::IAM::Role")
        #expect(evidence.logicalID == "Role")
        #expect(evidence.phase == "UPDATE")
    }

    @Test func `a product tells the error of its record`() async throws {
        let evidence = try await evidence("Product", calls: 1)
        #expect(evidence.resource == "vpc")
        #expect(evidence.code == "InvalidParameters")
        #expect(evidence.message == "the CIDR overlaps")
    }

    @Test func `a deployment tells its lifecycle event and that it is rolled back`() async throws {
        let evidence = try await evidence("Hosts", calls: 4)
        #expect(evidence.code == "HEALTH_CONSTRAINTS")
        #expect(evidence.lifecycleEvent == "AfterInstall")
        #expect(evidence.diagnosticCode == "ScriptFailed")
        #expect(evidence.logLines == ["[stderr]no space left"])
        #expect(evidence.activity == .rollingBack)
    }

    @Test func `a deployment to a service tells the task that stopped`() async throws {
        let evidence = try await evidence("Green", calls: 5)
        #expect(evidence.lifecycleEvent == "Install")
        #expect(evidence.stopCode == "TaskFailedToStart")
        #expect(evidence.code == "CannotPullContainerError")
    }

    @Test func `a service tells why its task stopped`() async throws {
        let evidence = try await evidence("Tasks", calls: 3)
        #expect(evidence.stopCode == "TaskFailedToStart")
        #expect(evidence.code == "CannotPullContainerError")
        #expect(evidence.ranUserCode == false)
    }

    @Test func `a service without a stopped task tells its deployment`() async throws {
        let evidence = try await evidence("Quiet", calls: 4)
        #expect(evidence.phase == "SCALE_UP")
        #expect(evidence.status == "ROLLBACK_IN_PROGRESS")
        #expect(evidence.activity == .rollingBack)
        #expect(evidence.message?.hasPrefix("Service deployment rolled back") == true)
    }

    @Test func `an execution of a state machine tells its error`() async throws {
        let evidence = try await evidence("Machine", calls: 1)
        #expect(evidence.status == "FAILED")
        #expect(evidence.code == "States.TaskFailed")
        #expect(evidence.message == "the queue did not drain")
        #expect(evidence.resource?.contains(":execution:release:") == true)
    }

    @Test func `an environment tells the error of its events`() async throws {
        let evidence = try await evidence("Site", calls: 1)
        #expect(evidence.message == "Command failed on instance. Return code: 2 Output: no")
        #expect(evidence.exitCode == 2)
        #expect(evidence.resource == "shop-prod")
    }
}
