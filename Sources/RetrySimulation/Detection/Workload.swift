/// The activity of all pipelines: few are busy, most seldom run, and some runs fail.
///
/// - The pipeline of rank i runs for a share of the time in proportion to 1/i (Zipf), for half of
///   it at most, so that the mean is the given share.
/// - A pipeline has 2 to 4 stages. A stage takes 3 to 15 minutes, log-uniform, and each run up to
///   a fifth more or less.
/// - One run in five fails, at the end of one of its stages, all alike.
/// - Between two runs lie a minute and an exponential time. The next run replaces the failed one.
struct Workload: Sendable {
    /// The most that one pipeline runs.
    private static let busiest = 0.5
    private static let failing = 0.2
    private static let pause = 60_000.0

    /// One for each pipeline.
    let courses: [Course]
    /// All failures in the order of their times.
    let failures: [CourseFailure]

    init(_ options: DetectionOptions) {
        let shares = Workload.shares(options)
        let courses = (0..<options.pipelines).map { index in
            var rng = SimulationRNG(seed: options.seed, "course \(index)")
            return Workload.course(share: shares[index], until: options.end, &rng)
        }
        self.courses = courses
        failures = courses.indices.flatMap { courses[$0].failures(pipeline: $0) }
            .sorted { ($0.at, $0.pipeline) < ($1.at, $1.pipeline) }
    }

    /// The share of the time for which a stage of an average pipeline ran.
    func activeShare(in span: Range<Int64>) -> Double {
        let moving = courses.flatMap(\.runs).reduce(Int64(0)) { sum, run in
            sum + max(0, min(run.end, span.upperBound) - max(run.start, span.lowerBound))
        }
        return Double(moving) / Double(span.upperBound - span.lowerBound) / Double(courses.count)
    }

    /// Each rank's share of the time, by bisection of the factor that gives the mean.
    private static func shares(_ options: DetectionOptions) -> [Double] {
        func shares(_ factor: Double) -> [Double] {
            (1...options.pipelines).map { min(busiest, factor / Double($0)) }
        }
        let needed = min(options.activeShare, busiest) * Double(options.pipelines)
        var low = 0.0
        var high = busiest * Double(options.pipelines)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if shares(middle).reduce(0, +) < needed { low = middle } else { high = middle }
        }
        return shares(high)
    }

    private static func course(share: Double, until end: Int64, _ rng: inout SimulationRNG)
        -> Course
    {
        let stages = (0..<rng.number(2...4)).map { _ in rng.logUniform(180_000...900_000) }
        let whole = stages.reduce(0, +)
        let cut = stages.indices.map { stages[0...$0].reduce(0, +) }.reduce(0, +)
        let mean = (1 - failing) * whole + failing * cut / Double(stages.count)
        let gap = max(0, mean * (1 - share) / share - pause)
        var runs: [Course.Run] = []
        var time = 0.0
        if rng.chance(share) {
            // It runs already when the time begins.
            time = -rng.uniform() * whole
        } else {
            time = rng.exponential() * gap
        }
        while time < Double(end) {
            let run = run(from: time, stages, &rng)
            if run.end >= 0 { runs.append(run) }
            time = Double(run.end) + pause + rng.exponential() * gap
        }
        return Course(stages: stages.count, runs: runs)
    }

    private static func run(
        from start: Double,
        _ stages: [Double],
        _ rng: inout SimulationRNG
    ) -> Course.Run {
        let fails = rng.chance(failing)
        let last = fails ? rng.number(0...stages.count - 1) : stages.count - 1
        var time = start
        let ends = stages[0...last].map { length in
            time += length * (0.8 + 0.4 * rng.uniform())
            return Int64(time)
        }
        return Course.Run(start: Int64(start), ends: ends, fails: fails)
    }
}

extension SimulationRNG {
    /// An exponential number of mean 1, by comparisons alone.
    ///
    /// John von Neumann, "Various techniques used in connection with random digits", 1951.
    mutating func exponential() -> Double {
        var whole = 0.0
        while true {
            let first = uniform()
            var last = first
            var isAccepted = true
            var next = uniform()
            while next < last {
                last = next
                next = uniform()
                isAccepted.toggle()
            }
            if isAccepted { return whole + first }
            whole += 1
        }
    }

    /// A number of a range whose logarithm is evenly spread, by rejection.
    mutating func logUniform(_ range: ClosedRange<Double>) -> Double {
        while true {
            let number = range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
            if uniform() * number < range.lowerBound { return number }
        }
    }
}
