import Primitives
@testable import RetryCore

private func failure(_ kind: CallFailure.Kind, _ operation: AWSOperation?) -> CallFailure {
    CallFailure(kind: kind, operation: operation, message: "it said so")
}

private func failing(_ names: [PipelineName]) -> @Sendable () -> EngineHarness {
    {
        var harness = EngineHarness(.watching(names))
        harness.fail(names)
        return harness
    }
}

extension ExecutionSummary {
    /// An execution that failed now, before any stage.
    fileprivate static func failed(_ id: ExecutionID, _ harness: EngineHarness) -> ExecutionSummary
    {
        ExecutionSummary(
            id: id,
            status: .failed,
            mode: .queued,
            started: harness.wall,
            lastUpdate: harness.wall,
            statusSummary: "a variable is missing"
        )
    }
}

extension Scenario {
    /// Longer scenarios of the calls beside the state.
    static let courses = [
        Scenario(
            name: "executions",
            harness: {
                var harness = EngineHarness(.watching(["a", "b", "c"]))
                for name in ["a", "b", "c"] as [PipelineName] {
                    harness.states[.prod(name)] = .quiet
                }
                return harness
            },
            play: { harness in
                harness.run(.seconds(601))
                harness.then("two fail before any stage, and stay in the list", 1300) { harness in
                    let rows = ["x", "y"].map { ExecutionSummary.failed(ExecutionID($0), harness) }
                    harness.executions[.prod("a")] = .read(rows, at: nil)
                }
                harness.then("a look shows one, another fails", 1300) { harness in
                    let rows = ["z", "x"].map { ExecutionSummary.failed(ExecutionID($0), harness) }
                    harness.executions[.prod("a")] = .read(rows, at: nil)
                    harness.states[.prod("a")]?.stages[0].latest?.id = ExecutionID("z")
                }
                harness.then("one pipeline is lost", 1300) { $0.states[.prod("b")] = nil }
                harness.then("it is back", 1300) { $0.states[.prod("b")] = .quiet }
                harness.then("one is PARALLEL", 1300) { harness in
                    harness.states[.prod("c")]?.version = 2
                    let parallel = PipelineDefinition(
                        version: 2,
                        executionMode: .parallel,
                        stages: ["Build": StageDefinition(actions: [:])]
                    )
                    harness.definitions[.prod("c")] = .read(parallel, at: nil)
                }
                harness.then("lists are denied", 5000) { harness in
                    let denied = failure(.accessDenied, .listPipelineExecutions)
                    for name in ["a", "b", "c"] as [PipelineName] {
                        harness.executions[.prod(name)] = .failed(denied)
                    }
                }
                harness.then("lists work", 4000) { $0.executions = [:] }
            }
        ),
        Scenario(name: "recalls", harness: failing(["a", "b", "c", "d", "e", "f"])) { harness in
            harness.holdsRecalls = true
            harness.run(.seconds(6))
            harness.then("one stage recovers, one has another execution, one goes", 20) { harness in
                harness.change(.of("a", .first)) { $0.latest?.status = .succeeded }
                harness.change(.of("b", .first)) { $0.latest?.id = .second }
                harness.states[.prod("c")]?.stages = [StageSnapshot(name: "Ship")]
            }
            harness.then("the ledger says of two that they are open and ended", 60) { harness in
                let held = harness.heldRecalls
                harness.heldRecalls = []
                for (id, key) in held {
                    let record = EpisodeRecord(
                        key: key,
                        firstFailure: harness.epoch,
                        firstSeen: harness.epoch,
                        foreignRetries: 1
                    )
                    switch key.pipeline.pipeline {
                    case "d": harness.feed(.recalled(id, .open(record, [])))
                    case "e": harness.feed(.recalled(id, .ended(.notRetried)))
                    default: harness.heldRecalls.append((id, key))
                    }
                }
            }
            harness.then("it answers the others, late", 60) { $0.releaseRecalls() }
            harness.then("it cannot be read, and the next executions fail", 700) { harness in
                harness.memory = .unreadable("damaged")
                for name in ["a", "f"] as [PipelineName] {
                    harness.change(.of(name, .first)) { stage in
                        stage.latest = StageExecution(id: "third", status: .failed)
                    }
                }
            }
        },
        Scenario(name: "late-evidence", harness: failing(["a", "b", "c", "d"])) { harness in
            harness.holdsEvidence = true
            harness.run(.seconds(3))
            harness.then("one fails anew before its history is there, one recovers", 12) {
                harness in
                let time = harness.wall
                harness.change(.of("a", .first)) { stage in
                    stage.startsAgain()
                    stage.failsAgain("disk full", at: time)
                }
                harness.change(.of("b", .first)) { $0.latest?.status = .succeeded }
            }
            harness.then("all answers come, the old ones too", 10) { harness in
                harness.holdsEvidence = false
                let held = harness.heldEvidence
                harness.heldEvidence = []
                for id in held {
                    harness.feed(.evidenceRead(id, .read([], at: nil)))
                }
            }
            harness.then("the histories can be read", 40) { $0.evidence = [:] }
            harness.then("they are late for minutes, and the state gets conditions", 400) {
                harness in
                let time = harness.wall
                for name in ["a", "c", "d"] as [PipelineName] {
                    harness.change(.of(name, .first)) { $0.failsAgain("a test is red", at: time) }
                }
                harness.change(.of("d", .first)) { $0.conditions.beforeEntry = .failed }
                harness.evidence[.first] = .failed(failure(.serverError, .listActionExecutions))
            }
        },
        Scenario(
            name: "patterns",
            harness: {
                var policy = StagePolicy.plain
                var condition = RuleCondition()
                condition.matches = [Pattern("flaky"), Pattern("queue")]
                policy.rules = [
                    Rule(name: "flaky", when: condition, action: .retry(policy.limits))
                ]
                var harness = EngineHarness(.watching(["a", "b"], policy))
                harness.holdsPatterns = true
                harness.fail(["a", "b"])
                return harness
            },
            play: { harness in
                harness.run(.seconds(62))
                harness.then("another error while the first is evaluated", 30) { harness in
                    let time = harness.wall
                    harness.change(.of("a", .first)) { stage in
                        stage.startsAgain()
                        stage.failsAgain("disk full", at: time)
                    }
                }
                harness.then("one runs again", 30) { harness in
                    harness.change(.of("b", .first)) { $0.startsAgain() }
                }
                harness.then("the machine was suspended for an hour", 100) { harness in
                    harness.now = harness.now + .seconds(3600)
                }
                harness.then("patterns are evaluated, and both fail anew", 100) { harness in
                    let time = harness.wall
                    harness.holdsPatterns = false
                    for name in ["a", "b"] as [PipelineName] {
                        harness.change(.of(name, .first)) { stage in
                            stage.startsAgain()
                            stage.failsAgain("out of memory", at: time)
                        }
                    }
                }
            }
        ),
        Scenario(
            name: "notices",
            harness: {
                var harness = EngineHarness(.watching(["a", "b"]))
                for name in ["a", "b"] as [PipelineName] {
                    harness.states[.prod(name)] = PipelineSnapshot(version: 1, stages: .odd(6))
                }
                return harness
            },
            play: { harness in
                harness.run(.seconds(700))
                harness.then("half of the sources are read again, one stage ends", 60) { harness in
                    harness.states[.prod("a")]?.stages = .odd(3)
                    harness.states[.prod("b")]?.stages[5].latest?.status = .succeeded
                }
                harness.then("all are as before", 700) { harness in
                    harness.states[.prod("a")]?.stages = .odd(6)
                    harness.states[.prod("b")]?.stages = .odd(6)
                }
                harness.then("one pipeline goes from the file and comes back", 700) { harness in
                    harness.feed(.reloaded(.watching(["b"])))
                    harness.feed(.reloaded(.watching(["a", "b"])))
                }
            }
        ),
    ]
}

extension [StageSnapshot] {
    /// So many stages that do not end, with sources that cannot be read.
    fileprivate static func odd(_ count: Int) -> [StageSnapshot] {
        (0..<count).map { number in
            StageSnapshot(
                name: StageName("S\(number)"),
                latest: StageExecution(id: .first, status: .inProgress),
                actions: [
                    ActionSnapshot(
                        name: ActionName("Fetch\(number)"),
                        status: .failed,
                        message: "no bucket"
                    ),
                    ActionSnapshot(
                        name: "Test",
                        executionID: ActionExecutionID("t\(number)"),
                        status: number.isMultiple(of: 2) ? .failed : .abandoned,
                        message: "red"
                    ),
                    ActionSnapshot(name: "Ship", executionID: "s", status: .failed),
                ]
            )
        }
    }
}
