import Testing

@testable import RetryCore

@Suite struct CauseFingerprintTests {
    private static func text(
        _ line: String?,
        phase: String? = "BUILD",
        code: String? = "COMMAND_EXECUTION_ERROR",
        names: [String] = []
    ) -> String {
        let cause = RootCause(provider: "CodeBuild", phase: phase, code: code, line: line)
        return Fingerprint(cause: cause, names: names).text
    }

    @Test func `it has provider, phase, code and the reduced line`() {
        #expect(
            CauseFingerprintTests.text("dial tcp 10.0.0.1:443: i/o timeout")
                == "CodeBuild BUILD COMMAND_EXECUTION_ERROR: dial tcp #: i/o timeout"
        )
        #expect(CauseFingerprintTests.text(nil, phase: nil, code: nil) == "CodeBuild:")
    }

    @Test(arguments: [
        ("open /tmp/pip-install-x8fjk/setup.py", "open /tmp/pip-build-qq/setup.py"),
        ("cp /codebuild/output/src224797896/src/a b", "cp /codebuild/output/src1/src/a b"),
        (
            "GET /v2: request 5f0c3f8e-1a2b-4c3d-9e8f-0123456789ab",
            "GET /v2: request 11111111-1a2b-4c3d-9e8f-0123456789ab"
        ),
        ("failed after 12s at 2026-05-04T02:11:10Z", "failed after 7s at 2026-01-01T00:00:00Z"),
    ])
    func `parts that are new in every run do not count`(_ first: String, _ second: String) {
        #expect(CauseFingerprintTests.text(first) == CauseFingerprintTests.text(second))
    }

    @Test func `phase, code and words distinguish causes, own names do not`() {
        let texts = [
            CauseFingerprintTests.text("EOF"), CauseFingerprintTests.text("ECONNRESET"),
            CauseFingerprintTests.text("EOF", phase: "INSTALL"),
            CauseFingerprintTests.text("EOF", code: "CLIENT_ERROR"),
        ]
        #expect(Set(texts).count == texts.count)
        #expect(
            CauseFingerprintTests.text("stack shop failed", names: ["shop"])
                == CauseFingerprintTests.text("stack blog failed", names: ["blog"])
        )
    }
}
