/// Detection latency: the time from a stage's failure to the first verdict on it, by simulation.
///
/// The watchers observe the same workload under the same budget of requests. No request fails, and
/// each is answered after 80 ms. With A pipelines moving on average, R requests per second and
/// N pipelines, the plain watchers' mean is that of a uniform phase and two calls in a row:
///
///     even   N / 2R + 2 * 80 ms
///     bound  A / 2R + 2 * 80 ms, A = N * active share
///
/// The bound knows which pipelines move, but not when a stage will end.
package enum Detection {
    /// Lets one watcher poll the workload of a question.
    package static func run(_ watcher: Watcher, _ options: DetectionOptions) -> DetectionOutcome {
        let workload = Workload(options)
        var tally: DetectionTally
        switch watcher {
        case .even, .bound:
            var round = RoundWatcher(options, workload, onlyMoving: watcher == .bound)
            tally = round.run()
        case .engine, .parallel:
            var engine = EngineWatcher(options, workload, isParallel: watcher == .parallel)
            tally = engine.run()
        }
        return tally.outcome(watcher)
    }
}
