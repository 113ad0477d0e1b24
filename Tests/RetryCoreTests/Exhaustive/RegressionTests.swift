import Primitives
import RetryCore
import Testing

/// Violations that the simulation once found; each is the shortest path to it.
@Suite struct RegressionTests {
    private func poll(
        _ node: EpisodeNode,
        _ status: StageStatus,
        _ execution: ExecutionID = "first",
        version: Int = 1
    ) -> EpisodeNode {
        var node = node
        while true {
            for case .readState(let id, _, _) in node.waiting {
                let shown = node.snapshot(status, execution, node.attempt, version: version)
                let event = Event.stateRead(id, .state(shown, digest: shown.digest, at: node.wall))
                return node.after(.event(event, world: .nothing))
            }
            node = node.after(.deadline)
        }
    }

    /// The invariants of every node on the path of a healthy world to the outcome, or of 200 nodes.
    private func soundPath(_ start: EpisodeNode) -> [EpisodeNode] {
        var path = [start]
        while path.count < 200, let node = path.last, node.outcomes == 0 {
            let next = node.waiting.first.map { node.soundAnswer(to: $0) } ?? .deadline
            path.append(node.after(next))
        }
        return path
    }

    private func finish(_ node: EpisodeNode, _ isDurable: Bool) -> EpisodeNode {
        for case .recordIntent(let id, let intent) in node.waiting {
            let answer: EpisodeNode.Move =
                isDurable
                ? .event(.intentRecorded(id, .durable), world: .stored(intent))
                : .event(.intentRecorded(id, .failed("full")), world: .nothing)
            return node.after(answer)
        }
        Issue.record("no intent is being written")
        return node
    }

    /// The first node on a healthy path whose intent is being written.
    private func writing(_ start: EpisodeNode = EpisodeNode()) throws -> EpisodeNode {
        try #require(
            soundPath(start).first { node in
                node.waiting.contains { if case .recordIntent = $0 { true } else { false } }
            }
        )
    }

    private func isCalling(_ node: EpisodeNode) -> Bool {
        node.waiting.contains { if case .retry = $0 { true } else { false } }
    }

    @Test func `a pause while the intent is being written holds the retry`() throws {
        let pause = Pause(scope: PauseScope(), reason: "freeze", uid: 0, until: nil)
        let paused = try writing().after(.event(.paused(pause), world: .nothing))
        let path = soundPath(finish(paused, true))
        #expect(!path.contains(where: isCalling))
    }

    @Test(arguments: [StageStatus.inProgress, .stopped, .succeeded])
    func `a stage that moved while the intent was being written is not retried`(
        _ status: StageStatus
    ) throws {
        let moved = poll(try writing(), status)
        let recorded = finish(moved, true)
        #expect(!isCalling(recorded))
        let after = poll(recorded, status)
        #expect(!isCalling(after))
    }

    @Test func `a definition that changed while the intent was being written stops it`() throws {
        let changed = poll(try writing(), .failed, version: 2)
        #expect(!isCalling(finish(changed, true)))
    }

    @Test func `one stale read of the state does not supersede an episode`() throws {
        let pending = try #require(soundPath(EpisodeNode()).first { $0.phase == .pending })
        let uncertain = poll(pending, .failed, "second")
        #expect(uncertain.outcomes == 0)
        let path = soundPath(poll(uncertain, .failed))
        #expect(path.last?.spent == 1)
        #expect(path.last?.outcomes == 1)
        #expect(path.last?.error == nil)
    }

    @Test func `a stale read after another execution took the stage opens nothing again`() throws {
        let pending = try #require(soundPath(EpisodeNode()).first { $0.phase == .pending })
        let superseded = poll(poll(pending, .inProgress, "second"), .inProgress, "second")
        #expect(superseded.outcomes == 1)
        let again = poll(poll(superseded, .failed), .failed)
        #expect(again.error == nil)
        #expect(again.engine.status.episodes.isEmpty)
    }

    @Test func `failed writes that a crash left behind count, and none is sent again`() throws {
        var node = try writing()
        var left: [Intent] = []
        for _ in 0..<2 {
            for case .recordIntent(_, let intent) in node.waiting { left.append(intent) }
            node = try writing(finish(node, false))
        }
        #expect(left.map(\.sequence) == [1, 2])
        node.stored.intents = left
        let path = soundPath(node.after(.crash(keepsAll: true)))
        #expect(!path.contains(where: isCalling))
        #expect(path.last?.outcomes == 1)
    }

    @Test func `the newest episode does not depend on the clock that saw it`() {
        func record(_ id: ExecutionID, failed: Int, seen: Int) -> EpisodeRecord {
            var record = EpisodeRecord(
                key: EpisodeKey(pipeline: EpisodeNode.key.pipeline, stage: "Build", execution: id),
                firstFailure: EpisodeNode.epoch + .seconds(failed),
                firstSeen: EpisodeNode.epoch + .seconds(seen),
                foreignRetries: 0
            )
            record.outcome = .notRetried
            return record
        }
        // The older one was seen while the host's clock was a day ahead.
        let ledger = LedgerSnapshot(episodes: [
            record("older", failed: -600, seen: 86_400), record("first", failed: -60, seen: -50),
        ])
        var node = EpisodeNode(ledger: ledger)
        for _ in 0..<3 { node = poll(node, .failed) }
        #expect(node.engine.status.episodes.isEmpty)
        #expect(node.outcomes == 0)
    }

    @Test func `a file that names a pipeline again does not forget its earlier retries`() {
        let record = EpisodeRecord(
            key: EpisodeNode.key,
            firstFailure: EpisodeNode.epoch,
            firstSeen: EpisodeNode.epoch,
            foreignRetries: 0
        )
        let without = Configuration(targets: [
            Target(name: "t", region: "eu-west-1", rateGroup: "t", pipelines: [])
        ])
        var node = EpisodeNode(ledger: LedgerSnapshot(episodes: [record]), without)
        #expect(node.outcomes == 1)
        let named = EpisodeNode.configuration(retries: EpisodeNode.limit)
        node = node.after(.event(.reloaded(named), world: .nothing))
        for _ in 0..<3 { node = poll(node, .failed) }
        #expect(node.error == nil)
        #expect(node.engine.status.episodes.isEmpty)
    }
}
