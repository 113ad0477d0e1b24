import Primitives

/// What the fleet may know beyond itself while it takes one event, and the steps it wants done.
struct FleetTurn {
    /// The monotonic time.
    let now: Instant
    /// The id that the next call will have.
    let nextCall: CallID
    /// This run of the daemon.
    let host: EngineHost
    /// The active configuration.
    let configuration: Configuration
    /// The episodes that live, and those that ended.
    let episodes: Episodes
    /// What is to be done, in order.
    private(set) var steps: [FleetStep] = []

    init(
        now: Instant,
        nextCall: CallID,
        host: EngineHost,
        configuration: Configuration,
        episodes: Episodes
    ) {
        self.now = now
        self.nextCall = nextCall
        self.host = host
        self.configuration = configuration
        self.episodes = episodes
    }

    /// Adds a step.
    mutating func add(_ step: FleetStep) { steps.append(step) }

    /// Emits a report.
    mutating func report(_ report: Report) { add(.report(report)) }

    /// Delivers an input to an episode.
    mutating func deliver(_ key: EpisodeKey, _ input: EpisodeInput) { add(.deliver(key, input)) }
}
