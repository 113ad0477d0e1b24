import Primitives
import Testing

@testable import RetryCore

@Suite struct PackedDefinitionTests {
    private static let long = String(repeating: "n", count: 199)

    static let definitions: [PipelineDefinition] = [
        PipelineDefinition(version: nil, executionMode: .superseded, stages: [:]),
        PipelineDefinition(
            version: 7,
            executionMode: .parallel,
            stages: ["Build": StageDefinition()]
        ),
        PipelineDefinition(
            version: .max,
            executionMode: .unknown("HYPERBOLIC"),
            stages: [
                "Deploy": StageDefinition(
                    onFailure: .rollback,
                    actions: ["Ship": ActionKind(category: "Deploy", provider: "ECS", runOrder: 2)]
                ),
                "Größe 1": StageDefinition(
                    onFailure: .unknown("EXPLODE"),
                    failureConditions: [.rollback, .unknown(""), .skip],
                    actions: [
                        ActionName(long): ActionKind(
                            category: ActionCategory(long + "x"),
                            provider: nil
                        ),
                        "b": ActionKind(category: nil, provider: long + long, runOrder: 999),
                    ]
                ),
                "Skip": StageDefinition(onFailure: .skip),
                "Retry": StageDefinition(onFailure: .retry),
                "Fail": StageDefinition(onFailure: .fail),
            ]
        ),
        PipelineDefinition(version: 0, executionMode: .queued, stages: ["": StageDefinition()]),
    ]

    @Test(arguments: definitions)
    func `a packed definition is the same when it is unpacked`(_ definition: PipelineDefinition) {
        #expect(PackedDefinition(definition).definition == definition)
    }

    @Test(arguments: 1...200)
    func `so is every randomly generated definition`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        func word() -> String {
            let length = [0, 1, 12, 198, 199, 200, 398, 399][Int(random.next() % 8)]
            return String((0..<length).map { _ in "aB.é-"[Int(random.next() % 5)] })
        }
        func name() -> String? {
            let word = word()
            return word.isEmpty ? nil : word
        }
        let uses: [ChangeSetUse?] = [
            nil, nil, ChangeSetUse(mode: .neither),
            ChangeSetUse(mode: .executes, name: word(), stack: nil),
            ChangeSetUse(mode: .prepares, name: nil, stack: word()),
            ChangeSetUse(mode: .prepares, name: "", stack: word()),
        ]
        var stages: [StageName: StageDefinition] = [:]
        for _ in 0..<random.next() % 6 {
            var actions: [ActionName: ActionKind] = [:]
            for _ in 0..<random.next() % 5 {
                actions[ActionName(word())] = ActionKind(
                    category: name().map { ActionCategory($0) },
                    provider: name(),
                    runOrder: random.next() % 2 == 0 ? nil : Int(random.next() % 1000),
                    changeSet: uses[Int(random.next() % 6)]
                )
            }
            stages[StageName(word())] = StageDefinition(
                onFailure: .unknown(word()),
                failureConditions: (0..<random.next() % 3).map { _ in .unknown(word()) },
                actions: actions
            )
        }
        let definition = PipelineDefinition(
            version: Int(random.next() % 100_000),
            executionMode: .queued,
            stages: stages
        )
        #expect(PackedDefinition(definition).definition == definition)
    }

    @Test func `twenty actions take less than half a KiB`() {
        var stages: [StageName: StageDefinition] = [:]
        for stage in 1...8 {
            var actions: [ActionName: ActionKind] = [:]
            for action in 1...(stage % 2 == 0 ? 3 : 2) {
                actions[ActionName("BuildAction\(action)")] = ActionKind(
                    category: "Build",
                    provider: "CodeBuild",
                    runOrder: action
                )
            }
            stages[StageName("Deploy-Stage-\(stage)")] = StageDefinition(actions: actions)
        }
        let definition = PipelineDefinition(version: 12, executionMode: .queued, stages: stages)
        #expect(PackedDefinition(definition).size < 512)
    }
}

extension String {
    fileprivate subscript(offset: Int) -> Character {
        self[index(startIndex, offsetBy: offset)]
    }
}
