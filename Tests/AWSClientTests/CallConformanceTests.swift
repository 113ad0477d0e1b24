import AWSClient
import AWSProbeKit
import FoundationEssentials
import Testing

/// Where the published cases are: AWS_CONFORMANCE_DIR, or next to the project.
private let root =
    ProcessInfo.processInfo.environment["AWS_CONFORMANCE_DIR"] ?? "../shared/conformance"

/// The published cases of the call side; each is also run by `aws-probe run`.
@Suite(
    "Published cases of the AWS SDKs",
    .enabled(
        if: ProbeFiles.exists(root + "/README.md"),
        "no published cases: name their folder in AWS_CONFORMANCE_DIR"
    )
)
struct CallConformanceTests {
    private func expectAll(_ kind: ProbeKind, _ file: String, atLeast count: Int) async throws {
        let results = try await kind.check("\(root)/\(file)")
        #expect(results.count >= count, "\(file) holds fewer cases than expected")
        for result in results { #expect(result.failure == nil, "\(result.name)") }
    }

    @Test func `Signature Version 4`() async throws {
        try await expectAll(.sign, "sigv4", atLeast: 20)
    }

    @Test(arguments: ["codepipeline", "sts"])
    func `endpoint rules`(_ service: String) async throws {
        try await expectAll(.endpoint, "endpoints-\(service).json", atLeast: 30)
    }

    @Test func `Retry Behavior 2.1`() async throws {
        try await expectAll(.retry, "retry-2.1.json", atLeast: 10)
    }

    @Test func `errors of the JSON protocol`() async throws {
        try await expectAll(.error, "awsjson11-output.json", atLeast: 5)
    }
}

@Suite("The probe's own lines")
struct ProbeTests {
    private func object(_ text: String) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8))
    }

    @Test func `a retry case without expectations is played in order`() throws {
        let answers = [500, 500, 400].map { "{\"response\":{\"status_code\":\($0)}}" }
        let text =
            "{\"given\":{\"max_attempts\":2},\"responses\":[\(answers.joined(separator: ","))]}"
        let played = RetryScenario(try object(text)).play()
        let outcomes = played["responses"]?.elements?.compactMap { $0["outcome"]?.text }
        #expect(outcomes == ["retry_request", "max_attempts_exceeded", "fail_request"])
    }

    @Test func `a wrong expectation fails a retry case`() throws {
        let answer = #"{"response":{"status_code":500},"expected":{"outcome":"success"}}"#
        let scenario = RetryScenario(try object("{\"responses\":[\(answer)]}"))
        #expect(scenario.failure() != nil)
    }

    @Test func `a line without a required member is answered with an error`() throws {
        #expect(signLine(try object("{}"))["error"] != nil)
        #expect(endpointLine(try object("{}"))["error"] != nil)
        #expect(
            errorLine(try object(#"{"status":500,"headers":[["x-amzn-errortype","A#B"]]}"#))["code"]
                == .string("B")
        )
    }

    @Test func `lines of other scripts are understood too`() throws {
        let long = """
            {"url":"https://h.example/","access_key":"A","secret_key":"S","token":"T",
            "region":"r","service":"s","time":"20261123T010203Z","headers":[["X-A","1"]]}
            """
        let short = """
            {"url":"https://h.example/","credentials":{"access_key_id":"A",
            "secret_access_key":"S","session_token":"T"},"region":"r","service":"s",
            "timestamp":"2026-11-23T01:02:03Z","headers":{"X-A":["1"]}}
            """
        let (one, other) = (signLine(try object(long)), signLine(try object(short)))
        #expect(one["signature"] != nil)
        #expect(one == other)
        #expect(one["sig"] == one["signature"])
        let flat = endpointLine(try object(#"{"Region":"cn-north-1","UseFIPS":true}"#))
        #expect(flat["url"] == .string("https://codepipeline-fips.cn-north-1.amazonaws.com.cn"))
        let nested = errorLine(
            try object(#"{"response":{"status_code":400,"body":"{\"__type\":\"a#B:c\"}"}}"#)
        )
        #expect(nested["code"] == .string("B"))
    }

    @Test func `a chain's row may omit members, but not contradict`() async throws {
        let row = """
            {"input":{"profile":{"A":{"role_arn":"r","source_profile":"B","duration_seconds":"900"},
            "B":{"credential_process":"make keys"}},"selected_profile":"A"},
            "output":{"ProfileChain":[{"CredentialProcess":"make keys"},
            {"AssumeRole":{"role_arn":"r","external_id":null}}]}}
            """
        let table = CredentialTable.assumeRole
        let good = try object(row)
        let goodError = table.error(of: await table.result(of: good), in: good)
        #expect(goodError == nil)
        for wrong in [
            row.replacing(#"{"CredentialProcess":"make keys"}"#, with: #"{"NamedSource":"x"}"#),
            row.replacing(#""external_id":null"#, with: #""external_id":"x""#),
            row.replacing(#","external_id":null}}"#, with: #"}},{"AssumeRole":{}}"#),
        ] {
            let bad = try object(wrong)
            let error = table.error(of: await table.result(of: bad), in: bad)
            #expect(error != nil, "\(wrong)")
        }
    }

    @Test func `recorded bodies may be base64`() throws {
        let traffic = """
            {"events":[{"connection_id":0,"action":{"Request":{"request":{"uri":"http://h/"}}}},
            {"connection_id":0,"action":{"Response":{"response":{"Ok":{"status":200}}}}},
            {"connection_id":0,"action":{"Data":{"direction":"Response",
            "data":{"Base64":"aGk="}}}}]}
            """
        let exchanges = ReplayExchange.exchanges(of: try object(traffic))
        #expect(exchanges.first?.answer?.body == Array("hi".utf8))
    }
}
