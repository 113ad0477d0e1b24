import Primitives
import RetryCore

/// The real engine under virtual time: it jumps to the next answer or deadline.
struct EngineWatcher: Sendable {
    private let options: DetectionOptions
    private var engine: Engine
    private var world: DetectionWorld
    private var time: Int64 = 0
    /// Wake-ups in a row at one time.
    private var wakes = 0

    init(_ options: DetectionOptions, _ workload: Workload, isParallel: Bool) {
        self.options = options
        world = DetectionWorld(options, workload, isParallel: isParallel)
        engine = Engine(
            configuration: world.configuration,
            ledger: LedgerSnapshot(),
            seed: options.seed,
            now: .origin,
            wall: HostClock.epoch
        )
    }

    mutating func run() -> DetectionTally {
        feed(.deadlineReached)
        while let next = next, next < options.end {
            wakes = next > time ? 0 : wakes + 1
            precondition(wakes < 10_000, "the engine wakes at \(time) for ever")
            time = max(time, next)
            feed(world.arrived(at: time) ?? .deadlineReached)
        }
        return world.tally
    }

    /// When something happens next.
    private var next: Int64? {
        let deadline = engine.nextDeadline.map { instant in
            let time = instant.sinceOrigin.wholeMilliseconds
            return instant.sinceOrigin > .milliseconds(time) ? time + 1 : time
        }
        return [deadline, world.nextArrival].compactMap(\.self).min()
    }

    /// Feeds an event and everything that is answered at once.
    private mutating func feed(_ event: Event) {
        var events = [event]
        while let event = events.popLast() {
            let now = Instant(sinceOrigin: .milliseconds(time))
            for effect in engine.handle(event, now: now) {
                if let answer = world.perform(effect, at: time) { events.append(answer) }
            }
        }
    }
}
