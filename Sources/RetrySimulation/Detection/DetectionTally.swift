/// Counts the requests and decisions of a watcher; the truth comes from the workload.
struct DetectionTally: Sendable {
    /// Names a failure.
    struct FailureName: Hashable, Sendable {
        var pipeline: Int
        var run: Int
    }

    private let options: DetectionOptions
    private let workload: Workload
    private var decidedAt: [FailureName: Int64] = [:]
    private var lastPolls: [Int64]
    private var longestUnseen: Int64 = 0
    private var requests = 0
    private var pollsOfMoving = 0
    private var level = 0.0
    private var burst = 0.0
    private var levelAt: Int64 = 0

    init(_ options: DetectionOptions, _ workload: Workload) {
        self.options = options
        self.workload = workload
        lastPolls = Array(repeating: 0, count: options.pipelines)
    }

    /// A request of any kind is made.
    mutating func requested(at time: Int64) {
        level = max(0, level - Double(time - levelAt) / 1000 * options.rate) + 1
        levelAt = time
        burst = max(burst, level)
        if options.measured.contains(time) { requests += 1 }
    }

    /// A request polls a pipeline.
    mutating func polled(at pipeline: Int, _ time: Int64) {
        requested(at: time)
        let last = max(lastPolls[pipeline], options.measured.lowerBound)
        lastPolls[pipeline] = time
        longestUnseen = max(longestUnseen, min(time, options.measured.upperBound) - last)
        if options.measured.contains(time), workload.courses[pipeline].isMoving(at: time) {
            pollsOfMoving += 1
        }
    }

    /// There is a verdict; only the first one of a failure counts.
    mutating func decided(_ failure: FailureName, at time: Int64) {
        if decidedAt[failure] == nil { decidedAt[failure] = time }
    }

    /// Closes the books.
    func outcome(_ watcher: Watcher) -> DetectionOutcome {
        var latencies: [Int64] = []
        var missed = 0
        var pending = 0
        let measured = workload.failures.filter { options.measured.contains($0.at) }
        for failure in measured {
            let name = FailureName(pipeline: failure.pipeline, run: failure.run)
            if let decidedAt = decidedAt[name] {
                precondition(decidedAt >= failure.at, "\(failure) was decided before it was")
                latencies.append(decidedAt - failure.at)
            } else if let hiddenAt = failure.hiddenAt, hiddenAt < options.end {
                missed += 1
            } else {
                pending += 1
            }
        }
        let unseen = lastPolls.map { options.measured.upperBound - $0 }.max() ?? 0
        let seconds = Double(options.hours) * 3600
        return DetectionOutcome(
            watcher: watcher,
            failures: measured.count,
            latencies: latencies.sorted(),
            missed: missed,
            pending: pending,
            requestRate: Double(requests) / seconds,
            burst: burst,
            movingShare: Double(pollsOfMoving) / Double(max(1, requests)),
            longestUnseen: min(max(longestUnseen, unseen), Int64(options.hours) * 3_600_000),
            activeShare: workload.activeShare(in: options.measured)
        )
    }
}
