import Primitives
import RetryCore
import Testing

/// The facts read from a failed stage's poll and history.
@Suite struct StageFactsTests {
    private static let later = SituationBuilder.failedAt + .seconds(10)

    private func facts(_ change: (inout Situation) -> Void) -> StageFacts {
        StageFacts(SituationBuilder.situation(change))
    }

    @Test func `an action that runs is named once, from the rows first, then by name`() {
        let facts = facts {
            $0.stage.actions = [
                SituationBuilder.action("Zip", .inProgress),
                SituationBuilder.action("Lint", .inProgress),
                SituationBuilder.action("Compile", .inProgress),
                SituationBuilder.action("Odd", .unknown("Odd")),
            ]
            $0.evidence = .rows([
                SituationBuilder.row("Compile", .inProgress),
                SituationBuilder.row("Odd", .unknown("Odd")),
            ])
        }
        #expect(facts.inProgress == ["Compile", "Lint", "Zip"])
        #expect(facts.unknownStatuses == ["Odd: Odd"])
    }

    @Test(arguments: [(10, 0), (0, 10), (10, 10)])
    func `the last change is the newest of the history and of the poll`(
        _ row: Int,
        _ poll: Int
    ) {
        let facts = facts {
            $0.stage.actions[0].lastStatusChange = SituationBuilder.failedAt + .seconds(poll)
            $0.evidence = .rows([
                SituationBuilder.row("Compile"),
                SituationBuilder.row(
                    "Lint",
                    .succeeded,
                    at: SituationBuilder.failedAt + .seconds(row)
                ),
            ])
        }
        #expect(facts.lastChange == StageFactsTests.later)
    }

    @Test func `without a date in the history or in the poll the other's counts`() {
        let ofRows = facts { $0.stage.actions[0].lastStatusChange = nil }
        #expect(ofRows.lastChange == SituationBuilder.failedAt)
        let ofPoll = facts {
            $0.evidence = .rows([SituationBuilder.row("Lint", .succeeded, at: nil)])
        }
        #expect(ofPoll.lastChange == SituationBuilder.failedAt)
    }

    @Test(arguments: [(10, 0, "A"), (0, 10, "B"), (0, 0, "A")])
    func `the newest failure is the latest, and of two at once the first by name`(
        _ first: Int,
        _ second: Int,
        _ newest: ActionName
    ) {
        let facts = facts {
            $0.stage.actions = []
            $0.evidence = .rows([
                SituationBuilder.row("B", at: SituationBuilder.failedAt + .seconds(second)),
                SituationBuilder.row("A", at: SituationBuilder.failedAt + .seconds(first)),
            ])
        }
        #expect(facts.newestFailure?.name == newest)
    }

    @Test func `a retry of a person makes a new attempt, whatever the attempts are called`() {
        let situation = SituationBuilder.situation()
        let facts = StageFacts(situation)
        var retried = situation.stage.baseline
        #expect(!facts.isNewAttempt(since: situation.stage.baseline, retried))
        retried.manualRetries += 1
        #expect(facts.isNewAttempt(since: situation.stage.baseline, retried))
    }

    @Test func `of two rows of one action that are equally new the first counts`() {
        let facts = facts {
            var second = SituationBuilder.row("Compile", .succeeded)
            second.action.executionID = "second"
            $0.evidence = .rows([SituationBuilder.row("Compile"), second])
        }
        #expect(facts.failed.map(\.executionID) == ["Compile-1"])
    }

    @Test func `an undated failure belongs to the attempt`() {
        let facts = facts {
            GuardTests.deniedBeside(order: nil, age: 0, &$0)
            $0.stage.actions[1].lastStatusChange = nil
        }
        #expect(facts.failed.map(\.name) == ["Check", "Compile"])
    }

    /// If nothing else tells them apart, since a decision must not depend on chance.
    @Test(arguments: 0..<40, [true, false])
    func `of two failures at one time and different run orders the first by name counts`(
        _ number: Int,
        _ hasRows: Bool
    ) {
        let names = [ActionName("a\(number)"), ActionName("b\(number)")]
        let facts = facts {
            $0.stage.actions = names.map { SituationBuilder.action($0) }
            $0.evidence =
                hasRows ? .rows(names.reversed().map { SituationBuilder.row($0) }) : .denied
            let kinds = [2, 1].map { ActionKind(category: "Build", provider: nil, runOrder: $0) }
            $0.definition?.stages["Build"] = StageDefinition(
                actions: Dictionary(uniqueKeysWithValues: zip(names, kinds))
            )
        }
        #expect(facts.failed.map(\.name) == [names[0]])
    }

    @Test(arguments: [(0, ["Check", "Compile"]), (1, ["Compile"])] as [(Int64, [ActionName])])
    func `without a run order a failure of a day before belongs to the attempt, an older one not`(
        _ more: Int64,
        _ failed: [ActionName]
    ) {
        let facts = facts {
            GuardTests.deniedBeside(order: nil, age: 86_400, &$0)
            $0.stage.actions[0].lastStatusChange = SituationBuilder.failedAt + .milliseconds(more)
        }
        #expect(facts.failed.map(\.name) == failed)
    }
}
