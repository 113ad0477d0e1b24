import Primitives
@testable import RetryCore

private func failure(_ kind: CallFailure.Kind, _ operation: String) -> CallFailure {
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
                rateGroup: group,
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
    /// What targets do to each other.
    static let groups = [
        Scenario(
            name: "targets",
            bench: {
                var bench = Bench(.groups)
                bench.listed = ["fixed", "found"]
                for name in ["fixed", "found"] as [PipelineName] {
                    bench.states[.at("two", name)] = .quiet
                }
                for name in ["a", "b", "c"] as [PipelineName] {
                    bench.states[.at("one", name)] = .quiet
                }
                for name in ["d", "e"] as [PipelineName] {
                    bench.states[.at("three", name)] = .quiet
                }
                return bench
            },
            play: { bench in
                for name in ["one", "two", "three"] as [TargetName] { bench.owns(name) }
                bench.run(.seconds(60))
                bench.then("one target's calls are throttled", 60) { bench in
                    bench.throttle(["a", "b", "c"], in: "one")
                }
                bench.then("they are not any more", 200) { $0.sick = [:] }
                bench.then("the rate is too low for the file's intervals", 30) { bench in
                    var slow = Configuration.groups
                    slow.poll.maxRate = 0.1
                    bench.feed(.reloaded(slow))
                }
                bench.then("the first target has a rate of its own", 60) { bench in
                    bench.feed(
                        .targetPlanned("one", region: "eu-west-2", rateGroup: "z", endpoint: "")
                    )
                }
                bench.then("the file is as it was", 60) { $0.feed(.reloaded(.groups)) }
                bench.then("another target's account is the first one's", 100) { bench in
                    for name in ["d", "e"] as [PipelineName] {
                        bench.states[.at("three", name)]?.version = 2
                    }
                    bench.owns("three", account: "one")
                }
                bench.then("the file gives it the first one's pipelines", 100) { bench in
                    var shared = Configuration.groups
                    shared.targets[2].pipelines += shared.targets[1].pipelines
                    for name in ["a", "b", "c"] as [PipelineName] {
                        bench.states[.at("three", name)] = .quiet
                    }
                    bench.owns("three", account: "one")
                    bench.feed(.reloaded(shared))
                }
                bench.then("two targets cannot be used, and are planned again", 100) { bench in
                    bench.feed(.targetUnusable("three", failure(.credentials, "")))
                    bench.feed(.targetUnusable("two", failure(.credentials, "")))
                    bench.feed(
                        .targetPlanned("two", region: "eu-west-3", rateGroup: "x", endpoint: "")
                    )
                    bench.feed(
                        .targetPlanned("none", region: "eu-west-3", rateGroup: "x", endpoint: "")
                    )
                }
                bench.then("the list ends with the file", 40) { bench in
                    var named = Configuration.groups
                    named.targets[0].pipelines.removeLast()
                    bench.feed(.reloaded(named))
                }
                bench.then("it is there again", 40) { $0.feed(.reloaded(.groups)) }
            }
        ),
        Scenario(
            name: "outage-errors",
            bench: {
                let names = (0..<8).map { PipelineName("p\($0)") }
                var configuration = Configuration.watching(names)
                configuration.outageHold = OutageHold(
                    pipelines: 3,
                    within: .seconds(120),
                    probeEvery: .seconds(100)
                )
                var bench = Bench(configuration)
                for name in names { bench.states[.prod(name)] = .quiet }
                return bench
            },
            play: { bench in
                bench.run(.seconds(30))
                for (index, name) in ["p0", "p1", "p2"].enumerated() {
                    bench.then("\(name) fails", 70) { bench in
                        bench.fail([PipelineName(name)], "queue full")
                    }
                    if index == 1 { bench.then("nothing for long", 60) { _ in } }
                }
                bench.then("three more fail the same way, two another", 90) { bench in
                    bench.fail(["p3", "p4", "p5"], "queue full")
                    bench.fail(["p6", "p7"], "disk full")
                }
                bench.then("all is paused, the hold goes on", 150) { bench in
                    bench.feed(
                        .paused(Pause(scope: PauseScope(), reason: "x", uid: 0, until: nil))
                    )
                }
                bench.then("it is resumed", 150) { bench in
                    bench.feed(.resumed(PauseScope(), uid: 0))
                }
                bench.then("a probe fails with another error", 150) { bench in
                    let time = bench.wall
                    guard let key = bench.retries.last?.1 else { return }
                    bench.change(key) { $0.failsAgain("disk full", at: time) }
                }
                bench.then("a probe's pipeline is gone from the file", 150) { bench in
                    guard let key = bench.retries.last?.1 else { return }
                    let names = (0..<8).map { PipelineName("p\($0)") }
                    var configuration = Configuration.watching(
                        names.filter { $0 != key.pipeline.pipeline }
                    )
                    configuration.outageHold = OutageHold(
                        pipelines: 3,
                        within: .seconds(120),
                        probeEvery: .seconds(60)
                    )
                    bench.feed(.reloaded(configuration))
                }
                bench.then("a stage with the error recovers", 100) { bench in
                    guard let key = bench.retries.last?.1 else { return }
                    bench.change(key) { $0.latest?.status = .succeeded }
                }
            }
        ),
        Scenario(
            name: "pauses-of-before",
            bench: {
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
                var bench = Bench(
                    .watching(["a", "b", "c", "d"]),
                    ledger: LedgerSnapshot(pauses: pauses),
                    hostAhead: .seconds(-50)
                )
                bench.fail(["a", "b", "c", "d"])
                return bench
            },
            play: { bench in
                bench.then("nobody answers, and one more is put on", 20) { bench in
                    bench.outage = failure(.unreachable, "GetPipelineState")
                    let more = Pause(
                        scope: PauseScope(stage: "Build"),
                        reason: "freeze",
                        uid: 7,
                        until: nil
                    )
                    bench.feed(.paused(more, for: .seconds(100)))
                }
                bench.then("AWS answers", 200) { $0.outage = nil }
                bench.then("all that is left is resumed", 60) { bench in
                    bench.feed(.resumed(PauseScope(pipeline: "d"), uid: 7))
                    bench.feed(.resumed(PauseScope(), uid: 7))
                }
            }
        ),
    ]
}

extension Bench {
    /// Lets the definitions of a target say whose they are.
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
            sick[.at(target, name)] = failure(.throttled, "GetPipelineState")
        }
    }
}
