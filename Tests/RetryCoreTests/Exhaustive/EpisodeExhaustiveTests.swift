import RetryCore
import Testing

/// Every sequence of events, as deep as is affordable, from each state that one episode can reach.
@Suite struct EpisodeExhaustiveTests {
    /// How many moves lead from the start to the states from which the exploration begins.
    private static let reach = 16
    /// How deep every sequence is followed from each of them.
    private static let depth = 2

    @Test func `no sequence of events breaks an invariant, from any state of an episode`() {
        let states = EpisodeExhaustiveTests.reachable()
        var transitions = 0
        for state in states { explore(state, EpisodeExhaustiveTests.depth, &transitions) }
        print("\(states.count) states, \(transitions) transitions, none breaks an invariant")
        #expect(states.count > 100)
        #expect(transitions > 10_000)
        let phases = Set(states.compactMap(\.phase))
        // Its policy does not ask the past: that has courses of its own.
        let live = Set(EpisodePhase.Name.allCases).subtracting([.ended, .comparing])
        #expect(phases == live, "never reached: \(live.subtracting(phases))")
    }

    @Test func `from any state of an episode a sound world leads to its outcome`() {
        for state in EpisodeExhaustiveTests.reachable() where state.outcomes == 0 {
            var node = state.after(.event(.resumed(PauseScope(), uid: 0), world: .nothing))
            var steps = 0
            while node.outcomes == 0, node.error == nil, steps < 1500 {
                steps += 1
                let next = node.waiting.first.map { node.soundAnswer(to: $0) } ?? .deadline
                node = node.after(next)
            }
            #expect(node.error == nil, "\(state.outline)")
            #expect(node.outcomes == 1, "\(state.outline) ends as \(node.outline)")
        }
    }

    private func explore(_ node: EpisodeNode, _ depth: Int, _ transitions: inout Int) {
        guard depth > 0 else { return }
        for move in node.moves {
            transitions += 1
            let next = node.after(move, twice: depth == EpisodeExhaustiveTests.depth)
            if let error = next.error {
                Issue.record("\(error): from \(node.outline) by \(move)")
                return
            }
            if node.phase == next.phase, case .deadline = move { judgeSpin(next) }
            explore(next, depth - 1, &transitions)
        }
    }

    /// A deadline that did nothing has moved on.
    private func judgeSpin(_ node: EpisodeNode) {
        var copy = node
        for _ in 0..<3 where copy.engine.nextDeadline == node.now {
            copy = copy.after(.deadline)
        }
        #expect(copy.engine.nextDeadline != node.now || copy.waiting != node.waiting)
    }

    /// One node for each outline that can be reached, nearest first.
    private static func reachable() -> [EpisodeNode] {
        var seen: Set<String> = []
        var states: [EpisodeNode] = []
        var edge = [EpisodeNode()]
        for _ in 0..<reach {
            var next: [EpisodeNode] = []
            for node in edge where seen.insert(node.outline).inserted {
                states.append(node)
                guard node.error == nil else { continue }
                next += node.moves.map { node.after($0) }
            }
            edge = next
        }
        return states
    }
}
