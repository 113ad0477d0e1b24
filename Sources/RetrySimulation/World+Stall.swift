import RetryCore

/// A slow loop, a sleeping host, and calls without an answer.
extension World {
    /// Whether the loop of the first daemon does not turn.
    var isStalled: Bool { process < Rival.firstProcess && clock.time < stalledUntil }

    /// The loop stalls, or calls go without an answer.
    mutating func actOnLoop() {
        if laterRNG.chance(plan.chance(.slowLoop, 0.2)) { planStall(for: 1000...80_000) }
        if laterRNG.chance(plan.chance(.suspend, 0.04)) { planStall(for: 300_000...7_200_000) }
        if laterRNG.chance(plan.chance(.hang, 0.1)) {
            let target = laterRNG.pick(configuration.targets.map(\.name))
            begin(.silence(target), for: laterRNG.span(1000...900_000))
        }
        if laterRNG.chance(plan.chance(.timeOut, 0.2)) {
            begin(.timeOut(laterRNG.pick(pipelineKeys)), for: laterRNG.span(1000...900_000))
        }
    }

    /// Now, or in the middle of an episode: with a call, a query or a write under way.
    private mutating func planStall(for span: ClosedRange<Int>) {
        guard !isStalled, isUp, plannedStall == nil else { return }
        let wait = paced(laterRNG.span(span), Months.disturbance)
        let steps = laterRNG.number(0...6)
        if steps == 0 { stall(for: wait) } else { plannedStall = (wait, steps) }
    }

    /// Begins a planned stall when its step has begun.
    mutating func stall(after effect: Effect) {
        guard let (wait, steps) = plannedStall, process < Rival.firstProcess,
            effect.isOfEpisode
        else { return }
        plannedStall = steps > 1 ? (wait, steps - 1) : nil
        if steps == 1 { stall(for: wait) }
    }

    /// The loop turns again from now on, and receives what arrived meanwhile.
    mutating func endStall() {
        timetable.hasten(from: stalledUntil, to: clock.time) { $0.waitsForLoop }
        stalledUntil = clock.time
        plannedStall = nil
        oracle.wokeAt = min(oracle.wokeAt, clock.time)
    }

    /// Everything that arrives meanwhile is received at its end, at once.
    private mutating func stall(for wait: Int64) {
        stalledUntil = clock.time + wait
        oracle.stalled(until: stalledUntil)
        let end = stalledUntil / 1000
        trace.note("the loop stops until \(end) s", at: clock.time)
    }
}

extension Effect {
    /// Whether an answer to it decides how an episode continues.
    fileprivate var isOfEpisode: Bool {
        switch self {
        case .readState(_, _, known: nil), .readEvidence, .readCauses, .readPrecedents,
            .matchPatterns, .recall,
            .recordIntent, .retry:
            true
        case .readState, .readDefinition, .listExecutions, .readExecution, .listPipelines, .record,
            .report:
            false
        }
    }
}
