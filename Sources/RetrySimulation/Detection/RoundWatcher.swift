import RetryCore

/// A plain watcher: at each tick of the budget the oldest evidence call, else the next poll.
///
/// It knows every definition beforehand, so that a decision costs one call, ListActionExecutions.
struct RoundWatcher: Sendable {
    private let options: DetectionOptions
    private let workload: Workload
    private let onlyMoving: Bool
    private var round: Round
    private var tally: DetectionTally
    private var known: Set<DetectionTally.FailureName> = []
    /// Failures that a poll showed, with the time of its answer.
    private var seen = ArrivalQueue<DetectionTally.FailureName>()

    init(_ options: DetectionOptions, _ workload: Workload, onlyMoving: Bool) {
        self.options = options
        self.workload = workload
        self.onlyMoving = onlyMoving
        round = Round(workload, onlyMoving: onlyMoving)
        tally = DetectionTally(options, workload)
    }

    mutating func run() -> DetectionTally {
        var tick = 0.0
        while true {
            let time = Int64(tick * 1000 / options.rate)
            guard time < options.end else { return tally }
            spend(at: time)
            tick += 1
        }
    }

    private mutating func spend(at time: Int64) {
        round.admit(at: time)
        if let failure = seen.pop(at: time) {
            tally.requested(at: time)
            tally.decided(failure, at: time + DetectionOptions.latency)
            return
        }
        while let pipeline = round.next() {
            let shows = failures(of: pipeline, at: time)
            let isMoving = workload.courses[pipeline].isMoving(at: time)
            if onlyMoving, !isMoving, shows.isEmpty {
                round.drop(pipeline)
                continue
            }
            tally.polled(at: pipeline, time)
            for failure in shows {
                known.insert(failure)
                seen.add(failure, at: time + DetectionOptions.latency)
            }
            round.putBack(pipeline)
            return
        }
    }

    /// The failures that a poll would show for the first time.
    private func failures(of pipeline: Int, at time: Int64) -> [DetectionTally.FailureName] {
        let course = workload.courses[pipeline]
        return (0..<course.stages).compactMap { stage in
            guard let view = course.stage(stage, at: time), view.status == .failed else {
                return nil
            }
            let name = DetectionTally.FailureName(pipeline: pipeline, run: view.run)
            return known.contains(name) ? nil : name
        }
    }
}

/// The round-robin order: all pipelines, or those that began to move.
private struct Round: Sendable {
    private var waiting: [Int]
    private var head = 0
    private var isIn: [Bool]
    private let starts: [(at: Int64, pipeline: Int)]
    private var started = 0

    init(_ workload: Workload, onlyMoving: Bool) {
        let pipelines = workload.courses.indices
        waiting = onlyMoving ? [] : Array(pipelines)
        isIn = pipelines.map { _ in !onlyMoving }
        starts =
            onlyMoving
            ? pipelines.flatMap { pipeline in
                workload.courses[pipeline].runs.map { ($0.start, pipeline) }
            }
            .sorted { $0 < $1 } : []
    }

    /// Takes in the pipelines that have begun to move.
    mutating func admit(at time: Int64) {
        while started < starts.count, starts[started].at <= time {
            let pipeline = starts[started].pipeline
            if !isIn[pipeline] { putBack(pipeline) }
            started += 1
        }
    }

    mutating func next() -> Int? {
        guard head < waiting.count else { return nil }
        defer { head += 1 }
        return waiting[head]
    }

    mutating func putBack(_ pipeline: Int) {
        isIn[pipeline] = true
        waiting.append(pipeline)
    }

    mutating func drop(_ pipeline: Int) {
        isIn[pipeline] = false
    }
}
