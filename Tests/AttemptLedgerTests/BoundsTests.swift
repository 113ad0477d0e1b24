import RetryCore
import Testing

@testable import AttemptLedger

@Suite("What a row may hold")
struct BoundsTests {
    private static let long = String(repeating: "x", count: 1025)
    private static let most = String(repeating: "x", count: 1024)

    /// A text of a row by its path in the write, the reported field, and a write with it.
    private struct Place: Sendable {
        var path: String
        var field: String
        var write: @Sendable (String) -> LedgerWrite

        init(_ path: String, _ field: String, _ write: @escaping @Sendable (String) -> LedgerWrite)
        {
            self.path = path
            self.field = field
            self.write = write
        }
    }

    private static let places: [Place] = [
        Place("episode.key.pipeline.target", "the target's name") { .episode(record(target: $0)) },
        Place("episode.key.pipeline.pipeline", "the pipeline's name") {
            .episode(record(pipeline: $0))
        },
        Place("episode.key.stage", "the stage's name") { .episode(record(stage: $0)) },
        Place("episode.key.execution", "the execution's id") { .episode(record(execution: $0)) },
        Place("episode.lastFailure.actionExecutions.*", "an action execution's id") { text in
            var failed = episode()
            failed.lastFailure = baseline()
            failed.lastFailure?.actionExecutions = [ActionExecutionID(text)]
            return .episode(failed)
        },
        Place("intent.episode.pipeline.target", "the target's name") { text in
            .intent(change { $0.episode = record(target: text).key })
        },
        Place("intent.episode.pipeline.pipeline", "the pipeline's name") { text in
            .intent(change { $0.episode = record(pipeline: text).key })
        },
        Place("intent.episode.stage", "the stage's name") { text in
            .intent(change { $0.episode = record(stage: text).key })
        },
        Place("intent.episode.execution", "the execution's id") { text in
            .intent(change { $0.episode = record(execution: text).key })
        },
        Place("intent.policy", "the policy's name") { text in
            .intent(change { $0.policy = PolicyName(text) })
        },
        Place("intent.rule", "the rule's name") { text in
            .intent(change { $0.rule = RuleName(text) })
        },
        Place("intent.before.actionExecutions.*", "an action execution's id") { text in
            .intent(change { $0.before.actionExecutions = [ActionExecutionID(text)] })
        },
        Place("pause.scope.target", "the target's name") {
            .pause(pause(PauseScope(target: TargetName($0))))
        },
        Place("pause.scope.pipeline", "the pipeline's name") {
            .pause(pause(PauseScope(target: "t", pipeline: PipelineName($0))))
        },
        Place("pause.scope.stage", "the stage's name") {
            .pause(pause(PauseScope(target: "t", pipeline: "p", stage: StageName($0))))
        },
        Place("resume.target", "the target's name") {
            .resume(PauseScope(target: TargetName($0)))
        },
        Place("resume.pipeline", "the pipeline's name") {
            .resume(PauseScope(target: "t", pipeline: PipelineName($0)))
        },
        Place("resume.stage", "the stage's name") {
            .resume(PauseScope(target: "t", pipeline: "p", stage: StageName($0)))
        },
    ]

    /// The texts that are cut instead, by their paths in the write: what is stored of one.
    private static let cuts: [String: (bytes: Int, stored: @Sendable (String) throws -> String?)] =
        [
            "episode.lastFingerprint": (
                512,
                { text in
                    var failed = episode()
                    failed.lastFingerprint = Fingerprint(reduced: text)
                    return try failed.bounded().lastFingerprint?.text
                }
            ),
            "pause.reason": (
                1024,
                { text in
                    let scope = PauseScope(target: "t")
                    let pause = Pause(scope: scope, reason: text, uid: 0, until: nil)
                    return try pause.bounded().reason
                }
            ),
        ]

    /// The texts of a cause by their paths in it: the core's limit, or the ledger's.
    private static let causeTexts: [String: (bytes: Int, text: @Sendable (RootCause) -> String?)] =
        [
            "provider": (2048, { $0.provider }), "resource": (1024, { $0.resource }),
            "phase": (1024, { $0.phase }), "status": (1024, { $0.status }),
            "code": (1024, { $0.code }), "line": (2048, { $0.line }),
            "command": (1024, { $0.command }), "deploymentCode": (1024, { $0.deploymentCode }),
            "url": (2048, { $0.url }), "stack.resourceType": (1024, { $0.stack?.resourceType }),
            "stack.status": (1024, { $0.stack?.status }),
            "stack.actionMode": (1024, { $0.stack?.actionMode }),
        ]

    /// The paths of an episode's causes in the write.
    private static let causePaths: [String] =
        causeTexts.keys.map { "episode.causes.*.root.\($0)" }
        + ["episode.causes.*.action", "episode.causes.*.attempt"]

    @Test(arguments: causeTexts.keys.sorted())
    func `a text of a cause is cut`(_ path: String) throws {
        let text = String(repeating: "word ", count: 2000) + "\0"
        var record = episode()
        record.causes = [
            AttemptCause(
                action: "a",
                attempt: "1",
                root: RootCause(
                    provider: text,
                    resource: text,
                    phase: text,
                    status: text,
                    code: text,
                    line: text,
                    command: text,
                    stack: StackCause(resourceType: text, status: text, actionMode: text),
                    deploymentCode: text,
                    url: text
                )
            )
        ]
        let (bytes, stored) = try #require(Self.causeTexts[path])
        let kept = try #require(try record.bounded().causes.first)
        let cut = try #require(stored(kept.root))
        #expect(cut.utf8.count <= bytes)
        #expect(cut.utf8.count > bytes / 2)
        #expect(!cut.utf8.contains(0))
    }

    @Test(arguments: [long, "a\0b"])
    func `a cause whose names cannot be stored is left out, and the episode stored`(
        _ name: String
    ) throws {
        var record = episode()
        record.causes = [
            cause(ActionName(name)), cause("b", of: ActionExecutionID(name)), cause("c"),
        ]
        #expect(try record.bounded().causes.map(\.action) == ["c"])
        #expect(LedgerWrite.episode(record).unstorableField == nil)
    }

    /// The texts of a row with their paths; of a name or a fingerprint, its own path.
    private static func texts(_ value: Any, _ path: [String] = []) -> [String: String] {
        if value is StackCause.ChangeSet { return [:] }
        if let text = value as? String {
            return [path.filter { $0 != "text" }.joined(separator: "."): text]
        }
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle != .optional else {
            guard let child = mirror.children.first else {
                Issue.record("the fixture leaves \(path.joined(separator: ".")) empty")
                return [:]
            }
            return texts(child.value, path)
        }
        return mirror.children.reduce(into: [:]) { all, child in
            all.merge(texts(child.value, path + [child.label ?? "*"])) { first, _ in first }
        }
    }

    @Test func `every text of a row is refused or cut when it is too long`() {
        let scope = PauseScope(target: "t", pipeline: "p", stage: "s")
        let writes: [LedgerWrite] = [
            .episode(fullEpisode()), .intent(intent()),
            .pause(Pause(scope: scope, reason: "", uid: 0, until: time(1))), .resume(scope),
        ]
        let paths = writes.flatMap { Self.texts($0).keys }
        let known = Self.places.map(\.path) + Self.cuts.keys + Self.causePaths
        #expect(Set(paths) == Set(known))
    }

    @Test(arguments: cuts.keys.sorted())
    func `a text that identifies nothing is cut`(_ path: String) throws {
        let (bytes, stored) = try #require(Self.cuts[path])
        #expect(try stored(Self.long) == String(Self.long.prefix(bytes)))
    }

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
        let place = Self.places[place]
        #expect(place.write(Self.long).unstorableField == place.field)
        #expect(place.write("a\0b").unstorableField == place.field)
        #expect(place.write(Self.most).unstorableField == nil)
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
