import RetryCore

/// The cost of an event in the engine when every pipeline is healthy, by the number of pipelines.
struct EngineBench {
    private let pipelines: Int
    private let events: Int
    /// Open executions of each pipeline, which runs in PARALLEL mode; 0: it does not.
    private let open: Int

    init(_ options: BenchOptions) throws(BenchError) {
        pipelines = try options.number("pipelines", default: 1000)
        events = try options.number("events", default: 100_000)
        open = try options.number("open", default: 0)
    }

    func run() throws(BenchError) -> Figures {
        var rig = Rig(pipelines: pipelines, policy: .standard, open: open)
        // Every pipeline is seen twice and its definition once.
        try rig.run(.seconds(65))
        guard rig.polls >= 2 * pipelines else {
            throw BenchError("\(rig.polls) polls of \(pipelines) pipelines in 65 s")
        }
        let (before, polls) = (rig.events, rig.polls)
        let watch = try Stopwatch()
        while rig.events - before < events { try rig.step() }
        let spent = try watch.processorMilliseconds()
        let count = Double(rig.events - before)
        var figures = Figures()
        figures.set("pipelines", pipelines)
        figures.set("open", open)
        figures.set("events", rig.events - before)
        figures.set("polls", rig.polls - polls)
        try figures.set("events_per_second", count / (spent / 1000))
        try figures.set("ns_per_event", spent * 1e6 / count)
        try figures.set("ns_per_poll", spent * 1e6 / Double(rig.polls - polls))
        figures.set("peak_rss_kib", try ProcessMemory.peakKibibytes())
        return figures
    }
}
