import AWSClient
import Primitives
import Testing
import RetryTestSupport

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

    @Test func `the page shows this table`() throws {
        let head = """
            | fault | a read (safe) | a retry (unsafe) | why |
            |---|---|---|---|

            """
        try Golden(path: "docs/CLIENT.md").check(
            head + ErrorTable.errors.map { $0.line + "\n" }.joined(),
            between: "<!-- faults: begin -->",
            and: "<!-- faults: end -->"
        )
    }
}
