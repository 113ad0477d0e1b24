import AWSClient
import Primitives
import FoundationEssentials
import Testing

@Suite struct ErrorTableTests {
    @Test(arguments: ErrorTable.errors, TransportKind.allCases)
    func `an error has the result in the table`(
        _ error: Fault,
        _ kind: TransportKind
    ) async throws {
        let safe = try await error.play(.safe, kind)
        #expect(safe == error.safe)
        let unsafe = try await error.play(.unsafe, kind)
        #expect(unsafe == error.unsafe)
    }

    @Test(arguments: TransportKind.allCases)
    func `a connection that closes at once never runs an unsafe call twice`(
        _ kind: TransportKind
    ) async throws {
        // Whether the end of the connection is seen before or after the write is chance.
        let allowed = ["1 send, unknown broken", "1 send, accepted", "2 sends, accepted"]
        for _ in 0..<20 {
            let (seen, requests) = try await ErrorTrial.closedAtOnce(.unsafe, kind)
            #expect(allowed.contains(seen))
            #expect(requests == (seen.hasSuffix("accepted") ? 1 : 0))
        }
    }

    /// The page: three folders above this file, then `docs`.
    private static let page: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/") + "/docs/CLIENT.md"
    }()

    @Test func `the page shows this table`() throws {
        let (begin, end) = ("<!-- faults: begin -->\n", "<!-- faults: end -->")
        let text = try String(contentsOfFile: Self.page, encoding: .utf8)
        let start = try #require(text.firstRange(of: begin), "no \(begin)")
        let stop = try #require(text.firstRange(of: end), "no \(end)")
        let shown = text[start.upperBound..<stop.lowerBound]
        let head = """
            | fault | a read (safe) | a retry (unsafe) | why |
            |---|---|---|---|

            """
        let table = head + ErrorTable.errors.map { $0.line + "\n" }.joined()
        guard shown != table else { return }
        guard ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" else {
            Issue.record(
                "docs/CLIENT.md differs: UPDATE_GOLDEN=1 swift test --filter FaultTableTests"
            )
            return
        }
        let whole = text[..<start.upperBound] + table + text[stop.lowerBound...]
        try String(whole).write(toFile: Self.page, atomically: false, encoding: .utf8)
        Issue.record("docs/CLIENT.md was written anew; look at it, then test again")
    }
}
