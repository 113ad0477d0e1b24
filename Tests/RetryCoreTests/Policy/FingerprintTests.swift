import RetryCore
import Testing

@Suite struct FingerprintTests {
    static func reduced(_ message: String, _ names: [String] = []) -> String {
        Fingerprint(code: nil, message: message, summary: nil, names: names).text
    }

    @Test(arguments: [
        (
            """
            Error calling startBuild: Cannot have more than 1 builds in queue for the account \
            (Service: AWSCodeBuild; Status Code: 400; Error Code: AccountLimitExceededException; \
            Request ID: 5f0c3f8e-1a2b-4c3d-9e8f-0123456789ab; Proxy: null)
            """,
            """
            Error calling startBuild: Cannot have more than 20 builds in queue for the account \
            (Service: AWSCodeBuild; Status Code: 400; Error Code: AccountLimitExceededException; \
            Request ID: abcdefab-cdef-abcd-efab-cdefabcdefab; Proxy: null)
            """
        ),
        (
            "Project cannot be found: arn:aws:codebuild:eu-west-1:111122223333:project/a",
            "Project cannot be found: arn:aws:codebuild:us-east-1:444455556666:project/b-c"
        ),
        ("Deployment d-7BTRXA8RI failed", "Deployment d-ABCDEFGHI failed"),
        (
            "Deployment Group is already deploying deployment d-A1B2C3D4E",
            "Deployment Group is already deploying deployment d-QQQQQQQQQ"
        ),
        (
            "dial tcp 10.0.12.7:443: i/o timeout at 2026-11-23T01:02:03.004Z",
            "dial tcp 192.168.1.1:8443: i/o timeout at 2026-01-02T23:59:59Z"
        ),
        (
            "open /codebuild/output/src224797896/src/buildspec.yml: no such file or directory",
            "open /codebuild/output/src1/src/buildspec.yml: no such file or directory"
        ),
        (
            "Slow Down (Service: Amazon S3; S3 Extended Request ID: 9Gjjt1m+cjU4OPvX9O9/8Ruvn=; x)",
            "Slow Down (Service: Amazon S3; S3 Extended Request ID: abc/def+GHI/jkl/mno1=; x)"
        ),
        (
            "GET https://registry-1.docker.io/v2/library/node/manifests/sha256:86e3bff9634b: 429",
            "GET https://registry-1.docker.io/v2/other/manifests/latest: 429"
        ),
        ("Exited with  code 1\nafter 12s", "Exited with code 137 after 7s"),
        ("trace 3q2+7wAAgLNFzP9Vv0XyJA== ended", "trace AbC9+d/eFgHiJkLmNoPq1rs= ended"),
    ])
    func `two failures of one cause have one fingerprint`(_ first: String, _ second: String) {
        #expect(FingerprintTests.reduced(first) == FingerprintTests.reduced(second))
    }

    @Test(arguments: [
        ("Request ID: 5f0c3f8e", "Request ID: <id>"), ("Request ID:  abc", "Request ID: <id>"),
        ("Request ID: (abc) d", "Request ID: (<id>) d"),
        ("key web/Source/abCdefG", "key <key>"),
        ("key web/Source/abcDefG", "key web/Source/abcDefG"),
        ("key web//Source/PNjKe3z", "key web//Source/#"), ("failed at ://", "failed at ://"),
        ("://", "://"),
        (String(repeating: "x", count: 508) + " y", String(repeating: "x", count: 508)),
        ("in service.module.version.aA1 now", "in service.module.version.aA# now"),
    ])
    func `an id is what a label announces, and a name of many parts is none`(
        _ text: String,
        _ expected: String
    ) {
        #expect(FingerprintTests.reduced(text) == "-: \(expected)")
    }

    /// Parts that are new with every failure, in the texts of S3, Lambda, CloudFormation and
    /// others.
    @Test(arguments: [
        (
            "error while downloading key web/SourceArti/PNjKe3z, error: RequestError",
            "error while downloading key a-much-longer-pipeli/BuildOutpu/ugScfFR, "
                + "error: RequestError"
        ),
        (
            "S3 object key 'web/App/0aBcDeF' located in the bucket 'codepipeline-eu-west-1-12345'",
            "S3 object key 'api/Artifact_B/zzTopQx' located in the bucket "
                + "'codepipeline-eu-west-1-9'"
        ),
        ("key web/SourceArti/PNjKe3z.zip is gone", "key web/SourceArti/qQ7aaaa.zip is gone"),
        (
            "not found (Error Code: NoSuchKey; Request ID: 6FA4M5E380GB0NCY; S3 Extended Request "
                + "ID: aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7dE9fG1hJ3kL5mN7pQ9rS1tU3vW5xY7zA=)",
            "not found (Error Code: NoSuchKey; Request ID: K7QX2M9TRB4WZC1D; S3 Extended Request "
                + "ID: AAAA/+bcd/efg=)"
        ),
        ("failed, x-amz-request-id: QWERTYUIOP", "failed, x-amz-request-id: ABCDEF"),
        ("failed (RequestId: QWERTYUIOP)", "failed (RequestId: abc)"),
        ("failed requestId=QWERTYUIOP", "failed requestId=abc"),
        ("failed x-amz-id-2: QWER/TYUIOP", "failed x-amz-id-2: abc"),
        ("Host ID: QWERTY, HostId=abc", "Host ID: abc, HostId=QWERTY"),
        ("X-Ray trace ID: QWERTY", "X-Ray trace ID: root"),
        (
            "User: arn:aws:sts::111122223333:assumed-role/web/1790647998258 is not authorized",
            "User: arn:aws:sts::444455556666:assumed-role/api/1790111111111 is not authorized"
        ),
        ("assumed-role/web-role/1790647998258 failed", "assumed-role/web-role/1790 failed"),
        ("no such commit deadbeefcafe", "no such commit 0123456789ab"),
        (
            "token AQICAHhmZm9vYmFyYmF6cXV4MTIz expired",
            "token dGhpc19pcy1hX3Rva2VuXzEyMzQ1 expired"
        ),
        (
            "build web:7f0c5a52-8d7c-4d53-9f5e-0c6f4f2f0a11 failed",
            "build web:0aaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee failed"
        ),
        (
            "instance i-0123456789abcdef0 of task 0aa1bb2cc3dd4ee5ff6 stopped",
            "instance i-0fedcba9876543210 of task 99999999999999999ab stopped"
        ),
        (
            "log 2026/11/23/[$LATEST]5d0f7c1e2b3a4c5d6e7f8a9b0c1d2e3f",
            "log 2026/01/01/[$LATEST]00000000000000000000000000000000"
        ),
    ])
    func `a part that is new with every failure does not count`(_ first: String, _ second: String) {
        #expect(FingerprintTests.reduced(first) == FingerprintTests.reduced(second))
    }

    /// Pairs that are near each other, and two causes.
    @Test(arguments: [
        (
            "Cannot have more than 0 builds in queue for the account",
            "Cannot have more than 1 builds in queue for the account"
        ),
        ("received unexpected HTTP status: 404", "received unexpected HTTP status: 503"),
        ("(Service: Config, Status Code: 400)", "(Service: Config, Status Code: 500)"),
        ("answered HTTP 401", "answered HTTP 429"),
        ("key src/main/Program is missing", "key src/main/Service is missing"),
        ("open src/dao/UserDao: no such file", "open src/dao/RoleDao: no such file"),
        ("cannot load lib/web/Build12", "cannot load lib/web/Store12"),
        ("Error Code: NoSuchKey; Request ID: X", "Error Code: NoSuchBucket; Request ID: X"),
        ("Waiter StackCreateComplete failed", "Waiter StackUpdateComplete failed"),
        ("the request id is missing", "the request is missing"),
        ("message id: wrong, code: DENIED", "message id: wrong, code: GONE"),
        ("unknown id: build", "unknown id: deploy"),
        ("Error: facade missing", "Error: decade missing"),
        ("ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
        ("MyVeryLongHandlerNameForOrders failed", "MyVeryLongHandlerNameForUsers failed"),
        ("s3.putObject is denied", "s3.getObject is denied"),
    ])
    func `two causes stay two`(_ first: String, _ second: String) {
        #expect(FingerprintTests.reduced(first) != FingerprintTests.reduced(second))
    }

    @Test func `different errors differ`() {
        let messages = [
            "Build terminated with state: FAILED",
            "Build terminated with state: FAULT",
            "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR",
            "Build terminated with state: FAILED. Phase: DOWNLOAD_SOURCE, Code: YAML_FILE_ERROR",
            "Error calling startBuild: Cannot have more than 1 builds in queue for the account",
            "Project cannot be found: arn:aws:codebuild:eu-west-1:1:project/a",
            "Deployment Group is already deploying deployment d-A1B2C3D4E",
            "Deployment d-A1B2C3D4E failed",
            "Rate exceeded (Service: Config, Status Code: 400)",
            "Waiter has timed out",
            "dial tcp 10.0.0.1:443: i/o timeout",
            "dial tcp 10.0.0.1:443: connection refused",
            "GET https://registry-1.docker.io/v2: 429",
            "GET https://public.ecr.aws/v2: 429",
            "Replying with token=abcdef",
            "",
        ]
        let prints = Set(messages.map { FingerprintTests.reduced($0) })
        #expect(prints.count == messages.count)
    }

    @Test func `the code distinguishes errors`() {
        let first = Fingerprint(code: "JobFailed", message: "no", summary: nil)
        let second = Fingerprint(code: "SystemUnavailable", message: "no", summary: nil)
        #expect(first != second)
        #expect(first.text == "JobFailed: no")
    }

    @Test func `the summary is used when there is no message`() {
        let bySummary = Fingerprint(code: nil, message: nil, summary: "gone")
        #expect(bySummary == Fingerprint(code: nil, message: "", summary: "gone"))
        #expect(bySummary == Fingerprint(code: nil, message: "gone", summary: "other"))
    }

    @Test func `own names do not count, as whole words only`() {
        let web = FingerprintTests.reduced("Stack web-app of web failed, not webpack", ["web"])
        let api = FingerprintTests.reduced("Stack api-app of api failed, not webpack", ["api"])
        #expect(web == api)
        #expect(web == "-: Stack *-app of * failed, not webpack")
        let long = FingerprintTests.reduced("service web-api down", ["web", "web-api"])
        #expect(long == "-: service * down")
    }

    @Test func `a name that is one of AWS's own words stays`() {
        let named = FingerprintTests.reduced("Build terminated with state: FAULT", ["Build"])
        #expect(
            named == FingerprintTests.reduced("Build terminated with state: FAULT", ["Compile"])
        )
    }

    @Test func `it is bounded and cut between scalars`() {
        let long = FingerprintTests.reduced(String(repeating: "é", count: 5000))
        #expect(long.utf8.count <= Fingerprint.limit)
        #expect(long.utf8.count > Fingerprint.limit - 4)
        let words = FingerprintTests.reduced(String(repeating: "word ", count: 1000))
        #expect(words.utf8.count <= Fingerprint.limit)
    }

    @Test func `several failures are one, whatever their order and repeats`() {
        let (a, b) = (Fingerprint(reduced: "a"), Fingerprint(reduced: "b"))
        #expect(Fingerprint(combining: []) == nil)
        #expect(Fingerprint(combining: [a])?.text == "a")
        #expect(Fingerprint(combining: [b, a, b])?.text == "a | b")
        #expect(Fingerprint(combining: [a, b]) != Fingerprint(combining: [a]))
    }

    @Test func `one error on two pipelines has one fingerprint`() {
        func fingerprint(_ pipeline: PipelineName, _ message: String) -> Fingerprint? {
            let situation = SituationBuilder.situation {
                $0.episode = EpisodeKey(
                    pipeline: PipelineKey(target: "prod", pipeline: pipeline),
                    stage: "Build",
                    execution: SituationBuilder.execution
                )
                $0.evidence = .rows([SituationBuilder.row("Compile", message: message)])
            }
            return PolicyEvaluator.decide(situation).failure.fingerprint
        }
        #expect(
            fingerprint("shop", "Rate exceeded for shop")
                == fingerprint("billing", "Rate exceeded for billing")
        )
        #expect(fingerprint("shop", "Rate exceeded") != fingerprint("shop", "Waiter has timed out"))
    }
}
