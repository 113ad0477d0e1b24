import Testing

@testable import RetryCore

@Suite struct RootLineTests {
    /// The line, command and exit status that a build's log gives.
    private static func read(_ log: String) -> RootCause {
        RootCause(provider: "CodeBuild", phase: "BUILD", code: "COMMAND_EXECUTION_ERROR")
            .completed(by: CauseLog(log.split(separator: "\n").map(String.init)))
    }

    /// The log of a build whose command printed these lines.
    private static func build(_ output: String, command: String = "make") -> RootCause {
        read(
            """
            [Container] 2026/05/04 02:11:10.765430 Running command \(command)
            \(output)
            [Container] 2026 Command did not exit successfully \(command) exit status 2
            [Container] 2026/05/04 02:11:16.224688 Phase complete: BUILD State: FAILED
            """
        )
    }

    @Test func `command and exit status come from the log`() {
        let cause = RootLineTests.build("Error: no", command: "npx tsc -p . --noEmit")
        #expect(cause.line == "Error: no")
        #expect(cause.command == "npx tsc -p . --noEmit")
        #expect(cause.exitStatus == 2)
    }

    @Test func `words of the script are no cause, before the output or after it`() {
        let script = """
            python3 - <<'PY'
            # connection timed out, ETIMEDOUT: handled below
            raise SystemExit('FATAL: hash mismatch')
            PY
            """
        let cause = RootLineTests.build("FATAL: hash mismatch", command: script)
        #expect(cause.line == "FATAL: hash mismatch")
        #expect(cause.command?.contains("ETIMEDOUT") == true)
        #expect(KnowledgeTable.builtIn.finding(of: cause)?.kind == .permanent)
    }

    @Test func `the echo of a script is cut also when the log begins within it`() {
        let cause = RootLineTests.read(
            """
            # ECONNRESET is retried
            run-it
            Error: no such option
            [Container] 2026/05/04 02:11:13.995059 Command did not exit successfully cd x
            # ECONNRESET is retried
            run-it
             exit status 1
            """
        )
        #expect(cause.line == "Error: no such option")
        #expect(cause.exitStatus == 1)
    }

    @Test func `only the output of the command that failed counts`() {
        let cause = RootLineTests.read(
            """
            [Container] 2026/05/04 02:11:10.7 Running command npm ci || true
            npm error code ECONNRESET
            [Container] 2026/05/04 02:11:11.7 Running command make
            cc: something odd
            [Container] 2026/05/04 02:11:13.9 Command did not exit successfully make exit status 2
            """
        )
        #expect(cause.line == "cc: something odd")
    }

    @Test func `what POST_BUILD does after a failed phase is no cause`() {
        let cause = RootLineTests.read(
            """
            [Container] 2026/05/04 02:11:10.7 Running command make
            Error: no rule
            [Container] 2026/05/04 02:11:13.9 Command did not exit successfully make exit status 2
            [Container] 2026/05/04 02:11:14.9 Entering phase POST_BUILD
            [Container] 2026/05/04 02:11:15.9 Running command aws s3 sync dist s3://b
            read ECONNRESET
            [Container] 2026/05/04 02:11:16 Command did not exit successfully aws s3 exit status 1
            """
        )
        #expect(cause.line == "Error: no rule")
        #expect(cause.command == "make")
    }

    @Test(arguments: [
        // npm repeats its prefix; what follows every failure is left out.
        (
            "npm error code ECONNRESET\nnpm error network aborted\n"
                + "npm error A complete log of this run can be found in: /root/.npm/x.log",
            "npm error code ECONNRESET network aborted"
        ),
        // Terraform's box is one message.
        (
            "╷\n│ Error: Error acquiring the state lock\n│\n│ Error message: it is held\n╵",
            "Error: Error acquiring the state lock Error message: it is held"
        ),
        // An indented line belongs to the one before.
        ("E: Failed to fetch x\n   Hash Sum mismatch", "E: Failed to fetch x Hash Sum mismatch"),
        // Frames of a stack and progress are no causes.
        (
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in x\n    error()\n"
                + "ValueError: bad",
            "ValueError: bad"
        ),
        ("Error: bad input\n    at run (/src/a.js:1:2)", "Error: bad input"),
        ("real problem here\nmake: *** [all] Error 2", "real problem here"),
        ("remote: Counting objects: 3\nsomething odd", "something odd"),
        // A sure line beats an interrupted one, whatever their order.
        (
            "src/a.ts(1,1): error TS1005: ';' expected.\nread ECONNRESET",
            "src/a.ts(1,1): error TS1005: ';' expected."
        ),
        // What was not downloaded is missing later.
        (
            "ERROR: HTTP error 502 while getting https://x/a.whl\n"
                + "E   ModuleNotFoundError: No module named 'a'",
            "ERROR: HTTP error 502 while getting https://x/a.whl"
        ),
        // Warnings are asked when the errors name no cause.
        (
            "WARNING: Retrying after connection broken by 'ReadTimeoutError'\n"
                + "ERROR: No matching distribution found for boto3",
            "WARNING: Retrying after connection broken by 'ReadTimeoutError'"
        ),
        ("npm warn deprecated timeout@1: ECONNRESET\nsome words", "some words"),
        ("#12 8.1 npm ERR! code EAI_AGAIN", "npm ERR! code EAI_AGAIN"),
        ("2026-05-04T02:11:07.123Z error: no", "error: no"),
    ])
    func `the line that says why is chosen`(_ output: String, _ expected: String) {
        #expect(RootLineTests.build(output).line == expected)
    }

    @Test func `an interruption long before the end is no cause`() {
        let between = (1...12).map { "building \($0)" }.joined(separator: "\n")
        let output =
            "curl: (56) Recv failure: Connection reset by peer\n\(between)\nFATAL: odd state"
        #expect(RootLineTests.build(output).line == "FATAL: odd state")
        #expect(
            RootLineTests.build("read ECONNRESET\nError: giving up").line == "read ECONNRESET"
        )
    }

    @Test func `a log without output leaves the service's own words`() {
        let cause = RootCause(provider: "CodeBuild", line: "Reason: exit status 1")
        #expect(cause.completed(by: CauseLog([])).line == "Reason: exit status 1")
        let silent = RootLineTests.build("")
        #expect(silent.line == nil)
        #expect(silent.exitStatus == 2)
    }

    @Test func `a log of another service is output as a whole`() {
        let cause = RootCause(provider: "CodeDeploy", phase: "BeforeInstall", code: "ScriptFailed")
        let log = CauseLog(["[stdout]ok", "[stderr]E: Could not get lock /var/lib/dpkg/lock"])
        let line = cause.completed(by: log).line
        #expect(line == "E: Could not get lock /var/lib/dpkg/lock")
    }

    @Test func `two hundred lines of the worst kind end`() {
        let line = String(repeating: "Could not transfer artifact ", count: 146)
        let log = CauseLog((0..<200).map { "\($0) \(line)" })
        #expect(RootCause(provider: "CodeBuild").completed(by: log).line != nil)
    }
}
