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

    private static let scenario = """
        region: eu-west-1
        credentials:
          - { access_key_id: AKIDEXAMPLE, secret_access_key: example-secret-key }
        pipelines:
          - name: web
            starts: [0s]
            stages:
              - { name: Source, actions: [{ name: Fetch, category: Source }] }
              - name: Deploy
                actions:
                  - name: Build
                    attempts:
                      - result: fail
                        cause:
                          phase: INSTALL
                          code: COMMAND_EXECUTION_ERROR
                          message: "Error while executing command: npm ci. Reason: exit status 1"
                          log: [npm ERR! code ECONNRESET, npm ERR! network aborted]
                  - name: Secret
                    attempts: [{ result: fail, cause: { denied: true } }]
                  - name: Stack
                    category: Deploy
                    provider: CloudFormation
                    configuration: { StackName: app, ActionMode: CREATE_UPDATE }
                    attempts:
                      - result: fail
                        cause:
                          resource: Bucket
                          type: AWS::S3::Bucket
                          status: CREATE_FAILED
                          message: "Rate exceeded <S3> (HandlerErrorCode: Throttling)"
                          stack_status: ROLLBACK_COMPLETE
                  - name: Hosts
                    category: Deploy
                    provider: CodeDeploy
                    configuration: { ApplicationName: shop, DeploymentGroupName: prod }
                    attempts:
                      - result: fail
                        cause:
                          phase: AfterInstall
                          code: HEALTH_CONSTRAINTS
                          message: scripts/install.sh failed with exit code 1
                          log: ["[stderr]no space left"]
                  - name: Tasks
                    category: Deploy
                    provider: ECS
                    configuration: { ClusterName: cl, ServiceName: web }
                    attempts:
                      - result: fail
                        cause:
                          code: TaskFailedToStart
                          message: "CannotPullContainerError: toomanyrequests"
                  - name: Machine
                    category: Invoke
                    provider: StepFunctions
                    configuration:
                      StateMachineArn: arn:aws:states:eu-west-1:111122223333:stateMachine:release
                    attempts:
                      - result: fail
                        cause: { code: States.TaskFailed, message: the queue did not drain }
                  - name: Site
                    category: Deploy
                    provider: ElasticBeanstalk
                    configuration: { ApplicationName: shop, EnvironmentName: shop-prod }
                    attempts:
                      - result: fail
                        cause:
                          message: "Command failed on instance. Return code: 2 Output: no"
        """

    private let clock = ManualClock()

    private func service() throws -> SimulatedService {
        let scenario = try ScenarioReader.read(Self.scenario, file: "causes.yaml")
        return SimulatedService(
            scenario,
            clock: { ModelTime(milliseconds: clock.wall.milliseconds) }
        )
    }

    /// The cause of an action, by the id that the simulator's row of it has.
    private func cause(
        _ action: String,
        _ provider: String,
        _ configuration: [String: String] = [:]
    ) async throws -> CauseResult {
        let simulator = Simulator(service: try service())
        clock.advance(by: .seconds(5))
        let client = RootCauseClient(
            endpoints: try CauseEndpointsTests.endpoints(pipelineURL: "http://127.0.0.1:1"),
            transport: simulator,
            environment: CallEnvironment(
                wallTime: { clock.wall },
                instant: { clock.now },
                sleep: { _ in },
                random: { 0 }
            )
        )
        let keys = StaticCredentials(
            Credentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("example-secret-key"))
        )
        let rows = AWSServiceClient(
            endpoint: Endpoint(
                url: "http://127.0.0.1:1",
                signingRegion: "eu-west-1",
                service: .codePipeline
            ),
            transport: simulator,
            credentials: keys,
            environment: CallEnvironment(
                wallTime: { clock.wall },
                instant: { clock.now },
                sleep: { _ in },
                random: { 0 }
            )
        )
        let answer = await rows.call(
            AWSOperation.listActionExecutions.definition,
            body: Array("{\"pipelineName\":\"web\"}".utf8)
        )
        guard case .accepted(let body, _) = answer, let page = JSON.readObject(body) else {
            Issue.record("\(answer)")
            return .notRead
        }
        let row = page["actionExecutionDetails"]?.array?
            .first { $0["actionName"]?.string == action }
        let subject = CauseSubject(
            provider: provider,
            region: "eu-west-1",
            externalExecutionID: row?["output"]?["executionResult"]?["externalExecutionId"]?.string,
            configuration: configuration,
            startTime: row?["startTime"]?.double.flatMap(WallTime.init(epochSeconds:))
        )
        return await client.read(
            subject,
            credentials: keys,
            deadline: clock.now + RootCauseClient.budget
        )
        .result
    }

    @Test func `a build tells its phase and log`() async throws {
        let evidence = try #require(try await cause("Build", "CodeBuild").evidence)
        #expect(evidence.phase == "INSTALL")
        #expect(evidence.code == "COMMAND_EXECUTION_ERROR")
        #expect(evidence.ranUserCode == true)
        #expect(
            evidence.logLines == ["npm ERR! code ECONNRESET", "npm ERR! network aborted"]
        )
        #expect(evidence.gaps.isEmpty)
    }

    @Test func `a denied build names the permission`() async throws {
        let gaps = try await cause("Secret", "CodeBuild").gaps
        #expect(gaps.compactMap(\.permission?.action) == ["codebuild:BatchGetBuilds"])
    }

    @Test func `a stack tells the resource that failed, and its status`() async throws {
        let configuration = ["StackName": "app", "ActionMode": "CREATE_UPDATE"]
        let result = try await cause("Stack", "CloudFormation", configuration)
        let evidence = try #require(result.evidence)
        #expect(evidence.resourceType == "AWS::S3::Bucket")
        #expect(evidence.status == "CREATE_FAILED")
        #expect(evidence.code == "Throttling")
        #expect(evidence.message == "Rate exceeded <S3> (HandlerErrorCode: Throttling)")
        #expect(evidence.stackStatus == "ROLLBACK_COMPLETE")
        #expect(evidence.phase == "UPDATE_STACK")
    }

    @Test func `a change set that was not executed is available`() async throws {
        let configuration = [
            "StackName": "app", "ActionMode": "CHANGE_SET_REPLACE", "ChangeSetName": "release",
        ]
        let evidence = try await cause("Stack", "CloudFormation", configuration).evidence
        #expect(evidence?.changeSet?.executionStatus == "AVAILABLE")
    }

    @Test func `a deployment tells its lifecycle event`() async throws {
        let evidence = try #require(try await cause("Hosts", "CodeDeploy").evidence)
        #expect(evidence.code == "HEALTH_CONSTRAINTS")
        #expect(evidence.lifecycleEvent == "AfterInstall")
        #expect(evidence.diagnosticCode == "ScriptFailed")
        #expect(evidence.logLines == ["[stderr]no space left"])
    }

    @Test func `a service tells why its task stopped`() async throws {
        let configuration = ["ClusterName": "cl", "ServiceName": "web"]
        let evidence = try #require(try await cause("Tasks", "ECS", configuration).evidence)
        #expect(evidence.stopCode == "TaskFailedToStart")
        #expect(evidence.code == "CannotPullContainerError")
        #expect(evidence.ranUserCode == false)
    }

    @Test func `an execution of a state machine tells its error`() async throws {
        let evidence = try #require(try await cause("Machine", "StepFunctions").evidence)
        #expect(evidence.status == "FAILED")
        #expect(evidence.code == "States.TaskFailed")
        #expect(evidence.message == "the queue did not drain")
        #expect(evidence.resource?.contains(":execution:release:") == true)
    }

    @Test func `an environment tells the error of its events`() async throws {
        let configuration = ["ApplicationName": "shop", "EnvironmentName": "shop-prod"]
        let result = try await cause("Site", "ElasticBeanstalk", configuration)
        let evidence = try #require(result.evidence)
        #expect(evidence.message == "Command failed on instance. Return code: 2 Output: no")
        #expect(evidence.exitCode == 2)
        #expect(evidence.resource == "shop-prod")
    }
}
