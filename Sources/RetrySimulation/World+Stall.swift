import RetryCore

/// A slow loop, a sleeping host, and calls without an answer.
extension World {
    /// Whether the loop of the first daemon does not turn.
    var isStalled: Bool { process < Rival.firstProcess && clock.time < stalledUntil }

    /// The loop stalls, or calls go without an answer.
    mutating func actOnLoop() {
        if laterRNG.chance(plan.chance(.slowLoop, 0.2)) { stall(for: 1000...80_000) }
        if laterRNG.chance(plan.chance(.suspend, 0.04)) { stall(for: 300_000...7_200_000) }
        if laterRNG.chance(plan.chance(.hang, 0.1)) {
            let target = laterRNG.pick(configuration.targets.map(\.name))
            begin(.silence(target), for: laterRNG.span(1000...900_000))
        }
        if laterRNG.chance(plan.chance(.timeOut, 0.2)) {
            begin(.timeOut(laterRNG.pick(pipelineKeys)), for: laterRNG.span(1000...900_000))
        }
    }

    /// Everything that arrives meanwhile is received at its end, at once.
    private mutating func stall(for span: ClosedRange<Int>) {
        guard !isStalled, isUp else { return }
        let until = clock.time + paced(laterRNG.span(span), Months.disturbance)
        stalledUntil = until
        oracle.stalled(until: stalledUntil)
        trace.note("the loop stops until \(until / 1000) s", at: clock.time)
    }
}
