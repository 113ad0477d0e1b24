import Primitives
@testable import RetryCore

private func failure(_ kind: CallFailure.Kind, _ operation: AWSOperation?) -> CallFailure {
    CallFailure(kind: kind, operation: operation, message: "it said so")
}

extension PipelineKey {
    fileprivate static func at(_ target: TargetName, _ pipeline: PipelineName) -> PipelineKey {
        PipelineKey(target: target, pipeline: pipeline)
    }
}

extension Configuration {
    /// Three targets, of which `one` and `two` share a rate; `two` finds its pipelines itself.
    fileprivate static var groups: Configuration {
        func target(_ name: TargetName, _ group: String, _ pipelines: [PipelineName]) -> Target {
            Target(
                name: name,
                region: "eu-west-1",
                rateGroup: RateGroup(group),
                pipelines: pipelines.map {
                    PipelineEntry(selector: .name($0), policy: .plain, stages: [:])
                }
            )
        }
        var two = target("two", "x", ["fixed"])
        two.pipelines.append(
            PipelineEntry(selector: .match(Glob("*"), except: []), policy: .plain, stages: [:])
        )
        return Configuration(
            targets: [
                target("two", "x", []), target("one", "x", ["a", "b", "c"]),
                target("three", "y", ["d", "e"]),
            ].map { $0.name == "two" ? two : $0 }
        )
    }
}

extension Scenario {
    /// How targets affect each other.
    static let groups = [
        Scenario(
            name: "targets",
            harness: {
                var harness = EngineHarness(.groups)
                harness.listed = ["fixed", "found"]
                for name in ["fixed", "found"] as [PipelineName] {
                    harness.states[.at("two", name)] = .quiet
                }
                for name in ["a", "b", "c"] as [PipelineName] {
                    harness.states[.at("one", name)] = .quiet
                }
                for name in ["d", "e"] as [PipelineName] {
                    harness.states[.at("three", name)] = .quiet
                }
                return harness
            },
            play: { harness in
                for name in ["one", "two", "three"] as [TargetName] { harness.owns(name) }
                harness.run(.seconds(60))
                harness.then("one target's calls are throttled", 60) { harness in
                    harness.throttle(["a", "b", "c"], in: "one")
                }
                harness.then("they are not any more", 200) { $0.sick = [:] }
                harness.then("the rate is too low for the file's intervals", 30) { harness in
                    var slow = Configuration.groups
                    slow.poll.maxRate = 0.1
                    harness.feed(.reloaded(slow))
                }
                harness.then("the first target has a rate of its own", 60) { harness in
                    harness.feed(
                        .targetPlanned("one", region: "eu-west-2", rateGroup: "z", endpoint: "")
                    )
                }
                harness.then("the file is as it was", 60) { $0.feed(.reloaded(.groups)) }
                harness.then("another target's account is the first one's", 100) { harness in
                    for name in ["d", "e"] as [PipelineName] {
                        harness.states[.at("three", name)]?.version = 2
                    }
                    harness.owns("three", account: "one")
                }
                harness.then("the file gives it the first one's pipelines", 100) { harness in
                    var shared = Configuration.groups
                    shared.targets[2].pipelines += shared.targets[1].pipelines
                    for name in ["a", "b", "c"] as [PipelineName] {
                        harness.states[.at("three", name)] = .quiet
                    }
                    harness.owns("three", account: "one")
                    harness.feed(.reloaded(shared))
                }
                harness.then("two targets cannot be used, and are planned again", 100) { harness in
                    harness.feed(.targetUnusable("three", failure(.credentials, nil)))
                    harness.feed(.targetUnusable("two", failure(.credentials, nil)))
                    harness.feed(
                        .targetPlanned("two", region: "eu-west-3", rateGroup: "x", endpoint: "")
                    )
                    harness.feed(
                        .targetPlanned("none", region: "eu-west-3", rateGroup: "x", endpoint: "")
                    )
                }
                harness.then("the list ends with the file", 40) { harness in
                    var named = Configuration.groups
                    named.targets[0].pipelines.removeLast()
                    harness.feed(.reloaded(named))
                }
                harness.then("it is there again", 40) { $0.feed(.reloaded(.groups)) }
            }
        ),
        Scenario(
            name: "outage-errors",
            harness: {
                let names = (0..<8).map { PipelineName("p\($0)") }
                var configuration = Configuration.watching(names)
                configuration.outageHold = OutageHold(
                    pipelines: 3,
                    within: .seconds(120),
                    probeEvery: .seconds(100)
                )
                var harness = EngineHarness(configuration)
                for name in names { harness.states[.prod(name)] = .quiet }
                return harness
            },
            play: { harness in
                harness.run(.seconds(30))
                for (index, name) in ["p0", "p1", "p2"].enumerated() {
                    harness.then("\(name) fails", 70) { harness in
                        harness.fail([PipelineName(name)], "queue full")
                    }
                    if index == 1 { harness.then("nothing for long", 60) { _ in } }
                }
                harness.then("three more fail the same way, two another", 90) { harness in
                    harness.fail(["p3", "p4", "p5"], "queue full")
                    harness.fail(["p6", "p7"], "disk full")
                }
                harness.then("all is paused, the hold goes on", 150) { harness in
                    harness.feed(
                        .paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil))
                    )
                }
                harness.then("it is resumed", 150) { harness in
                    harness.feed(.resumed(PauseScope(), uid: 0))
                }
                harness.then("a probe fails with another error", 150) { harness in
                    let time = harness.wall
                    guard let key = harness.retries.last?.1 else { return }
                    harness.change(key) { $0.failsAgain("disk full", at: time) }
                }
                harness.then("a probe's pipeline is gone from the file", 150) { harness in
                    guard let key = harness.retries.last?.1 else { return }
                    let names = (0..<8).map { PipelineName("p\($0)") }
                    var configuration = Configuration.watching(
                        names.filter { $0 != key.pipeline.pipeline }
                    )
                    configuration.outageHold = OutageHold(
                        pipelines: 3,
                        within: .seconds(120),
                        probeEvery: .seconds(60)
                    )
                    harness.feed(.reloaded(configuration))
                }
                harness.then("a stage with the error recovers", 100) { harness in
                    guard let key = harness.retries.last?.1 else { return }
                    harness.change(key) { $0.latest?.status = .succeeded }
                }
            }
        ),
        Scenario(
            name: "pauses-of-before",
            harness: {
                let epoch = WallTime(milliseconds: 1_760_000_000_000)
                let scopes: [(PauseScope, WallTime?)] = [
                    (PauseScope(pipeline: "a"), epoch + .seconds(45)),
                    (PauseScope(target: "prod", pipeline: "b"), epoch + .seconds(90)),
                    (PauseScope(target: "other", pipeline: "c"), epoch + .seconds(120)),
                    (PauseScope(pipeline: "d"), nil),
                ]
                let pauses = scopes.map {
                    Pause(scope: $0.0, reason: "freeze", uid: 7, until: $0.1)
                }
                var harness = EngineHarness(
                    .watching(["a", "b", "c", "d"]),
                    ledger: LedgerSnapshot(pauses: pauses),
                    hostAhead: .seconds(-50)
                )
                harness.fail(["a", "b", "c", "d"])
                return harness
            },
            play: { harness in
                harness.then("nobody answers, and one more is put on", 20) { harness in
                    harness.outage = failure(.unreachable, .getPipelineState)
                    let more = Pause(
                        scope: PauseScope(stage: "Build"),
                        reason: "freeze",
                        uid: 7,
                        until: nil
                    )
                    harness.feed(.paused(more, for: .seconds(100)))
                }
                harness.then("AWS answers", 200) { $0.outage = nil }
                harness.then("all that is left is resumed", 60) { harness in
                    harness.feed(.resumed(PauseScope(pipeline: "d"), uid: 7))
                    harness.feed(.resumed(PauseScope(), uid: 7))
                }
            }
        ),
    ]
}

extension EngineHarness {
    /// Sets the account in the definitions of a target.
    fileprivate mutating func owns(_ target: TargetName, account: String? = nil) {
        for (key, state) in states where key.target == target {
            let definition = PipelineDefinition(
                version: state.version,
                executionMode: .superseded,
                account: account ?? target.text,
                stages: ["Build": StageDefinition(actions: [:])]
            )
            definitions[key] = .read(definition, at: nil)
        }
    }

    fileprivate mutating func throttle(_ pipelines: [PipelineName], in target: TargetName) {
        for name in pipelines {
            sick[.at(target, name)] = failure(.throttled, .getPipelineState)
        }
    }
}
