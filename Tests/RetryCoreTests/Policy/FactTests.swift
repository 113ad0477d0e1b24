import Testing

@testable import RetryCore

/// What the state, the history and the file say, each taken alone.
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
        let shown = Scene.situation { $0.stage.actions[0].executionID = nil }.stage
        var row = Scene.row(name)
        row.stage = stage
        #expect(HistoryCheck.missing(in: [row], of: shown) == missing)
    }

    /// The failed run of an action that the state shows as Succeeded may be the older one.
    @Test(arguments: [(60, true), (0, false), (-60, false)])
    func `a failure that is newer than the run that the state shows says that the state is old`(
        _ seconds: Int,
        _ isOld: Bool
    ) {
        let stage = Scene.situation {
            var test = Scene.action("Test", .succeeded)
            test.executionID = "t1"
            $0.stage.actions.append(test)
        }.stage
        let time = Scene.failedAt + .seconds(seconds)
        let missing = HistoryCheck.missing(
            in: [Scene.row("Test", at: time), Scene.row("Compile")],
            of: stage
        )
        let text =
            "GetPipelineState still shows attempt t1 of action Test, and ListActionExecutions the "
            + "newer Test-1"
        #expect(missing == (isOld ? text : nil))
    }

    @Test func `an entry with a name takes that pipeline, and one with a pattern what matches`() {
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
        #expect(Scene.limits(modes: modes).mode(number: number) == mode)
    }

    @Test func `a failure without attempts is new exactly when the state moved`() {
        let situation = Scene.situation {
            $0.stage.actions[0].executionID = nil
            $0.evidence = .denied
        }
        let facts = StageFacts(situation)
        let mark = situation.stage.mark
        var later = mark
        later.lastStatusChange = Scene.failedAt + .seconds(1)
        #expect(facts.isNewAttempt(since: nil, mark))
        #expect(!facts.isNewAttempt(since: mark, mark))
        #expect(facts.isNewAttempt(since: mark, later))
        later.manualRetries += 1
        #expect(facts.isNewAttempt(since: mark, later))
    }
}
