import AWSClient
import AWSProbeKit
import FoundationEssentials
import Glibc
import Testing

@Suite struct ProcessStartTests {
    private func start(_ line: String, path: String? = "/usr/local/bin:/usr/bin") -> ProcessStart {
        ProcessStart(line: line, path: path) { $0 == "/usr/bin/helper" }
    }

    @Test(arguments: [
        ("/opt/a/helper", ["/opt/a/helper"]),
        (
            "/opt/helper show --arn arn:aws:iam::1:role/x,y=z@w+1_2%3",
            [
                "/opt/helper", "show", "--arn", "arn:aws:iam::1:role/x,y=z@w+1_2%3",
            ]
        ),
        ("  /opt/helper \t a   b ", ["/opt/helper", "a", "b"]),
        (
            #""/opt/with blank/helper" "two words" 'one $HOME'"#,
            [
                "/opt/with blank/helper", "two words", "one $HOME",
            ]
        ),
        (
            #"/opt/helper a"b c"d '' "it's" '"'"#,
            [
                "/opt/helper", "ab cd", "", "it's", "\"",
            ]
        ),
        ("/opt/hälper ü", ["/opt/hälper", "ü"]),
        ("./helper a", ["./helper", "a"]),
    ])
    func `a line of plain words is its program and its arguments`(line: String, words: [String]) {
        #expect(start(line) == .program(file: words[0], arguments: words))
    }

    @Test func `a name without a slash is looked up in PATH`() {
        #expect(start("helper a") == .program(file: "/usr/bin/helper", arguments: ["helper", "a"]))
    }

    @Test(arguments: [
        "/opt/helper | cat", "/opt/helper & ", "a; b", "/opt/helper > f", "/opt/helper < f",
        "(/opt/helper)", "/opt/helper $HOME", "/opt/helper `id`", #"/opt/helper a\ b"#,
        "/opt/helper *", "/opt/helper ?", "/opt/helper [a]", "/opt/helper {a,b}", "! /opt/helper",
        "/opt/helper # why", "~/helper", "/opt/helper ~", #"/opt/helper "$HOME""#,
        #"/opt/helper "a`id`""#, #"/opt/helper "a\"b""#, "/opt/helper 'open", #"/opt/helper "open"#,
        "/opt/helper\n/opt/other", "KEY=value /opt/helper", "KEY=/opt/helper", "exit 3",
        "exec /opt/helper", ". /opt/helper", "", "  ", "''", "\"\" a", "/opt/helper\u{0}",
    ])
    func `a line that only a shell can parse exactly is left to the shell`(line: String) {
        #expect(start(line) == .shell)
    }

    @Test(arguments: [nil, "", ":/usr/bin", "/usr/bin:", "bin:/usr/bin", "/usr/local/bin"])
    func `a name is left to the shell when PATH does not clearly resolve it`(path: String?) {
        #expect(start("helper", path: path) == .shell)
    }

    /// The program gets the same words as from the shell's own reading of each line.
    @Test(arguments: [
        "/usr/bin/printf %s_ a 'b  c' \"d\" '' e\"f\"'g'", "/usr/bin/printf '[%s]' a b",
        "printf %s_ \"it's\" '\"' ü --x=1,2", "/usr/bin/env printf %s_ a=b c:d /e",
    ])
    func `both ways give the program the same words`(line: String) async throws {
        let way = ProcessStart(line: line, path: "/usr/bin:/bin") {
            $0 == "/usr/bin/printf"
        }
        var texts: [String] = []
        for command in [line, ": && " + line] {
            let output = try await LiveProcess.run(request(command))
            texts.append(String(decoding: output.output, as: UTF8.self))
        }
        #expect(way != .shell)
        #expect(texts[0] == texts[1])
        #expect(texts[0].count > 3)
    }

    @Test func `a script without an interpreter is run by the shell`() async throws {
        let name = "retryd-script-\(UInt64.random(in: .min ... .max))"
        let script = FileManager.default.temporaryDirectory.path + "/" + name
        try Data("echo \"$1-$0\"\n".utf8).write(to: URL(fileURLWithPath: script))
        defer { try? FileManager.default.removeItem(atPath: script) }
        try #require(unsafe chmod(script, 0o700) == 0)
        let output = try await LiveProcess.run(request("\(script) one"))
        #expect(String(decoding: output.output, as: UTF8.self) == "one-\(script)\n")
    }

    private func request(_ command: String) -> ProcessRequest {
        ProcessRequest(
            command: Secret(command),
            variables: ["PATH": "/usr/bin:/bin"],
            timeout: .seconds(30),
            outputBytes: 1000
        )
    }

    private static let program = ProcessStart.program(file: "/opt/helper", arguments: ["helper"])

    @Test(arguments: [
        (program, EACCES, ["/opt/helper"], "add ExecPaths=-/opt/helper"),
        (program, EACCES, ["/"], "its interpreter"),
        (.shell, EACCES, ["/bin/sh"], "add ExecPaths=-/bin/sh"),
    ])
    func `a refusal by the unit names the unit and the setting to add`(
        start: ProcessStart,
        code: Int32,
        closed: [String],
        advice: String
    ) {
        let text = ProcessStartError.text(code: code, start: start) { closed.contains($0) }
        #expect(text.contains("Permission denied"))
        #expect(text.contains("NoExecPaths="))
        #expect(text.contains(advice), "\(text)")
    }

    @Test(arguments: [
        (program, EACCES, [], "/opt/helper: Permission denied"),
        (program, ENOENT, ["/opt/helper", "/"], "/opt/helper: No such file or directory"),
        (.shell, ENOMEM, ["/bin/sh", "/"], "/bin/sh: Cannot allocate memory"),
    ])
    func `any other refusal has no advice about the unit`(
        start: ProcessStart,
        code: Int32,
        closed: [String],
        expected: String
    ) {
        let text = ProcessStartError.text(code: code, start: start) { closed.contains($0) }
        #expect(text == expected)
    }

    @Test(arguments: [
        (126, "sh: 1: /opt/helper: Permission denied", true),
        (127, "helper: libx.so: failed to map segment from shared object", true),
        (1, "dlopen: libx.so: failed to map segment from shared object", true),
        (127, "sh: 1: helper: not found", false),
        (1, "access denied", false),
    ])
    func `a program restricted by the unit is explained`(
        status: Int32,
        errors: String,
        isExplained: Bool
    ) {
        let hint = ProcessStartError.hint(status: status, errors: errors)
        #expect(hint.contains("ExecPaths=") == isExplained)
    }
}
