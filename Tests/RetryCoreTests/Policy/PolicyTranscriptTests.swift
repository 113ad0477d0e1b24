import Primitives
import Testing
import RetryTestSupport

@testable import RetryCore

/// The waits of the built-in rules, and the parts of texts that fingerprints keep, as files for
/// people.
@Suite struct PolicyTranscriptTests {
    @Test func `each built-in rule waits as listed`() throws {
        var text = ""
        for name in BuiltInRules.names.dropFirst() {
            for rule in BuiltInRules.rules(named: name, inheriting: SituationBuilder.limits(5))
                ?? []
            {
                switch rule.action {
                case .never: text += "\(rule.name): never\n"
                case .retry(let limits):
                    let waits = (1...5).map { number in
                        [0, 1].map { limits.backoff.delay(number: number, uniform: $0).seconds }
                            .map { "\($0)" }.joined(separator: "-")
                    }
                    text += "\(rule.name): \(waits.joined(separator: ", "))\n"
                }
            }
        }
        try Golden(path: "Tests/Transcripts/rules.txt").check(text)
    }

    private static let page = Golden(path: "docs/KNOWLEDGE.md")

    @Test func `the page lists the causes of each group`() throws {
        let lines = BuiltInRules.groups.map { group in
            let rows = KnowledgeTable.builtIn.rows.filter { $0.group == group }
            let names = { (kinds: Set<CauseClass>) in
                rows.filter { kinds.contains($0.kind) }.map { row in
                    let name = row.name.drop { $0 != "/" }.dropFirst()
                    let flaky = row.kind == .flaky ? ", flaky" : ""
                    return "`\(name)`" + (row.wait.map { " (\($0.rawValue)\(flaky))" } ?? "")
                }
                .joined(separator: ", ")
            }
            let (passing, left) = (names([.transient, .flaky]), names([.permanent, .unsafe]))
            return "| `\(group)` | \(passing) | \(left) |"
        }
        let head = "| name | retried | never retried |\n|---|---|---|\n"
        try Self.page.check(
            head + lines.joined(separator: "\n") + "\n",
            between: "<!-- groups -->",
            and: "<!-- end -->"
        )
    }

    @Test func `the page lists the waits`() throws {
        let lines = CauseWait.allCases.map { wait in
            "| \(wait.rawValue) | \(wait.first.shortText) | \(wait.longest.shortText) |\n"
        }
        try Self.page.check(
            "| wait | first | longest |\n|---|---|---|\n" + lines.joined(),
            between: "<!-- waits -->",
            and: "<!-- end -->"
        )
    }

    private static let words = [
        "abcdefghij+ABCDEFG12", "abcdefghij+ABCDEFG1", "abcdefghijk+lmnopqrs12",
        "abcdefghijABCDEFGH12=", "abcdefghijkABCDEFGHIJKL=", "a1B2c3D4e5F6g7H8i9J0k1L2",
        "a1B2c3D4e5F6g7H8i9J0k1L", "aaaaaaaaaaaaBBBBBBBBBBB1", "aaaaBBBB1111ccccDDDD2222",
        "aaaaBBBB1111ccccDDDD222!", "key web/App/AbCdEfG x", "key web/App/abCdEfG x",
        "key web/App/ABCDEFG x", "key web/App/ABCDEFg x", "key web/App/abcdEfG x",
        "key web/App/AbcDefG x", "key web/App/abcDefg x", "key web/App/aBcdefG x",
        "key web/App/Abc1def x", "key web/App/Build12 x", "key web/App/AbCdEf x",
        "key web/App/AbCdEfGh x", "key twentyonecharacters-21/App/AbCdEfG x",
        "key twentycharacters-20x/ElevenChars/AbCdEfG x", "key /App/AbCdEfG x",
        "key web/App/more/AbCdEfG x", "key web/App/AbCd-fG x", "d-ABCDEFGH", "d-ABCDEFG",
        "D-ABCDEFGH", "dxABCDEFGH", "d-ABCDEFGh", "d-ABCDEFG1", "Status: 404", "Status: 304",
        "Status: 4040", "status code 503", "HTTP 500", "HTTPS 500", "more than 0", "at least 0",
        "more than 400", "status: 400 more than 0.", "deadbeef", "deadbee", "deadbeeg", "src2247",
        "a12345", "a123456", "face1234", "1a2a3a4", "v1.2.3", "1.2.3.4:5", "12/11/10", "12 11",
        "x-1-y", "web", "webs", "a-web", "aweb", "web-web", "Web", "w", "https://web.example/a?b",
        "http://host:80/x", "ftp://a.b#c", "://x", "https://", "see:https://web/x", "a:b:c.",
        "end!?", "...", "(paren)", "a\tb\nc", "a  b", " lead", "trail ",
        "5f0c3f8e-1a2b-4c3d-9e8f-0123456789ab", "x5f0c3f8e-1a2b-4c3d-9e8f-0123456789ab",
        "5f0c3f8e-1a2b-4c3d-9e8f-0123456789a", "5f0c3f8e-1a2b-4c3d-9e8f-0123456789abc",
        "id-5f0c3f8e-1a2b-4c3d-9e8f-0123456789ab", "arn:aws:iam::111122223333:role/web",
        "request id: ABC", "Request ID: abc; x", "requestid=QWERTY", "x-amz-id-2: abc",
        "Host ID: QWERTY", "HostId=abc", "trace ID: QWERTY", "message id: wrong", "id: x",
        "assumed-role/web/17", "2026-11-23T01:02:03.004Z", "100%", "-1", "+1", "1e5",
    ]

    @Test func `each text is reduced as listed`() throws {
        let text = Self.words.map { word in
            "\(word.debugDescription): \(FingerprintTests.reduced(word, ["web", "a-web", "w"]))\n"
        }
        try Golden(path: "Tests/Transcripts/fingerprints.txt").check(text.joined())
    }

    @Test(arguments: [500, 510, 511, 512, 513, 600])
    func `a text is cut at its limit, whatever is there`(_ length: Int) {
        let text = FingerprintTests.reduced(String(repeating: "ab ", count: length / 3 + 1))
        #expect(text.utf8.count <= Fingerprint.limit)
        #expect(text.utf8.count >= min(length, Fingerprint.limit) - 3)
        #expect(!text.hasSuffix(" "))
    }

    @Test(arguments: ["abab", "aab", "ab", "b", "", "aaab"])
    func `a literal is found in a text wherever it begins`(_ literal: String) throws {
        for (text, expected) in [("xaabab", ["abab", "aab", "ab", "b", ""]), ("a", [""])] {
            let condition = RuleCondition(contains: [literal])
            let situation = SituationBuilder.situation {
                $0.stage.actions[0].message = text
                $0.evidence = .denied
            }
            let action = try #require(StageFacts(situation).failed.first)
            let found = condition.holds(of: action, stage: "Build", findings: [:]) == .matches
            #expect(found == expected.contains(literal), "\(literal) in \(text)")
        }
    }

    @Test func `an absent text is not searched, and that is reported`() throws {
        let situation = SituationBuilder.situation {
            $0.stage.actions[0].message = nil
            $0.stage.actions[0].summary = ""
            $0.evidence = .denied
        }
        let action = try #require(StageFacts(situation).failed.first)
        let condition = RuleCondition(matches: [Pattern("x")])
        #expect(
            condition.holds(of: action, stage: "Build", findings: [:])
                == .differs("there is no message or summary")
        )
    }

    @Test func `a row takes from the state what it lacks, and nothing that it has`() {
        func row(_ text: String?, at time: WallTime?) -> ActionRow {
            var row = SituationBuilder.row("Compile", at: time, message: text)
            row.action.code = text
            row.action.summary = text
            row.action.url = text
            return row
        }
        func facts(_ row: ActionRow, _ id: ActionExecutionID? = "Compile-1") -> FailedAction? {
            let situation = SituationBuilder.situation {
                $0.stage.actions[0].summary = "s"
                var row = row
                row.action.executionID = id
                $0.evidence = .rows([row])
            }
            return StageFacts(situation).failed.first
        }
        let later = SituationBuilder.failedAt + .seconds(5)
        for empty in [nil, ""] as [String?] {
            let taken = facts(row(empty, at: nil))
            #expect(taken?.code == "JobFailed")
            #expect(taken?.message == SituationBuilder.busy)
            #expect(taken?.summary == "s")
            #expect(taken?.url == "https://example.com/Compile")
            #expect(taken?.failedAt == SituationBuilder.failedAt)
        }
        let own = facts(row("own", at: later))
        #expect([own?.code, own?.message, own?.summary, own?.url] == ["own", "own", "own", "own"])
        #expect(own?.failedAt == later)
        #expect(facts(row(nil, at: later), "other")?.message == nil)
    }

    @Test func `an entry shares the policy of another exactly when they are equal`() {
        func entry(_ policy: StagePolicy) -> PipelineEntry {
            PipelineEntry(selector: .name("web"), policy: policy, stages: [:])
        }
        var other = StagePolicy.standard
        other.maxRetries += 1
        for policy in [StagePolicy.standard, other] {
            var mine = entry(policy)
            mine.share(with: entry(.standard))
            #expect(mine.policy == policy)
        }
    }
}
