import AWSClient
import AWSProbeKit
import Testing

@Suite struct CredentialsProcessTests {
    static let answer = #"{"Version":1,"AccessKeyId":"AKIAP","SecretAccessKey":"proc-secret"}"#

    static let show = "echo '\(answer)'"

    private func walk(_ command: String) async -> (
        Result<ResolvedCredentials, CredentialsError>, [String]
    ) {
        let config = "[default]\ncredential_process = \(command)\naws_account_id = 42"
        let place = world(files: ["/home/.aws/config": config])
        return (await resolve(place), place.log)
    }

    @Test func `a command's keys are used, without an end`() async {
        let (result, log) = await walk(Self.show)
        #expect(result.keyID == "AKIAP")
        guard case .success(let found) = result else { return }
        #expect(found.credentials.expiration == nil)
        #expect(found.credentials.accountID == "42")
        #expect(!log.joined().contains("proc-secret"))
    }

    @Test func `names in its answer ignore case`() async {
        let (result, _) = await walk(
            #"echo '{"version":1,"accesskeyid":"AKIAP","secretaccesskey":"s"}'"#
        )
        #expect(result.keyID == "AKIAP")
    }

    @Test(arguments: [
        ("exit 3", "status 3"),
        ("kill -9 $$", "status 137"),
        ("echo no", "did not print a JSON object"),
        (#"echo '{"Version":2}'"#, "Version"),
        (#"echo '{"Version":1,"AccessKeyId":"k"}'"#, "no SecretAccessKey"),
        ("echo role not found >&2; exit 1", "it said: role not found"),
        ("head -c 70000 /dev/zero", "more than 64 KiB"),
        ("/does/not/exist", "/does/not/exist: No such file or directory"),
        ("does-not-exist", "status 127"),
        ("/does/not/exist && true", "status 127"),
        ("/etc/passwd", "/etc/passwd: Permission denied"),
    ])
    func `a command that fails says why`(command: String, reason: String) async {
        let (result, _) = await walk(command)
        #expect(result.reason?.contains(reason) == true, "\(result)")
    }

    @Test(arguments: [
        "echo SecretAccessKey=hush-hush >&2; exit 1",
        #"echo '{"SecretAccessKey": "hush-hush"}' >&2; exit 1"#,
        "echo '{\"SecretAccessKey\":\"hush-hush\"}'; echo I got hush-hush >&2; exit 1",
        "echo Authorization: Bearer hush-hush >&2; exit 1",
    ])
    func `no secret of its standard error is told`(command: String) async {
        let (result, log) = await walk(command)
        let reason = result.reason ?? ""
        #expect(reason.contains("status 1"))
        #expect(!reason.contains("hush-hush"), "\(reason)")
        #expect(!log.joined().contains("hush-hush"))
    }

    @Test func `the child gets none of our keys`() async {
        let config = """
            [default]
            credential_process = test -z "$AWS_SESSION_TOKEN$AWS_SECRET_ACCESS_KEY" && \(Self.show)
            """
        let place = world(
            ["AWS_SESSION_TOKEN": "t", "AWS_SECRET_ACCESS_KEY": "s"],
            files: ["/home/.aws/config": config]
        )
        #expect(await resolve(place).keyID == "AKIAP")
    }

    @Test func `what runs too long is killed with its children`() async {
        let request = ProcessRequest(
            command: Secret("sleep 600 & sleep 600"),
            variables: ["PATH": "/usr/bin:/bin"],
            timeout: .milliseconds(50),
            outputBytes: 100
        )
        await #expect(throws: ProcessTrouble.timedOut) { try await LiveProcess.run(request) }
    }

    @Test func `a grandchild that keeps the pipe open does not hold the answer back`() async throws
    {
        let request = ProcessRequest(
            command: Secret("sleep 600 & echo done"),
            variables: ["PATH": "/usr/bin:/bin"],
            timeout: .seconds(30),
            outputBytes: 100
        )
        let output = try await LiveProcess.run(request)
        #expect(output.output == Array("done\n".utf8))
    }
}
