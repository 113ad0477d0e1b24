import Testing

@testable import RetrySimulation

/// The order of what happens in the simulated world.
@Suite struct TimetableTests {
    @Test func `what a loop that stands still has kept comes at once when it turns again`() {
        var timetable = Timetable()
        timetable.add(.probe(process: 1), at: 900)
        timetable.add(.diskFree, at: 900)
        timetable.add(.restart(process: 2), at: 100)
        timetable.add(.probe(process: 3), at: 900)
        timetable.add(.probe(process: Rival.firstProcess), at: 900)
        timetable.add(.probe(process: 4), at: 950)
        timetable.hasten(from: 900, to: 50) { $0.waitsForLoop }
        var order: [Int?] = []
        while let event = timetable.removeFirst() { order.append(event.process) }
        #expect(order == [1, 3, 2, nil, Rival.firstProcess, 4])
    }
}
