import Primitives
@testable import RetryCore

private let no = CallFailure(kind: .invalid, operation: .retryStageExecution, message: "no")

private func failure(_ kind: CallFailure.Kind, _ operation: AWSOperation?) -> CallFailure {
    CallFailure(kind: kind, operation: operation, message: "it said so")
}

private func failing(_ names: [PipelineName] = ["web"]) -> @Sendable () -> EngineHarness {
    {
        var harness = EngineHarness(.watching(names))
        harness.fail(names)
        return harness
    }
}

extension Scenario {
    static let all = calls + worlds + reloads + courses + groups

    /// The results of the calls of one stage.
    static let calls = [
        Scenario(name: "retries", harness: failing()) { harness in
            harness.run(.seconds(40))
            harness.then("it fails with the same error", 40) { harness in
                let time = harness.wall
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
            }
            harness.then("it fails with another error", 40) { harness in
                let time = harness.wall
                harness.change(.web) { $0.failsAgain("a test is red", at: time) }
            }
            harness.then("it recovers", 60) { harness in
                harness.change(.web) { $0.latest?.status = .succeeded }
            }
            harness.then("the next execution fails", 40) { harness in
                harness.states[.web] = PipelineSnapshot(
                    version: 1,
                    stages: [
                        .failed("queue full", attempt: 9, at: harness.wall, execution: .second)
                    ]
                )
            }
        },
        Scenario(name: "refusals", harness: failing()) { harness in
            harness.retryAnswers = [
                .refused(.conflict, no), .refused(.conflict, no), .refused(.concurrentLimit, no),
                .refused(.concurrentLimit, no), .refused(.throttled, no),
                .refused(.unreachable, no), .refused(.credentials, no), .refused(.credentials, no),
                .refused(.accessDenied, no), .refused(.notRetryable, no),
            ]
            harness.run(.seconds(6000))
        },
        Scenario(name: "refusals-that-end", harness: failing(["a", "b", "c", "d"])) { harness in
            harness.retryAnswers = [
                .refused(.notLatest, no), .refused(.invalid, no), .refused(.stageNotFound, no),
                .refused(.other, no), .refused(.pipelineNotFound, no),
            ]
            harness.run(.seconds(120))
        },
        Scenario(name: "unknown-answers", harness: failing(["api", "web"])) { harness in
            harness.retryAnswers = [.unknown("reset"), .unknown("reset")]
            harness.run(.seconds(31)) { harness in
                if harness.retries.count == 2 { harness.retriesMove = false }
            }
            harness.then("one call had no effect", 130) { harness in
                let time = harness.wall
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        },
        Scenario(name: "no-effect", harness: failing()) { harness in
            harness.retriesMove = false
            harness.run(.seconds(400))
            harness.then("a call lands late", 60) { harness in
                harness.change(.web) { $0.startsAgain() }
            }
        },
        Scenario(name: "no-answer", harness: failing()) { harness in
            harness.holdsRetry = true
            harness.run(.seconds(60))
            harness.then("the stage moves", 60) { harness in
                harness.change(.web) { $0.startsAgain() }
            }
            harness.then("looks are not answered", 300) { $0.hanging = [.web] }
        },
        Scenario(name: "ledger-trouble", harness: failing(["api", "web"])) { harness in
            harness.durability = [.failed("disk full"), .failed("disk full"), .failed("disk full")]
            harness.run(.seconds(60))
            harness.then("a write fails", 30) { $0.feed(.ledgerFailed("disk full")) }
            harness.then("the ledger writes again", 30) { $0.feed(.ledgerRecovered) }
            harness.then("an intent is not answered", 200) { harness in
                let time = harness.wall
                harness.holdsDurability = true
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        },
        Scenario(name: "late-history", harness: failing(["api", "web"])) { harness in
            harness.evidence[.first] = .read([], at: nil)
            harness.run(.seconds(120))
            harness.then("the definition cannot be read either", 60) { harness in
                harness.definitions[.web] = .failed(failure(.serverError, .getPipeline))
                harness.states[.web]?.version = 2
            }
            harness.then("the history is denied", 200) { harness in
                harness.evidence[.first] = .failed(failure(.accessDenied, .listActionExecutions))
                harness.definitions[.web] = .failed(failure(.accessDenied, .getPipeline))
            }
            harness.then("both can be read", 3700) { harness in
                harness.evidence = [:]
                harness.definitions = [:]
            }
        },
    ]

    /// Events around the stages.
    static let worlds = [
        Scenario(name: "restarts", harness: failing(["api", "web"])) { harness in
            harness.run(.seconds(20))
            harness.then("kill -9", 15) { $0.crash(.watching(["api", "web"])) }
            harness.then("kill -9 while the effect is waited for", 2) { harness in
                harness.retriesMove = false
                harness.crash(.watching(["api", "web"]))
            }
            harness.then("one fails again, the other is gone from the file", 100) { harness in
                let time = harness.wall
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
                harness.crash(.watching(["web"]))
            }
            harness.then("kill -9 after an intent", 200) { harness in
                let time = harness.wall
                harness.change(.web) { $0.failsAgain("queue full", at: time) }
                harness.silent = true
                harness.run(.seconds(40))
                harness.silent = false
                harness.crash(.watching(["web"]))
            }
        },
        Scenario(
            name: "outage-hold",
            harness: {
                var configuration = Configuration.watching(["a", "b", "c", "d"])
                configuration.outageHold = OutageHold(
                    pipelines: 3,
                    within: .seconds(600),
                    probeEvery: .seconds(300)
                )
                return EngineHarness(configuration)
            },
            play: { harness in
                harness.fail(["a", "b", "c", "d"])
                harness.run(.seconds(330))
                harness.then("the first probe fails", 400) { harness in
                    let time = harness.wall
                    guard let key = harness.retries.last?.1 else { return }
                    harness.change(key) { $0.failsAgain("queue full", at: time) }
                }
                harness.then("the file asks for no hold", 120) { harness in
                    harness.feed(.reloaded(.watching(["a", "b", "c", "d"])))
                }
            }
        ),
        Scenario(name: "pauses", harness: failing(["a", "b", "c"])) { harness in
            func pause(_ scope: PauseScope, for span: Duration? = nil) -> Event {
                .paused(Pause(scope: scope, reason: "freeze", uid: 7, until: nil), for: span)
            }
            harness.run(.seconds(5))
            harness.then("all and one pipeline are paused", 60) { harness in
                harness.feed(pause(PauseScope()))
                harness.feed(pause(PauseScope(pipeline: "b")))
            }
            harness.then("another scope is resumed", 10) { harness in
                harness.feed(.resumed(PauseScope(pipeline: "c"), uid: 7))
            }
            harness.then("the one pipeline is resumed", 10) { harness in
                harness.feed(.resumed(PauseScope(pipeline: "b"), uid: 7))
            }
            harness.then("a stage is paused for a minute", 10) { harness in
                harness.feed(pause(PauseScope(stage: "Build"), for: .seconds(60)))
            }
            harness.then("all are resumed", 10) { $0.feed(.resumed(PauseScope(), uid: 7)) }
        },
        Scenario(name: "target-down", harness: failing(["a", "b", "c"])) { harness in
            harness.run(.seconds(10))
            harness.then("nobody is there", 300) { harness in
                harness.outage = failure(.unreachable, .getPipelineState)
            }
            harness.then("somebody is there", 40) { $0.outage = nil }
            harness.then("the keys have expired", 200) { harness in
                harness.outage = failure(.credentials, .getPipelineState)
            }
            harness.then("they are good again", 60) { $0.outage = nil }
            harness.then("the rate is limited", 40) { harness in
                harness.outage = failure(.throttled, .getPipelineState)
            }
            harness.then("it is not any more", 200) { $0.outage = nil }
        },
        Scenario(name: "lost-pipelines", harness: failing(["a", "b", "c", "d", "e"])) { harness in
            harness.run(.seconds(40))
            harness.then("one is denied, one gone, one answers nothing of use", 700) { harness in
                harness.sick[.prod("a")] = failure(.accessDenied, .getPipelineState)
                harness.states[.prod("b")] = nil
                harness.sick[.prod("c")] = failure(.invalid, .getPipelineState)
                harness.sick[.prod("d")] = failure(.serverError, .getPipelineState)
            }
            harness.then("all are back", 700) { harness in
                harness.sick = [:]
                harness.fail(["b"])
            }
        },
        Scenario(name: "older-and-newer", harness: failing(["a", "b", "c"])) { harness in
            harness.run(.seconds(40))
            harness.then("a stale read of one, another execution, a stage that went", 40) {
                harness in
                harness.change(.of("a", .first)) { $0.counters.manual = 0 }
                harness.change(.of("b", .first)) { $0.latest?.id = .second }
                harness.states[.prod("c")] = PipelineSnapshot(
                    version: 2,
                    stages: [StageSnapshot(name: "Ship")]
                )
            }
            harness.then("the stale read stays", 400) { harness in
                harness.change(.of("a", .first)) { $0.latest?.status = .stopped }
            }
        },
        Scenario(name: "statuses", harness: failing(["a", "b", "c", "d"])) { harness in
            harness.run(.seconds(5))
            let statuses =
                [
                    ("a", .stopped), ("b", .cancelled), ("c", .skipped), ("d", .unknown("Odd")),
                ] as [(PipelineName, StageStatus)]
            harness.then("each takes another status", 60) { harness in
                for (name, status) in statuses {
                    harness.change(.of(name, .first)) { $0.latest?.status = status }
                }
            }
        },
        Scenario(
            name: "clock-found-behind",
            harness: failing(),
            play: { harness in
                harness.run(.seconds(12))
                harness.then("AWS's clock is twenty seconds behind", 60) { harness in
                    harness.ahead = .seconds(-20)
                }
            }
        ),
    ]

    /// Changes of the file and the lists.
    static let reloads = [
        Scenario(name: "discovery", harness: { EngineHarness(.discovering) }) { harness in
            harness.listed = ["a", "b", "c"]
            harness.fail(["a", "b"])
            harness.states[.prod("c")] = .quiet
            harness.run(.seconds(40))
            harness.then("a list lacks most names", 200) { $0.listed = ["c"] }
            harness.then("one of them is gone, a new one is there", 700) { harness in
                harness.listed = ["b", "c", "new"]
                harness.states[.prod("a")] = nil
                harness.states[.prod("new")] = .quiet
            }
            harness.then("lists fail", 400) {
                $0.listFailure = failure(.serverError, .listPipelines)
            }
            harness.then("lists are denied", 130) { harness in
                harness.listFailure = failure(.accessDenied, .listPipelines)
            }
            harness.then("lists work", 200) { $0.listFailure = nil }
            harness.then("the file names one", 100) { $0.feed(.reloaded(.watching(["b"]))) }
            harness.then("the file finds all again", 60) { $0.feed(.reloaded(.discovering)) }
        },
        Scenario(name: "definitions", harness: failing(["a", "b"])) { harness in
            harness.run(.seconds(5))
            harness.then("another version, whose definition is late", 30) { harness in
                harness.states[.prod("a")]?.version = 2
                harness.definitions[.prod("a")] = .failed(failure(.serverError, .getPipeline))
            }
            harness.then("it is PARALLEL, and the other is denied", 60) { harness in
                harness.definitions[.prod("a")] = .read(
                    PipelineDefinition(
                        version: 2,
                        executionMode: .parallel,
                        account: "111122223333",
                        stages: ["Build": StageDefinition(actions: [:])]
                    ),
                    at: nil
                )
                harness.states[.prod("b")]?.version = 3
                harness.definitions[.prod("b")] = .failed(failure(.accessDenied, .getPipeline))
            }
            harness.then("it is not PARALLEL any more", 400) { harness in
                harness.states[.prod("a")]?.version = 4
                harness.definitions = [:]
            }
        },
        Scenario(name: "reloads", harness: failing(["a", "b", "c"])) { harness in
            harness.run(.seconds(10))
            var policy = StagePolicy.plain
            policy.backoff.initial = .seconds(60)
            policy.backoff.max = .seconds(60)
            harness.then("a longer wait, and one pipeline less", 45) { harness in
                harness.feed(.reloaded(.watching(["a", "b"], policy)))
            }
            policy.paused = true
            harness.then("all are paused", 20) { harness in
                harness.feed(.reloaded(.watching(["a", "b"], policy)))
            }
            policy.paused = false
            policy.maxRetries = 0
            harness.then("none is retried", 20) { harness in
                harness.feed(.reloaded(.watching(["a", "b"], policy)))
            }
            harness.then("the third is back", 60) { harness in
                harness.feed(.reloaded(.watching(["a", "b", "c"])))
            }
        },
        Scenario(name: "targets-planned", harness: failing(["a"])) { harness in
            harness.feed(.targetUnusable("prod", failure(.unreachable, nil)))
            harness.outage = failure(.unreachable, .getPipelineState)
            harness.run(.seconds(20))
            harness.then("for another cause", 20) { harness in
                harness.feed(.targetUnusable("prod", failure(.credentials, nil)))
                var other = failure(.credentials, nil)
                other.message = "another cause"
                harness.feed(.targetUnusable("prod", other))
            }
            harness.then("the Region is known", 60) { harness in
                harness.outage = nil
                harness.feed(
                    .targetPlanned("prod", region: "eu-west-1", rateGroup: "x", endpoint: "y")
                )
            }
        },
        Scenario(
            name: "budget",
            harness: {
                var configuration = Configuration.watching(["a", "b", "c"])
                configuration.budget = Budget(retries: 2, per: .seconds(600))
                return EngineHarness(configuration)
            },
            play: { harness in
                harness.fail(["a", "b", "c"])
                harness.run(.seconds(700))
            }
        ),
        Scenario(
            name: "dry-run",
            harness: {
                var configuration = Configuration.watching(["web"])
                configuration.dryRun = true
                return EngineHarness(configuration)
            },
            play: { harness in
                harness.fail(["web"])
                harness.run(.seconds(60))
                harness.then("somebody retries it, and it fails again", 60) { harness in
                    let time = harness.wall
                    harness.change(.web) { $0.startsAgain() }
                    harness.change(.web) { $0.failsAgain("queue full", at: time) }
                }
            }
        ),
    ]
}
