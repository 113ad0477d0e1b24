import Primitives
@testable import RetryCore

private func failure(_ kind: CallFailure.Kind, _ operation: String) -> CallFailure {
    CallFailure(kind: kind, operation: operation, message: "it said so")
}

private func failing(_ names: [PipelineName]) -> @Sendable () -> Bench {
    {
        var bench = Bench(.watching(names))
        bench.fail(names)
        return bench
    }
}

extension ExecutionSummary {
    /// An execution that failed now, before any stage.
    fileprivate static func failed(_ id: ExecutionID, _ bench: Bench) -> ExecutionSummary {
        ExecutionSummary(
            id: id,
            status: .failed,
            mode: .queued,
            started: bench.wall,
            lastUpdate: bench.wall,
            statusSummary: "a variable is missing"
        )
    }
}

extension Scenario {
    /// Whole courses of what is asked beside the state.
    static let courses = [
        Scenario(
            name: "executions",
            bench: {
                var bench = Bench(.watching(["a", "b", "c"]))
                for name in ["a", "b", "c"] as [PipelineName] { bench.states[.prod(name)] = .quiet }
                return bench
            },
            play: { bench in
                bench.run(.seconds(601))
                bench.then("two fail before any stage, and stay in the list", 1300) { bench in
                    let rows = ["x", "y"].map { ExecutionSummary.failed(ExecutionID($0), bench) }
                    bench.executions[.prod("a")] = .read(rows, at: nil)
                }
                bench.then("a look shows one, another fails", 1300) { bench in
                    let rows = ["z", "x"].map { ExecutionSummary.failed(ExecutionID($0), bench) }
                    bench.executions[.prod("a")] = .read(rows, at: nil)
                    bench.states[.prod("a")]?.stages[0].latest?.id = ExecutionID("z")
                }
                bench.then("one pipeline is lost", 1300) { $0.states[.prod("b")] = nil }
                bench.then("it is back", 1300) { $0.states[.prod("b")] = .quiet }
                bench.then("one is PARALLEL", 1300) { bench in
                    bench.states[.prod("c")]?.version = 2
                    let parallel = PipelineDefinition(
                        version: 2,
                        executionMode: .parallel,
                        stages: ["Build": StageDefinition(actions: [:])]
                    )
                    bench.definitions[.prod("c")] = .read(parallel, at: nil)
                }
                bench.then("lists are denied", 5000) { bench in
                    let denied = failure(.accessDenied, "ListPipelineExecutions")
                    for name in ["a", "b", "c"] as [PipelineName] {
                        bench.executions[.prod(name)] = .failed(denied)
                    }
                }
                bench.then("lists work", 4000) { $0.executions = [:] }
            }
        ),
        Scenario(name: "recalls", bench: failing(["a", "b", "c", "d", "e", "f"])) { bench in
            bench.holdsRecalls = true
            bench.run(.seconds(6))
            bench.then("one stage recovers, one has another execution, one goes", 20) { bench in
                bench.change(.of("a", .first)) { $0.latest?.status = .succeeded }
                bench.change(.of("b", .first)) { $0.latest?.id = .second }
                bench.states[.prod("c")]?.stages = [StageSnapshot(name: "Ship")]
            }
            bench.then("the ledger says of two that they are open and ended", 60) { bench in
                let held = bench.heldRecalls
                bench.heldRecalls = []
                for (id, key) in held {
                    let record = EpisodeRecord(
                        key: key,
                        firstFailure: bench.epoch,
                        firstSeen: bench.epoch,
                        foreignRetries: 1
                    )
                    switch key.pipeline.pipeline {
                    case "d": bench.feed(.recalled(id, .open(record, [])))
                    case "e": bench.feed(.recalled(id, .ended(.notRetried)))
                    default: bench.heldRecalls.append((id, key))
                    }
                }
            }
            bench.then("it answers the others, late", 60) { $0.releaseRecalls() }
            bench.then("it cannot be read, and the next executions fail", 700) { bench in
                bench.memory = .unreadable("damaged")
                for name in ["a", "f"] as [PipelineName] {
                    bench.change(.of(name, .first)) { stage in
                        stage.latest = StageExecution(id: "third", status: .failed)
                    }
                }
            }
        },
        Scenario(name: "late-evidence", bench: failing(["a", "b", "c", "d"])) { bench in
            bench.holdsEvidence = true
            bench.run(.seconds(3))
            bench.then("one fails anew before its history is there, one recovers", 12) { bench in
                let time = bench.wall
                bench.change(.of("a", .first)) { stage in
                    stage.startsAgain()
                    stage.failsAgain("disk full", at: time)
                }
                bench.change(.of("b", .first)) { $0.latest?.status = .succeeded }
            }
            bench.then("all answers come, the old ones too", 10) { bench in
                bench.holdsEvidence = false
                let held = bench.heldEvidence
                bench.heldEvidence = []
                for id in held {
                    bench.feed(.evidenceRead(id, .read([], at: nil)))
                }
            }
            bench.then("the histories can be read", 40) { $0.evidence = [:] }
            bench.then("they are late for minutes, and the state gets conditions", 400) { bench in
                let time = bench.wall
                for name in ["a", "c", "d"] as [PipelineName] {
                    bench.change(.of(name, .first)) { $0.failsAgain("a test is red", at: time) }
                }
                bench.change(.of("d", .first)) { $0.conditions.beforeEntry = .failed }
                bench.evidence[.first] = .failed(failure(.trouble, "ListActionExecutions"))
            }
        },
        Scenario(
            name: "patterns",
            bench: {
                var policy = StagePolicy.plain
                var condition = RuleCondition()
                condition.matches = [Pattern("flaky"), Pattern("queue")]
                policy.rules = [
                    Rule(name: "flaky", when: condition, action: .retry(policy.limits))
                ]
                var bench = Bench(.watching(["a", "b"], policy))
                bench.holdsPatterns = true
                bench.fail(["a", "b"])
                return bench
            },
            play: { bench in
                bench.run(.seconds(62))
                bench.then("another error while the first is evaluated", 30) { bench in
                    let time = bench.wall
                    bench.change(.of("a", .first)) { stage in
                        stage.startsAgain()
                        stage.failsAgain("disk full", at: time)
                    }
                }
                bench.then("one runs again", 30) { bench in
                    bench.change(.of("b", .first)) { $0.startsAgain() }
                }
                bench.then("the machine was suspended for an hour", 100) { bench in
                    bench.now = bench.now + .seconds(3600)
                }
                bench.then("patterns are evaluated, and both fail anew", 100) { bench in
                    let time = bench.wall
                    bench.holdsPatterns = false
                    for name in ["a", "b"] as [PipelineName] {
                        bench.change(.of(name, .first)) { stage in
                            stage.startsAgain()
                            stage.failsAgain("out of memory", at: time)
                        }
                    }
                }
            }
        ),
        Scenario(
            name: "notices",
            bench: {
                var bench = Bench(.watching(["a", "b"]))
                for name in ["a", "b"] as [PipelineName] {
                    bench.states[.prod(name)] = PipelineSnapshot(version: 1, stages: .odd(6))
                }
                return bench
            },
            play: { bench in
                bench.run(.seconds(700))
                bench.then("half of the sources are read again, one stage ends", 60) { bench in
                    bench.states[.prod("a")]?.stages = .odd(3)
                    bench.states[.prod("b")]?.stages[5].latest?.status = .succeeded
                }
                bench.then("all are as before", 700) { bench in
                    bench.states[.prod("a")]?.stages = .odd(6)
                    bench.states[.prod("b")]?.stages = .odd(6)
                }
                bench.then("one pipeline goes from the file and comes back", 700) { bench in
                    bench.feed(.reloaded(.watching(["b"])))
                    bench.feed(.reloaded(.watching(["a", "b"])))
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
