import RetryCore
import Testing

@testable import AttemptLedger

@Suite("What a row may hold")
struct BoundsTests {
    private static let long = String(repeating: "x", count: 1025)
    private static let most = String(repeating: "x", count: 1024)

    /// A write with one name in each field, and the reported field.
    private static let places: [(field: String, write: @Sendable (String) -> LedgerWrite)] = [
        ("the target's name", { .episode(record(target: $0)) }),
        ("the pipeline's name", { .episode(record(pipeline: $0)) }),
        ("the stage's name", { .episode(record(stage: $0)) }),
        ("the execution's id", { .episode(record(execution: $0)) }),
        ("the target's name", { .pause(Self.pause(PauseScope(target: TargetName($0)))) }),
        (
            "the pipeline's name",
            { .pause(Self.pause(PauseScope(target: "t", pipeline: PipelineName($0)))) }
        ),
        (
            "the stage's name",
            { .resume(PauseScope(target: "t", pipeline: "p", stage: StageName($0))) }
        ),
        ("the policy's name", { text in .intent(change { $0.policy = PolicyName(text) }) }),
        ("the rule's name", { text in .intent(change { $0.rule = RuleName(text) }) }),
        (
            "an action execution's id",
            { text in .intent(change { $0.before.actionExecutions = [ActionExecutionID(text)] }) }
        ),
        (
            "an action execution's id",
            { text in
                var failed = episode()
                failed.lastFailure = baseline()
                failed.lastFailure?.actionExecutions = [ActionExecutionID(text)]
                return .episode(failed)
            }
        ),
    ]

    private static func record(
        target: String = "t",
        pipeline: String = "p",
        stage: String = "s",
        execution: String = "e"
    ) -> EpisodeRecord {
        EpisodeRecord(
            key: EpisodeKey(
                pipeline: PipelineKey(
                    target: TargetName(target),
                    pipeline: PipelineName(pipeline)
                ),
                stage: StageName(stage),
                execution: ExecutionID(execution)
            ),
            firstFailure: time(0),
            firstSeen: time(0),
            foreignRetries: 0
        )
    }

    private static func pause(_ scope: PauseScope) -> Pause {
        Pause(scope: scope, reason: "", uid: 0, until: nil)
    }

    private static func change(_ change: (inout Intent) -> Void) -> Intent {
        var row = intent()
        change(&row)
        return row
    }

    @Test(arguments: places.indices)
    func `a name that is too long or contains a NUL is rejected by its field`(_ place: Int) {
        let (field, write) = Self.places[place]
        #expect(write(Self.long).unstorableField == field)
        #expect(write("a\0b").unstorableField == field)
        #expect(write(Self.most).unstorableField == nil)
    }

    @Test(arguments: [(1000, false), (1001, true)])
    func `a baseline holds a thousand action executions`(_ count: Int, _ isRefused: Bool) {
        let row = Self.change { row in
            row.before.actionExecutions = Set((0..<count).map { ActionExecutionID("\($0)") })
        }
        #expect((LedgerWrite.intent(row).unstorableField != nil) == isRefused)
    }

    @Test(arguments: [
        ("x", 40, "x", ""), ("x", 41, "x", "..."), ("\u{7f}", 1, "?", ""), ("~", 1, "~", ""),
        (" ", 1, " ", ""), ("\u{1f}", 1, "?", ""), ("é", 1, "?", ""),
    ])
    func `a name is shown short and in printable ASCII`(
        _ text: String,
        _ count: Int,
        _ shown: String,
        _ end: String
    ) {
        let name = StageName(String(repeating: text, count: count))
        #expect(Bounds.shown(name) == String(repeating: shown, count: min(40, count)) + end)
    }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "abc"), ("éé", 3, "é"), ("éé", 4, "éé"), ("a\0b", 9, "ab"),
        ("\0\0abcd", 3, "abc"), ("", 0, ""),
    ])
    func `a text is cut between two characters and loses its NULs`(
        _ text: String,
        _ bytes: Int,
        _ expected: String
    ) {
        #expect(Bounds.cut(text, to: bytes) == expected)
    }

    @Test func `a pause is named by its whole scope`() {
        let scope = PauseScope(target: "t", pipeline: "p", stage: StageName(Self.long))
        let shown = String(repeating: "x", count: 40) + "..."
        #expect(
            throws: LedgerError.unstorable(
                "the stage's name",
                row: "the pause of target t, pipeline p, stage \(shown)"
            )
        ) { try scope.checkBounds() }
    }
}
