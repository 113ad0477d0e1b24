import CodePipelineSimulator
import Primitives
import RetryCore

/// Everything at once: AWS, the network, the host, the people, and the daemon's engine.
///
/// Time jumps to the next event. The engine is the real one; the rest is a model of its
/// environment.
struct World: Sendable {
    let seed: UInt64
    /// The path over the wire, to the client and the mapping of the daemon; nil: the shortcut.
    var wire: WireMapping?
    let scenario: GeneratedScenario
    /// Over which months it runs; nil: over hours.
    let months: Months?
    var plan: FaultSchedule
    var rng: SimulationRNG
    var peopleRNG: SimulationRNG
    /// For the lags of reads; separate, so that a seed without lags is unchanged.
    var lagRNG: SimulationRNG
    /// When the pipelines were created that were not there from the start.
    var createdAt: [PipelineName: ModelTime] = [:]
    var clock = HostClock()
    var timetable = Timetable()
    var model: ServiceModel
    var ledger: LedgerModel
    var oracle: Oracle
    var trace: Trace

    /// The engine of the newest process.
    var engine: Engine
    /// Whether that process runs.
    var isUp = false
    /// When the engine must be woken; computed once after each event.
    var wakesAt: Instant?
    /// The other daemon; empty: there is none, or it is the one that acts now.
    ///
    /// In a list it is read where it lies.
    var rivals: [Rival] = []
    /// Until when the loop of the first daemon is stalled, in true milliseconds.
    var stalledUntil: Int64 = 0
    /// A stall that begins when the first daemon has begun so many more steps of an episode.
    var plannedStall: (wait: Int64, steps: Int)?
    /// For the faults that were added later.
    var laterRNG: SimulationRNG
    /// For what services say of causes.
    var causeRNG: SimulationRNG
    /// Draws what the ledger says of the past.
    var pastRNG: SimulationRNG
    /// Until when services repeat failed attempts, or roll them back; true milliseconds.
    var busyUntil: [ActionExecutionID: Int64] = [:]
    /// For what only PARALLEL pipelines have, and whether all are such.
    var parallelRNG: SimulationRNG
    let isAllParallel: Bool
    /// For those among them that change config files and names.
    var shapeRNG: SimulationRNG
    /// Which of the model's pipelines each target reaches.
    var places: Places
    /// The pipelines under the targets that such a config file has had, beside the usual ones.
    var otherKeys: [PipelineKey] = []
    /// The config file before it was changed in that way; nil: it is one of the scenario's.
    var former: Configuration?
    /// The ledger as it was at some time, for one who puts an older copy back.
    var ledgerCopy = LedgerModel.Rows()
    /// The pipelines with their targets, sorted.
    let pipelineKeys: [PipelineKey]
    /// Which run of the daemon this is.
    var process = 0
    var configuration: Configuration
    /// Whether the shell has reported to the engine that the ledger fails.
    var ledgerIsFailing = false
    var disturbances: Set<Disturbance> = []
    /// The newest two states that AWS showed of each pipeline.
    var shown: FewKeys<PipelineKey, [Shown]> = [:]
    /// The newest state of each pipeline, for as long as the model's stays the same.
    var kept: FewKeys<PipelineKey, KeptState> = [:]
    /// The newest page of each pipeline's executions, by its name in the model, likewise.
    var keptPages: FewKeys<String, KeptPage> = [:]
    /// The pipelines whose last answer was a stale read: never two in a row, since two that agree
    /// cannot be told from the truth.
    var wasStale: Set<PipelineKey> = []
    /// Whether the people have stopped acting.
    var isCalm = false
    var ticks = 0
    /// Wake-ups in a row at one time that did nothing.
    var idleWakes = 0
    /// What decisions with causes are compared by; nil: they are not.
    var comparison: CauseComparison?

    /// A state that was shown.
    struct Shown: Hashable, Sendable {
        var snapshot: PipelineSnapshot
        var digest: StateDigest
        /// The truth at that time, with the baselines of the snapshot.
        var stages: [StageName: StageTruth]
        var at: Int64 = 0
    }

    init(seed: UInt64, _ options: Simulation.Options) {
        self.seed = seed
        if seed % Simulation.wireSeeds == 0 { wire = WireMapping() }
        var scenarioRNG = SimulationRNG(seed: seed, "scenery")
        months = options.months(of: seed)
        var scenario =
            months == nil
            ? GeneratedScenario(&scenarioRNG) : GeneratedScenario(months: &scenarioRNG)
        clock.time = months?.start ?? 0
        pipelineKeys = scenario.owners.map { PipelineKey(target: $0.value, pipeline: $0.key) }
            .sorted()
        var planRNG = SimulationRNG(seed: seed, "plan")
        lagRNG = SimulationRNG(seed: seed, "lag")
        laterRNG = SimulationRNG(seed: seed, "later")
        causeRNG = SimulationRNG(seed: seed, "causes")
        pastRNG = SimulationRNG(seed: seed, "past answers")
        shapeRNG = SimulationRNG(seed: seed, "shape")
        parallelRNG = SimulationRNG(seed: seed, "parallel runs")
        places = Places(scenario.owners)
        plan = FaultSchedule(seed: seed, allowed: options.faults, &planRNG, lags: &lagRNG)
        comparison = CauseComparison(options, &plan)
        scenario.addSettings(of: plan, seed)
        scenario.addPast(seed)
        isAllParallel = options.isParallel
        scenario.addParallel(seed, everywhere: isAllParallel)
        self.scenario = scenario
        rng = SimulationRNG(seed: seed, "network")
        peopleRNG = SimulationRNG(seed: seed, "people")
        configuration = scenario.configurations[0]
        ledger = LedgerModel(keepsSteps: options.keepsLedger)
        engine = World.engine(configuration, ledger.snapshot, seed, clock)
        trace = Trace(keepsDigest: options.keepsDigest, lines: options.lines)
        oracle = Oracle(
            trustsDates: !plan.has(.date) && !plan.has(.clock),
            trustsAnswers: !plan.has(.date),
            judgesTruth: options.judgesTruth
        )
        if options.faults.isDisjoint(with: SimulatedFault.disturbances) {
            oracle.calmed(at: -1_200_001)
        }
        if plan.has(.clock) {
            clock.drift = planRNG.span(-400...400) / (months == nil ? 1 : Months.drift)
        }
        model = ServiceModel(
            start: clock.modelTime,
            seed: planRNG.seed(),
            timing: ServiceModel.Timing(executionLimit: planRNG.pick([3, 50]))
        )
        if plan.has(.slowState) { model.timing.slowDown(&lagRNG) }
        model.timing.failsEarly = plan.has(.earlyFailure)
        model.timing.parallelRetry = scenario.parallelRetry
        // The world itself forgets what is a year old.
        model.timing.historyKeeps = .seconds(100 * 365 * 86_400)
        model.timing[.conditionTakes] = scenario.conditionTakes
        addPipelines(&planRNG)
        timetable.add(.somebody, at: clock.time + 30_000)
        if plan.has(.rival) {
            rivals = [Rival(of: self, laterRNG.pick(scenario.configurations))]
        }
    }

    /// Creates the pipelines, now or later.
    private mutating func addPipelines(_ planRNG: inout SimulationRNG) {
        for index in scenario.pipelines.indices {
            let wait = planRNG.span(0...90_000)
            if let time = creationTime(of: index) {
                timetable.add(.creation(index), at: time)
            } else {
                model.addPipeline(at: index, of: scenario, startingAfter: wait)
                startRuns(of: index)
            }
        }
    }

    /// Starts the daemon.
    mutating func boot() {
        process += 1
        if process < Rival.firstProcess { stalledUntil = clock.time }
        if plan.has(.clock) {
            clock.origin = rng.span(0...3_600_000)
            clock.step = rng.span(-7_200_000...7_200_000)
        }
        ledgerIsFailing = false
        idleWakes = 0
        engine = World.engine(configuration, ledgerAtStart, seed, clock)
        isUp = true
        oracle.started(at: clock.time, hostAhead: clock.ahead, configuration, ledger.durable)
        let process = process
        trace.note("daemon \(process) starts", at: clock.time)
        feed(.deadlineReached)
        if isCalm { resumeAll() }
    }

    private static func engine(
        _ configuration: Configuration,
        _ ledger: LedgerSnapshot,
        _ seed: UInt64,
        _ clock: HostClock
    ) -> Engine {
        Engine(
            configuration: configuration,
            ledger: ledger,
            seed: seed,
            now: clock.now,
            wall: clock.wall
        )
    }

    /// Runs the next event.
    mutating func step() {
        ticks += 1
        let wake = max(wakesAt.map { clock.reaching($0) } ?? .max, stalledUntil)
        let rivalWake = rivalWake
        let due = min(timetable.next ?? .max, wake, rivalWake)
        let next = due == .max ? clock.time + 60_000 : due
        clock.time = max(clock.time, next)
        model.advance(to: clock.modelTime)
        takeServed()
        if let due = timetable.next, due <= clock.time, let event = timetable.removeFirst() {
            if let process = event.process, process >= Rival.firstProcess {
                asRival { $0.happen(event) }
            } else {
                happen(event)
            }
        } else if rivalWake < wake {
            asRival { $0.wakeUp() }
        } else {
            wakeUp()
        }
        takeServed()
    }

    private mutating func wakeUp() {
        let before = trace.effects
        feed(.deadlineReached)
        guard isUp, trace.effects == before,
            wakesAt.map({ clock.reaching($0) <= clock.time }) == true
        else {
            idleWakes = 0
            return
        }
        idleWakes += 1
        if idleWakes > 2 { oracle.blame(.spin, "\(idleWakes) wake-ups in vain") }
    }

    private mutating func happen(_ event: ScheduledEvent) {
        switch event {
        case .arrival(let request): serve(request)
        case .answer(_, _, let process) where isStalled && process == self.process,
            .probe(let process) where isStalled && process == self.process:
            timetable.add(event, at: stalledUntil)
        case .answer(let event, let poll, let process):
            guard process == self.process, isUp else { return }
            if let poll, isCurrent(poll) { oracle.polled(poll, at: clock.time) }
            oracle.record(event, at: clock.time)
            oracle.listed(event, at: clock.time, configuration)
            if case .retryAnswered(let id, let answer) = event {
                oracle.answered(id, answer, at: clock.time)
            }
            feed(event)
        case .probe(let process): probe(process)
        case .diskFree: ledger.isFull = false
        case .restart(let process):
            if !isUp, process == self.process { boot() }
        case .relief(let disturbance): disturbances.remove(disturbance)
        case .somebody: somebodyActs()
        case .creation(let index): create(index)
        }
    }

    /// Gives the oracle what AWS served since.
    private mutating func takeServed() {
        guard !model.served.isEmpty else { return }
        for call in model.takeServed() {
            trace.served(call, at: clock.time)
            oracle.served(call)
            for place in rivals.indices { rivals[place].oracle.served(call) }
        }
    }

    /// Feeds the engine and runs its effects, unless the daemon dies in between.
    mutating func feed(_ event: Event) {
        guard isUp else { return }
        // In place: a second reference would make every change a copy.
        let effects = engine.handle(event, now: clock.now)
        trace.fed(event, at: clock.time)
        wakesAt = engine.nextDeadline
        for effect in effects {
            // A question about causes moves no other chance, so that a run without is alike.
            let dies =
                effect.asksForCauses
                ? causeRNG.chance(plan.chance(.crash, 0.01 * rarity))
                : rng.chance(plan.chance(.crash, 0.01 * rarity))
            if dies {
                crash()
                return
            }
            perform(effect)
        }
        if !oracle.causes.waits.isEmpty { oracle.judgeCauses(at: clock.now) }
        if comparison != nil { compare(effects) }
        if rng.chance(plan.chance(.crash, 0.002 * rarity)) { crash() }
    }

    mutating func crash() {
        if process < Rival.firstProcess { comparison?.disturb() }
        let kept = ledger.handed > 0 ? rng.number(0...ledger.handed) : 0
        ledger.crash(keeping: kept)
        isUp = false
        wakesAt = nil
        trace.note("kill -9; \(kept) unsynced writes stay", at: clock.time)
        if laterRNG.chance(plan.chance(.ledgerLoss, 0.3)) { loseLedger() }
        oracle.crashed(ledger.remembered)
        let wait = paced(rng.span(100...120_000), Months.disturbance)
        timetable.add(.restart(process: process), at: clock.time + wait)
    }

    private mutating func probe(_ process: Int) {
        guard process == self.process, isUp else { return }
        if ledger.probe(syncs: true) {
            ledgerIsFailing = false
            feed(.ledgerRecovered)
        } else {
            timetable.add(.probe(process: process), at: clock.time + 10_000)
        }
    }
}
