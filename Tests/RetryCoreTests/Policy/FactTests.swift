import Primitives
import Testing

@testable import RetryCore

/// The facts of the state, the history and the file, each taken alone.
@Suite struct FactTests {
    @Test(arguments: [
        (ActionName("Compile"), StageName("Build"), nil as String?),
        ("Test", "Build", "ListActionExecutions does not show action Compile"),
        ("Compile", "Deploy", "ListActionExecutions does not show action Compile"),
    ])
    func `a failed action without an id is looked for in its stage by its name`(
        _ name: ActionName,
        _ stage: StageName,
        _ missing: String?
    ) {
        let shown = SituationBuilder.situation { $0.stage.actions[0].executionID = nil }.stage
        var row = SituationBuilder.row(name)
        row.stage = stage
        #expect(HistoryCheck.missing(in: [row], of: shown) == missing)
    }

    /// The failed run of an action that the state shows as Succeeded may be the older one.
    @Test(arguments: [(60, true), (0, false), (-60, false)])
    func `a failure newer than the run that the state shows means that the state is old`(
        _ seconds: Int,
        _ isOld: Bool
    ) {
        let stage = SituationBuilder.situation {
            var test = SituationBuilder.action("Test", .succeeded)
            test.executionID = "t1"
            $0.stage.actions.append(test)
        }.stage
        let time = SituationBuilder.failedAt + .seconds(seconds)
        var shown = SituationBuilder.row("Test", .succeeded)
        shown.action.executionID = "t1"
        let missing = HistoryCheck.missing(
            in: [SituationBuilder.row("Test", at: time), shown, SituationBuilder.row("Compile")],
            of: stage
        )
        let text =
            "GetPipelineState still shows attempt t1 of action Test, and ListActionExecutions the "
            + "newer Test-1"
        #expect(missing == (isOld ? text : nil))
    }

    /// All actions succeeded after a retry, and the stage has failed for another reason: the
    /// failure of before is no reason to retry it.
    @Test(arguments: [-60, 0])
    func `a history without the success that the state shows is old`(_ seconds: Int) {
        let stage = SituationBuilder.situation {
            var compile = SituationBuilder.action("Compile", .succeeded)
            compile.executionID = "c2"
            $0.stage.actions = [compile]
        }.stage
        let time = SituationBuilder.failedAt + .seconds(seconds)
        let missing = HistoryCheck.missing(
            in: [SituationBuilder.row("Compile", at: time)],
            of: stage
        )
        #expect(missing == "ListActionExecutions does not show attempt c2 of action Compile")
    }

    @Test func `of two missing attempts the first by name is reported`() {
        let shown = SituationBuilder.situation {
            $0.stage.actions = [
                SituationBuilder.action("Zip"), SituationBuilder.action("Lint", .abandoned),
            ]
        }.stage
        #expect(
            HistoryCheck.missing(in: [SituationBuilder.row("Compile")], of: shown)
                == "ListActionExecutions does not show attempt Lint-1 of action Lint"
        )
    }

    @Test func `an entry with a name matches that pipeline, and one with a pattern all matches`() {
        func entry(_ selector: PipelineEntry.Selector) -> PipelineEntry {
            PipelineEntry(selector: selector, policy: .standard, stages: [:])
        }
        let exact = entry(.name("web"))
        #expect(exact.takes("web"))
        #expect(!exact.takes("web-2"))
        let pattern = entry(.match(Glob("web*"), except: [Glob("*-2")]))
        #expect(pattern.takes("web"))
        #expect(!pattern.takes("web-2"))
        #expect(!pattern.takes("api"))
    }

    @Test(arguments: [
        (RuleCondition(categories: ["Build"]), true), (RuleCondition(providers: ["ECS"]), true),
        (RuleCondition(codes: ["JobFailed"]), false),
    ])
    func `a category or provider that was not read is not evaluable, an absent code is a fact`(
        _ condition: RuleCondition,
        _ isUnread: Bool
    ) throws {
        let situation = SituationBuilder.situation {
            $0.definition = nil
            var row = SituationBuilder.row("Compile", category: nil, provider: nil)
            row.action.code = nil
            $0.stage.actions = []
            $0.evidence = .rows([row])
        }
        let action = try #require(StageFacts(situation).failed.first)
        switch condition.holdsBesidePatterns(of: action, stage: "Build") {
        case .notEvaluable: #expect(isUnread)
        case .differs: #expect(!isUnread)
        case .matches: Issue.record("what is not known matches")
        }
    }

    @Test func `entries made apart are equal exactly when their parts are`() {
        func entry(_ change: (inout StagePolicy) -> Void = { _ in }) -> PipelineEntry {
            var policy = StagePolicy.standard
            change(&policy)
            return PipelineEntry(selector: .name("web"), policy: policy, stages: [:])
        }
        var shared = entry()
        shared.share(with: entry())
        #expect(entry() == entry())
        #expect(shared == entry())
        #expect(entry() != entry { $0.maxRetries += 1 })
        shared.share(with: entry { $0.maxRetries += 1 })
        #expect(shared == entry())
    }

    @Test(arguments: [
        (1, [RetryMode.allActions, .failedActions], RetryMode.allActions),
        (2, [.allActions, .failedActions], .failedActions),
        (3, [.failedActions, .allActions], .allActions),
        (0, [.allActions, .failedActions], .allActions), (1, [], .failedActions),
    ])
    func `past its end a list of modes repeats its last, and without one failed actions run`(
        _ number: Int,
        _ modes: [RetryMode],
        _ mode: RetryMode
    ) {
        #expect(SituationBuilder.limits(modes: modes).mode(number: number) == mode)
    }

    @Test func `a failure without attempts is new exactly when the state moved`() {
        let situation = SituationBuilder.situation {
            $0.stage.actions[0].executionID = nil
            $0.evidence = .denied
        }
        let facts = StageFacts(situation)
        let baseline = situation.stage.baseline
        var later = baseline
        later.lastStatusChange = SituationBuilder.failedAt + .seconds(1)
        #expect(facts.isNewAttempt(since: nil, baseline))
        #expect(!facts.isNewAttempt(since: baseline, baseline))
        #expect(facts.isNewAttempt(since: baseline, later))
        later.manualRetries += 1
        #expect(facts.isNewAttempt(since: baseline, later))
    }

    @Test func `retries of others are spent, against every rule and not against the policy twice`()
    {
        let situation = SituationBuilder.situation {
            $0.history.counts.foreign = 2
            $0.history.retries = 3
            $0.history.retriesByRule = ["a": 1, nil: 2]
            $0.history.counts.own = 3
            $0.stage.counters = RetryCounters(automatic: 0, manual: 6)
        }
        #expect(situation.unexplainedRetries == 1)
        #expect(situation.spentRetries == 4)
        #expect(situation.spentRetries(by: "a") == 4)
        #expect(situation.spentRetries(by: "b") == 3)
        #expect(situation.spentRetries(by: nil) == 3)
    }

    @Test(arguments: [
        "target", "pipeline", "stage", "execution", "number", "seed",
    ])
    func `the jitter of two retries differs when they differ in one thing`(_ thing: String) {
        let plain = SituationBuilder.situation()
        var other = plain
        var pipeline = plain.episode.pipeline
        var (stage, execution) = (plain.episode.stage, plain.episode.execution)
        switch thing {
        case "target": pipeline = PipelineKey(target: "test", pipeline: pipeline.pipeline)
        case "pipeline": pipeline = PipelineKey(target: pipeline.target, pipeline: "api")
        case "stage": stage = "Deploy"
        case "execution": execution = SituationBuilder.newer
        case "seed": other.seed = 2
        default: break
        }
        other.episode = EpisodeKey(pipeline: pipeline, stage: stage, execution: execution)
        let number = thing == "number" ? 2 : 1
        #expect(plain.jitter(number: 1) != other.jitter(number: number))
        #expect(plain.jitter(number: 1) == SituationBuilder.situation().jitter(number: 1))
    }
}
