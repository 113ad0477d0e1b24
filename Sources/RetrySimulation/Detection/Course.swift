import RetryCore

/// The runs of one pipeline over the whole time, made beforehand: no watcher changes them.
struct Course: Sendable {
    /// One pipeline execution.
    struct Run: Sendable {
        /// When it enters the first stage, in milliseconds.
        var start: Int64
        /// When it leaves each stage that it reached.
        var ends: [Int64]
        /// Whether the last stage that it reached failed.
        var fails: Bool

        /// When it moves no more.
        var end: Int64 { ends.last ?? start }

        /// When it enters a stage; nil when it never does.
        func entry(to stage: Int) -> Int64? {
            guard stage < ends.count else { return nil }
            return stage == 0 ? start : ends[stage - 1]
        }
    }

    /// The shown state of a stage.
    struct StageView: Hashable, Sendable {
        /// The run that reached it last.
        var run: Int
        /// Its status there.
        var status: StageStatus
        /// Since when.
        var since: Int64
    }

    /// How many stages the pipeline has.
    let stages: Int
    /// The runs in order; none overlaps another.
    let runs: [Run]

    /// The newest run that has begun; nil before the first.
    func newestRun(at time: Int64) -> Int? {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].start <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : low - 1
    }

    /// The shown state of a stage at a time; nil when no run has reached it.
    func stage(_ stage: Int, at time: Int64) -> StageView? {
        guard var index = newestRun(at: time) else { return nil }
        while true {
            if let view = view(of: stage, in: index, at: time) { return view }
            guard index > 0 else { return nil }
            index -= 1
        }
    }

    /// The state of a stage in a run; nil when the run has not reached it by then.
    func view(of stage: Int, in index: Int, at time: Int64) -> StageView? {
        let run = runs[index]
        guard let entry = run.entry(to: stage), entry <= time else { return nil }
        let end = run.ends[stage]
        guard end <= time else { return StageView(run: index, status: .inProgress, since: entry) }
        let isLast = stage == run.ends.count - 1
        return StageView(run: index, status: run.fails && isLast ? .failed : .succeeded, since: end)
    }

    /// Whether a stage runs at a time.
    func isMoving(at time: Int64) -> Bool {
        newestRun(at: time).map { runs[$0].end > time } ?? false
    }
}

/// One failed stage: when it failed, and until when the state shows it.
struct CourseFailure: Hashable, Sendable {
    /// The pipeline's number.
    var pipeline: Int
    /// The stage's number.
    var stage: Int
    /// The run's number in its pipeline.
    var run: Int
    /// When it failed, in milliseconds.
    var at: Int64
    /// When another run took the stage; nil when none did.
    var hiddenAt: Int64?
}

extension Course {
    /// The failures of the course, in order.
    func failures(pipeline: Int) -> [CourseFailure] {
        runs.indices.filter { runs[$0].fails }.map { index in
            let stage = runs[index].ends.count - 1
            let next = runs[(index + 1)...].first { $0.ends.count > stage }
            return CourseFailure(
                pipeline: pipeline,
                stage: stage,
                run: index,
                at: runs[index].end,
                hiddenAt: next?.entry(to: stage)
            )
        }
    }
}
