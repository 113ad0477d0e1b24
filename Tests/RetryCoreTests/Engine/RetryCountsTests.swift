import Primitives
import Testing

@testable import RetryCore

/// The arithmetic of retries: those of others, ours, and ours that may still take effect.
@Suite struct RetryCountsTests {
    /// Counts before, the event, counts after.
    struct Row: Sendable, CustomTestStringConvertible {
        let before: RetryCounts
        let name: String
        let happens: @Sendable (inout RetryCounts) -> Void
        let after: RetryCounts

        init(
            _ before: (foreign: Int, own: Int, late: Int),
            _ name: String,
            _ after: (foreign: Int, own: Int, late: Int),
            _ happens: @escaping @Sendable (inout RetryCounts) -> Void
        ) {
            self.before = RetryCounts(foreign: before.foreign, own: before.own, late: before.late)
            self.name = name
            self.happens = happens
            self.after = RetryCounts(foreign: after.foreign, own: after.own, late: after.late)
        }

        var testDescription: String { "\(before) \(name)" }
    }

    private static let steps = [
        Row((0, 0, 0), "accepted", (0, 1, 0)) { $0.accepted() },
        Row((2, 1, 1), "accepted", (2, 2, 1)) { $0.accepted() },
        Row((0, 0, 0), "lost", (0, 0, 1)) { $0.lost() },
        Row((1, 2, 1), "two lost", (1, 2, 3)) { $0.lost(2) },
        Row((0, 1, 0), "without effect", (0, 0, 1)) { $0.hadNoEffect() },
        Row((0, 0, 1), "landed, and the counter does not show it", (0, 1, 0)) {
            $0.landed(4, before: 4)
        },
        Row((0, 0, 1), "landed, and the counter will be absorbed", (0, 0, 1)) {
            $0.landed(5, before: 4)
        },
        Row((0, 1, 0), "landed, and it was absorbed before", (0, 1, 0)) {
            $0.landed(1, before: 1)
        },
    ]

    @Test(arguments: steps)
    func `each answer moves one retry from one count to another`(_ row: Row) {
        var counts = row.before
        row.happens(&counts)
        #expect(counts == row.after)
    }

    @Test(arguments: [
        // counter, foreign, own, late: own and late afterwards
        (0, 0, 0, 1, 0, 1), (1, 0, 0, 1, 1, 0), (2, 0, 0, 1, 1, 0), (2, 0, 0, 3, 2, 1),
        (2, 1, 0, 2, 1, 1), (1, 1, 0, 1, 0, 1), (3, 1, 1, 1, 2, 0), (0, 0, 1, 1, 1, 1),
        (2, 0, 2, 1, 2, 1),
    ])
    func `a rise of the counter is ours as far as unknown answers explain it`(
        _ row: (Int, Int, Int, Int, Int, Int)
    ) {
        var counts = RetryCounts(foreign: row.1, own: row.2, late: row.3)
        counts.absorb(row.0)
        #expect(counts == RetryCounts(foreign: row.1, own: row.4, late: row.5))
    }

    @Test(arguments: [
        // counter, foreign, own, late: unexplained
        (0, 0, 0, 0, 0), (3, 0, 0, 0, 3), (3, 1, 1, 1, 0), (4, 1, 1, 1, 1), (2, 1, 1, 1, 0),
    ])
    func `unexplained retries are somebody else's`(_ row: (Int, Int, Int, Int, Int)) {
        let counts = RetryCounts(foreign: row.1, own: row.2, late: row.3)
        #expect(counts.unexplained(of: row.0) == row.4)
    }

    @Test func `a retry of ours is explained once, whatever its answers are and their order`() {
        // Each retry of ours: accepted, lost and executed, or lost and not executed.
        for course in 0..<243 {
            var counts = RetryCounts()
            var counter = 0
            var rest = course
            for _ in 0..<5 {
                let kind = rest % 3
                rest /= 3
                if kind == 0 { counts.accepted() } else { counts.lost() }
                if kind < 2 { counter += 1 }
                counts.absorb(counter)
                #expect(counts.unexplained(of: counter) == 0)
                #expect(counts.own + counts.late >= counter)
            }
            // Additional retries by somebody else are theirs only beyond those that may be ours.
            #expect(counts.unexplained(of: counter + counts.late + 1) == 1)
        }
    }
}
