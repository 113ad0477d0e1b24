import AWSClient
import AWSProbeKit
import Glibc
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

    @Test func `a command's credentials are used, without an end`() async {
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
    func `a failing command's error is reported`(command: String, reason: String) async {
        let (result, _) = await walk(command)
        #expect(result.reason?.contains(reason) == true, "\(result)")
    }

    @Test(arguments: [
        "echo SecretAccessKey=hush-hush >&2; exit 1",
        #"echo '{"SecretAccessKey": "hush-hush"}' >&2; exit 1"#,
        "echo '{\"SecretAccessKey\":\"hush-hush\"}'; echo I got hush-hush >&2; exit 1",
        "echo Authorization: Bearer hush-hush >&2; exit 1",
    ])
    func `no secret of its standard error is reported`(command: String) async {
        let (result, log) = await walk(command)
        let reason = result.reason ?? ""
        #expect(reason.contains("status 1"))
        #expect(!reason.contains("hush-hush"), "\(reason)")
        #expect(!log.joined().contains("hush-hush"))
    }

    /// A process that wraps base credentials of the environment works as under the SDKs; the
    /// sockets of our service manager are not passed on.
    @Test func `the child gets our environment without our service manager's sockets`() async {
        let config = """
            [default]
            credential_process = test "$AWS_ACCESS_KEY_ID$AWS_SECRET_ACCESS_KEY$AWS_SESSION_TOKEN" \
            = kst && test -z "$NOTIFY_SOCKET$WATCHDOG_USEC$LISTEN_FDS" && \(Self.show)
            """
        let place = world(
            [
                "AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
                "NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "1", "LISTEN_FDS": "1",
            ],
            files: ["/home/.aws/config": config]
        )
        let settings = ChainSettings(profile: "default")
        #expect(await resolve(place, settings: settings).keyID == "AKIAP")
    }

    @Test func `the child inherits no descriptor of ours`() async throws {
        let ours = unsafe open("/etc/passwd", O_RDONLY)
        #expect(ours > 2)
        defer { close(ours) }
        let request = ProcessRequest(
            command: Secret("ls /proc/self/fd"),
            variables: ["PATH": "/usr/bin:/bin"],
            timeout: .seconds(30),
            outputBytes: 1000
        )
        let output = try await LiveProcess.run(request)
        let names = String(decoding: output.output, as: UTF8.self).split(separator: "\n")
        // 3 is the folder that ls reads.
        #expect(names == ["0", "1", "2", "3"], "\(names)")
    }

    @Test func `a process that runs too long is killed with its children`() async {
        let request = ProcessRequest(
            command: Secret("sleep 600 & sleep 600"),
            variables: ["PATH": "/usr/bin:/bin"],
            timeout: .milliseconds(50),
            outputBytes: 100
        )
        await #expect(throws: ProcessError.timedOut) { try await LiveProcess.run(request) }
    }

    @Test func `a grandchild that keeps the pipe open does not delay the answer`() async throws {
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
