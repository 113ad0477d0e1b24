@testable import RetryCore

private let no = CallFailure(kind: .invalid, operation: "RetryStageExecution", message: "no")

private func failure(_ kind: CallFailure.Kind, _ operation: String) -> CallFailure {
    CallFailure(kind: kind, operation: operation, message: "it said so")
}

private func failing(_ names: [PipelineName] = ["web"]) -> @Sendable () -> Bench {
    {
        var bench = Bench(.watching(names))
        bench.fail(names)
        return bench
    }
}

extension Scenario {
    static let all = calls + worlds + reloads + courses + groups

    /// What the calls of one stage come to.
    static let calls = [
        Scenario(name: "retries", bench: failing()) { bench in
            bench.run(.seconds(40))
            bench.then("it fails with the same error", 40) { bench in
                let time = bench.wall
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
            }
            bench.then("it fails with another error", 40) { bench in
                let time = bench.wall
                bench.change(.web) { $0.failsAgain("a test is red", at: time) }
            }
            bench.then("it recovers", 60) { bench in
                bench.change(.web) { $0.latest?.status = .succeeded }
            }
            bench.then("the next execution fails", 40) { bench in
                bench.states[.web] = PipelineSnapshot(
                    version: 1,
                    stages: [.failed("queue full", attempt: 9, at: bench.wall, execution: .second)]
                )
            }
        },
        Scenario(name: "refusals", bench: failing()) { bench in
            bench.retryAnswers = [
                .refused(.conflict, no), .refused(.conflict, no), .refused(.concurrentLimit, no),
                .refused(.concurrentLimit, no), .refused(.throttled, no),
                .refused(.unreachable, no), .refused(.credentials, no), .refused(.credentials, no),
                .refused(.accessDenied, no), .refused(.notRetryable, no),
            ]
            bench.run(.seconds(6000))
        },
        Scenario(name: "refusals-that-end", bench: failing(["a", "b", "c", "d"])) { bench in
            bench.retryAnswers = [
                .refused(.notLatest, no), .refused(.invalid, no), .refused(.stageNotFound, no),
                .refused(.other, no), .refused(.pipelineNotFound, no),
            ]
            bench.run(.seconds(120))
        },
        Scenario(name: "unknown-answers", bench: failing(["api", "web"])) { bench in
            bench.retryAnswers = [.unknown("reset"), .unknown("reset")]
            bench.run(.seconds(31)) { bench in
                if bench.retries.count == 2 { bench.retriesMove = false }
            }
            bench.then("one call had no effect", 130) { bench in
                let time = bench.wall
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        },
        Scenario(name: "no-effect", bench: failing()) { bench in
            bench.retriesMove = false
            bench.run(.seconds(400))
            bench.then("a call lands late", 60) { bench in
                bench.change(.web) { $0.startsAgain() }
            }
        },
        Scenario(name: "no-answer", bench: failing()) { bench in
            bench.holdsRetry = true
            bench.run(.seconds(60))
            bench.then("the stage moves", 60) { bench in
                bench.change(.web) { $0.startsAgain() }
            }
            bench.then("looks are not answered", 300) { $0.hanging = [.web] }
        },
        Scenario(name: "ledger-trouble", bench: failing(["api", "web"])) { bench in
            bench.durability = [.failed("disk full"), .failed("disk full"), .failed("disk full")]
            bench.run(.seconds(60))
            bench.then("a write fails", 30) { $0.feed(.ledgerFailed("disk full")) }
            bench.then("the ledger writes again", 30) { $0.feed(.ledgerRecovered) }
            bench.then("an intent is not answered", 200) { bench in
                let time = bench.wall
                bench.holdsDurability = true
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
            }
        },
        Scenario(name: "late-history", bench: failing(["api", "web"])) { bench in
            bench.evidence[.first] = .read([], at: nil)
            bench.run(.seconds(120))
            bench.then("the definition cannot be read either", 60) { bench in
                bench.definitions[.web] = .failed(failure(.trouble, "GetPipeline"))
                bench.states[.web]?.version = 2
            }
            bench.then("the history is denied", 200) { bench in
                bench.evidence[.first] = .failed(failure(.accessDenied, "ListActionExecutions"))
                bench.definitions[.web] = .failed(failure(.accessDenied, "GetPipeline"))
            }
            bench.then("both can be read", 3700) { bench in
                bench.evidence = [:]
                bench.definitions = [:]
            }
        },
    ]

    /// What the world does around the stages.
    static let worlds = [
        Scenario(name: "restarts", bench: failing(["api", "web"])) { bench in
            bench.run(.seconds(20))
            bench.then("kill -9", 15) { $0.crash(.watching(["api", "web"])) }
            bench.then("kill -9 while the effect is waited for", 2) { bench in
                bench.retriesMove = false
                bench.crash(.watching(["api", "web"]))
            }
            bench.then("one fails again, the other is gone from the file", 100) { bench in
                let time = bench.wall
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
                bench.crash(.watching(["web"]))
            }
            bench.then("kill -9 after an intent", 200) { bench in
                let time = bench.wall
                bench.change(.web) { $0.failsAgain("queue full", at: time) }
                bench.silent = true
                bench.run(.seconds(40))
                bench.silent = false
                bench.crash(.watching(["web"]))
            }
        },
        Scenario(
            name: "outage-hold",
            bench: {
                var configuration = Configuration.watching(["a", "b", "c", "d"])
                configuration.outageHold = OutageHold(
                    pipelines: 3,
                    within: .seconds(600),
                    probeEvery: .seconds(300)
                )
                return Bench(configuration)
            },
            play: { bench in
                bench.fail(["a", "b", "c", "d"])
                bench.run(.seconds(330))
                bench.then("the first probe fails", 400) { bench in
                    let time = bench.wall
                    guard let key = bench.retries.last?.1 else { return }
                    bench.change(key) { $0.failsAgain("queue full", at: time) }
                }
                bench.then("the file asks for no hold", 120) { bench in
                    bench.feed(.reloaded(.watching(["a", "b", "c", "d"])))
                }
            }
        ),
        Scenario(name: "pauses", bench: failing(["a", "b", "c"])) { bench in
            func pause(_ scope: PauseScope, for span: Duration? = nil) -> Event {
                .paused(Pause(scope: scope, reason: "freeze", uid: 7, until: nil), for: span)
            }
            bench.run(.seconds(5))
            bench.then("all and one pipeline are paused", 60) { bench in
                bench.feed(pause(PauseScope()))
                bench.feed(pause(PauseScope(pipeline: "b")))
            }
            bench.then("another scope is resumed", 10) { bench in
                bench.feed(.resumed(PauseScope(pipeline: "c"), uid: 7))
            }
            bench.then("the one pipeline is resumed", 10) { bench in
                bench.feed(.resumed(PauseScope(pipeline: "b"), uid: 7))
            }
            bench.then("a stage is paused for a minute", 10) { bench in
                bench.feed(pause(PauseScope(stage: "Build"), for: .seconds(60)))
            }
            bench.then("all are resumed", 10) { $0.feed(.resumed(PauseScope(), uid: 7)) }
        },
        Scenario(name: "target-down", bench: failing(["a", "b", "c"])) { bench in
            bench.run(.seconds(10))
            bench.then("nobody is there", 300) { bench in
                bench.outage = failure(.unreachable, "GetPipelineState")
            }
            bench.then("somebody is there", 40) { $0.outage = nil }
            bench.then("the keys have expired", 200) { bench in
                bench.outage = failure(.credentials, "GetPipelineState")
            }
            bench.then("they are good again", 60) { $0.outage = nil }
            bench.then("the rate is limited", 40) { bench in
                bench.outage = failure(.throttled, "GetPipelineState")
            }
            bench.then("it is not any more", 200) { $0.outage = nil }
        },
        Scenario(name: "lost-pipelines", bench: failing(["a", "b", "c", "d", "e"])) { bench in
            bench.run(.seconds(40))
            bench.then("one is denied, one gone, one answers nothing of use", 700) { bench in
                bench.sick[.prod("a")] = failure(.accessDenied, "GetPipelineState")
                bench.states[.prod("b")] = nil
                bench.sick[.prod("c")] = failure(.invalid, "GetPipelineState")
                bench.sick[.prod("d")] = failure(.trouble, "GetPipelineState")
            }
            bench.then("all are back", 700) { bench in
                bench.sick = [:]
                bench.fail(["b"])
            }
        },
        Scenario(name: "older-and-newer", bench: failing(["a", "b", "c"])) { bench in
            bench.run(.seconds(40))
            bench.then("an older copy of one, another execution, a stage that went", 40) { bench in
                bench.change(.of("a", .first)) { $0.counters.manual = 0 }
                bench.change(.of("b", .first)) { $0.latest?.id = .second }
                bench.states[.prod("c")] = PipelineSnapshot(
                    version: 2,
                    stages: [StageSnapshot(name: "Ship")]
                )
            }
            bench.then("the older copy stays", 400) { bench in
                bench.change(.of("a", .first)) { $0.latest?.status = .stopped }
            }
        },
        Scenario(name: "statuses", bench: failing(["a", "b", "c", "d"])) { bench in
            bench.run(.seconds(5))
            let statuses =
                [
                    ("a", .stopped), ("b", .cancelled), ("c", .skipped), ("d", .unknown("Odd")),
                ] as [(PipelineName, StageStatus)]
            bench.then("each takes another status", 60) { bench in
                for (name, status) in statuses {
                    bench.change(.of(name, .first)) { $0.latest?.status = status }
                }
            }
        },
        Scenario(
            name: "clock-found-behind",
            bench: failing(),
            play: { bench in
                bench.run(.seconds(12))
                bench.then("AWS's clock is twenty seconds behind", 60) { bench in
                    bench.ahead = .seconds(-20)
                }
            }
        ),
    ]

    /// What the file and the lists say.
    static let reloads = [
        Scenario(name: "discovery", bench: { Bench(.discovering) }) { bench in
            bench.listed = ["a", "b", "c"]
            bench.fail(["a", "b"])
            bench.states[.prod("c")] = .quiet
            bench.run(.seconds(40))
            bench.then("a list lacks most names", 200) { $0.listed = ["c"] }
            bench.then("one of them is gone, a new one is there", 700) { bench in
                bench.listed = ["b", "c", "new"]
                bench.states[.prod("a")] = nil
                bench.states[.prod("new")] = .quiet
            }
            bench.then("lists fail", 400) { $0.listFailure = failure(.trouble, "ListPipelines") }
            bench.then("lists are denied", 130) { bench in
                bench.listFailure = failure(.accessDenied, "ListPipelines")
            }
            bench.then("lists work", 200) { $0.listFailure = nil }
            bench.then("the file names one", 100) { $0.feed(.reloaded(.watching(["b"]))) }
            bench.then("the file finds all again", 60) { $0.feed(.reloaded(.discovering)) }
        },
        Scenario(name: "definitions", bench: failing(["a", "b"])) { bench in
            bench.run(.seconds(5))
            bench.then("another version, whose definition is late", 30) { bench in
                bench.states[.prod("a")]?.version = 2
                bench.definitions[.prod("a")] = .failed(failure(.trouble, "GetPipeline"))
            }
            bench.then("it is PARALLEL, and the other is denied", 60) { bench in
                bench.definitions[.prod("a")] = .read(
                    PipelineDefinition(
                        version: 2,
                        executionMode: .parallel,
                        account: "111122223333",
                        stages: ["Build": StageDefinition(actions: [:])]
                    ),
                    at: nil
                )
                bench.states[.prod("b")]?.version = 3
                bench.definitions[.prod("b")] = .failed(failure(.accessDenied, "GetPipeline"))
            }
            bench.then("it is not PARALLEL any more", 400) { bench in
                bench.states[.prod("a")]?.version = 4
                bench.definitions = [:]
            }
        },
        Scenario(name: "reloads", bench: failing(["a", "b", "c"])) { bench in
            bench.run(.seconds(10))
            var policy = StagePolicy.plain
            policy.backoff.initial = .seconds(60)
            policy.backoff.max = .seconds(60)
            bench.then("a longer wait, and one pipeline less", 45) { bench in
                bench.feed(.reloaded(.watching(["a", "b"], policy)))
            }
            policy.paused = true
            bench.then("all are paused", 20) { bench in
                bench.feed(.reloaded(.watching(["a", "b"], policy)))
            }
            policy.paused = false
            policy.maxRetries = 0
            bench.then("none is retried", 20) { bench in
                bench.feed(.reloaded(.watching(["a", "b"], policy)))
            }
            bench.then("the third is back", 60) { bench in
                bench.feed(.reloaded(.watching(["a", "b", "c"])))
            }
        },
        Scenario(name: "targets-planned", bench: failing(["a"])) { bench in
            bench.feed(.targetUnusable("prod", failure(.unreachable, "")))
            bench.outage = failure(.unreachable, "GetPipelineState")
            bench.run(.seconds(20))
            bench.then("for another cause", 20) { bench in
                bench.feed(.targetUnusable("prod", failure(.credentials, "")))
                var other = failure(.credentials, "")
                other.message = "another cause"
                bench.feed(.targetUnusable("prod", other))
            }
            bench.then("the Region is known", 60) { bench in
                bench.outage = nil
                bench.feed(
                    .targetPlanned("prod", region: "eu-central-1", rateGroup: "x", endpoint: "y")
                )
            }
        },
        Scenario(
            name: "budget",
            bench: {
                var configuration = Configuration.watching(["a", "b", "c"])
                configuration.budget = Budget(retries: 2, per: .seconds(600))
                return Bench(configuration)
            },
            play: { bench in
                bench.fail(["a", "b", "c"])
                bench.run(.seconds(700))
            }
        ),
        Scenario(
            name: "dry-run",
            bench: {
                var configuration = Configuration.watching(["web"])
                configuration.dryRun = true
                return Bench(configuration)
            },
            play: { bench in
                bench.fail(["web"])
                bench.run(.seconds(60))
                bench.then("somebody retries it, and it fails again", 60) { bench in
                    let time = bench.wall
                    bench.change(.web) { $0.startsAgain() }
                    bench.change(.web) { $0.failsAgain("queue full", at: time) }
                }
            }
        ),
    ]
}
