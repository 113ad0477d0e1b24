import RetryCore
import Testing

@testable import RetrySimulation

/// How often a pipeline may be listed that is not in PARALLEL mode any more.
@Suite struct ListPaceTests {
    private static let key = PipelineKey(target: "one", pipeline: "p1")

    /// Whether the law is broken by lists at these times, in seconds.
    private static func isBroken(
        _ times: [Int64],
        isCalm: Bool = true,
        until end: Int = .max,
        reloadBefore reload: Int? = nil
    ) -> Bool {
        var oracle = Oracle(trustsDates: true, trustsAnswers: true, judgesTruth: true)
        if isCalm { oracle.calmed(at: 0) }
        for (place, time) in times.enumerated() {
            if place == reload { oracle.upheavals += 1 }
            oracle.judgeList(of: key, at: time * 1000, hasLeft: place < end)
        }
        return oracle.broken?.law == .lists
    }

    @Test func `ten minutes after the end, ten minutes lie between two lists`() {
        #expect(!Self.isBroken([0, 30, 60, 590]))
        #expect(!Self.isBroken([0, 30, 60, 660, 1260]))
        #expect(Self.isBroken([0, 30, 60, 90, 590, 620]))
        #expect(Self.isBroken([0, 600, 1120]))
    }

    @Test func `nothing is judged before the calm, in PARALLEL mode, or across a reload`() {
        let lists: [Int64] = [0, 600, 630, 660]
        #expect(Self.isBroken(lists))
        #expect(!Self.isBroken(lists, isCalm: false))
        #expect(!Self.isBroken(lists, until: 2))
        #expect(!Self.isBroken(lists, reloadBefore: 2))
    }
}
