import AWSClient
import CodePipelineClient
import Primitives
import Testing
import RetryTestSupport

extension ScriptedTransport {
    /// Target and body of each request.
    var sent: [String] {
        requests.map { request in
            let target = request.header("x-amz-target") ?? ""
            return "\(target) \(String(decoding: request.body, as: UTF8.self))"
        }
    }

    /// A client of this service with credentials and a frozen clock.
    func client(
        credentials: any CredentialsProvider = StaticCredentials(
            Credentials(accessKeyID: "AKIA", secretAccessKey: Secret("s"))
        )
    ) -> CodePipelineClient {
        CodePipelineClient(
            AWSServiceClient(
                endpoint: Endpoint(
                    url: "https://codepipeline.eu-west-1.amazonaws.com",
                    signingRegion: "eu-west-1",
                    service: .codePipeline
                ),
                transport: self,
                credentials: credentials,
                environment: CallEnvironment(
                    // A second before the dates of the answers.
                    wallTime: { WallTime(milliseconds: 1_795_395_724_000) },
                    instant: { .origin },
                    sleep: { _ throws(CancellationError) in },
                    random: { 0.5 }
                )
            ),
            digester: BodyDigester(seed: (1, 2))
        )
    }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
    /// A success with AWS's headers.
    static func ok(_ body: String, hasID: Bool = true) -> Self {
        let id = hasID ? [HTTPHeader("x-amzn-RequestId", "r1")] : []
        let date = HTTPHeader("Date", "Mon, 23 Nov 2026 01:02:05 GMT")
        return .success(HTTPResponse(status: 200, headers: id + [date], body: Array(body.utf8)))
    }

    /// An AWS error.
    static func error(_ code: String, status: Int = 400) -> Self {
        let body = "{\"__type\":\"\(code)\",\"message\":\"because\"}"
        return .success(
            HTTPResponse(
                status: status,
                headers: [
                    HTTPHeader("x-amzn-RequestId", "r2"),
                    HTTPHeader("Date", "Mon, 23 Nov 2026 01:02:06 GMT"),
                ],
                body: Array(body.utf8)
            )
        )
    }
}

/// The id of an execution.
let someExecution = "b3d1d2a0-0f2c-4f3e-9d55-1a2b3c4d5e6f"
