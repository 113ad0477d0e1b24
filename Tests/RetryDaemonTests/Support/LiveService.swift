import AWSClient
import CodePipelineClient
import Primitives
import RetryCore
import RetryDaemon
import RetryTestSupport

extension ScriptedTransport {
    /// An answer of AWS.
    static func http(_ status: Int, _ body: String) -> ScriptedTransport {
        ScriptedTransport(
            always: .success(
                HTTPResponse(
                    status: status,
                    headers: [
                        HTTPHeader("x-amzn-RequestId", "r1"),
                        HTTPHeader("Date", "Mon, 23 Nov 2026 01:00:00 GMT"),
                    ],
                    body: Array(body.utf8)
                )
            )
        )
    }

    /// An error of AWS.
    static func error(_ code: String, status: Int = 400) -> ScriptedTransport {
        http(status, #"{"__type":"\#(code)","message":"it said so"}"#)
    }

    /// The service behind it, at a frozen time.
    var service: LivePipelineService {
        LivePipelineService(over: self, wall: { ManualClock.start }, instant: { .origin })
    }
}

extension LivePipelineService {
    /// The daemon's own client and mapping over a test's transport and clock.
    init(
        over transport: any HTTPTransport,
        wall: @escaping @Sendable () -> WallTime,
        instant: @escaping @Sendable () -> Instant
    ) {
        let client = AWSServiceClient(
            endpoint: Endpoint(
                url: "https://codepipeline.eu-west-1.amazonaws.com",
                signingRegion: "eu-west-1",
                service: .codePipeline
            ),
            transport: transport,
            credentials: StaticCredentials(
                Credentials(accessKeyID: "AKIA", secretAccessKey: Secret("s"))
            ),
            environment: CallEnvironment(
                wallTime: wall,
                instant: instant,
                sleep: { _ throws(CancellationError) in },
                random: { 0.5 }
            )
        )
        self.init(CodePipelineClient(client, digester: BodyDigester(seed: (1, 2))))
    }
}
