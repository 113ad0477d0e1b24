import CodePipelineSimulator
import Primitives
import RetryCore

/// People's actions and accidents: changes from outside the daemon.
extension World {
    mutating func somebodyActs() {
        guard !isCalm else { return }
        let wait = paced(peopleRNG.span(5000...120_000), Months.people)
        timetable.add(.somebody, at: clock.time + wait)
        actOnPipelines()
        actOnHost()
        if !isStalled { actOnDaemon() }
        actOnLedger()
        actOnLoop()
        actOnDefinitions()
        if !isStalled { actOnConfiguration() }
        actOnNames()
    }

    private mutating func actOnPipelines() {
        let name = peopleRNG.pick(model.pipelineNames)
        if leavesAlone(name) { return }
        let stage = peopleRNG.pick(["Build", "Deploy"])
        if happens(.newExecution, 0.4) { act(name, .start) }
        if happens(.humanRetry, 0.6) {
            let mode: ServiceModel.RetryMode = peopleRNG.pick([.failedActions, .allActions])
            act(name, .retry(stage: stage, mode: mode, execution: someRun(of: name)))
        }
        if happens(.humanStop, 0.4) {
            let abandon = peopleRNG.chance(0.5)
            act(name, .stop(abandon: abandon, reason: nil, execution: someRun(of: name)))
        }
        if happens(.update, 0.15) { act(name, .update) }
        if happens(.rollback, 0.2) { act(name, .rollback(stage: stage)) }
        if happens(.transition, 0.4) {
            act(name, .disableTransition(stage: stage, reason: "freeze"))
        } else if peopleRNG.chance(0.5) {
            act(name, .enableTransition(stage: stage))
        }
        if happens(.refusal, 0.2) {
            act(name, .busy(.milliseconds(peopleRNG.span(1000...90_000))))
        }
        if happens(.stageless, 0.2) { act(name, .failExecution(reason: "a variable has no value")) }
        if happens(.stageless, 0.2) {
            act(
                name,
                .failSource(
                    stage: "Source",
                    action: "Pull",
                    code: "ConfigurationError",
                    message: "no such object"
                )
            )
        }
        // Without anybody else, an idle pipeline starts again now and then.
        let isIdle = model.nextChange == nil || months != nil
        if isIdle, peopleRNG.chance(0.3) { act(name, .start) }
    }

    /// The number of one of the newest runs of a PARALLEL pipeline; nil in the other modes.
    private mutating func someRun(of name: String) -> Int? {
        guard model.runsInParallel(name) else { return nil }
        do throws(ServiceError) {
            let count = try model.executions(of: name).count { $0.type == .standard }
            return max(1, count - parallelRNG.number(0...7))
        } catch {
            return nil
        }
    }

    private mutating func happens(_ fault: SimulatedFault, _ chance: Double) -> Bool {
        peopleRNG.chance(plan.chance(fault, chance))
    }

    private mutating func act(_ pipeline: String, _ action: ServiceModel.OutsideAction) {
        trace.outside(pipeline, action, at: clock.time)
        model.schedule(action, pipeline: pipeline, at: clock.modelTime)
        model.advance(to: clock.modelTime)
    }

    private mutating func actOnHost() {
        if happens(.disk, 0.15) {
            ledger.isFull = true
            trace.note("the disk is full", at: clock.time)
            let wait = paced(peopleRNG.span(1000...300_000), Months.disturbance)
            timetable.add(.diskFree, at: clock.time + wait)
        }
        if happens(.clock, 0.3) { clock.step = peopleRNG.span(-86_400_000...86_400_000) }
        if happens(.credentials, 0.15) {
            let target = peopleRNG.pick(configuration.targets.map(\.name))
            let kind = peopleRNG.pick([CallFailure.Kind.credentials, .unreachable, .clock])
            begin(.target(target, kind), for: 1000...600_000)
        }
        if happens(.accessDenied, 0.2) {
            begin(.permission(peopleRNG.pick(Operation.allCases)), for: 1000...900_000)
        }
        if happens(.sick, 0.15), let key = pipelineKeys.randomPick(&peopleRNG) {
            begin(.pipeline(key), for: 1000...900_000)
        }
    }

    private mutating func begin(_ disturbance: Disturbance, for span: ClosedRange<Int>) {
        guard !disturbances.contains(disturbance) else { return }
        begin(disturbance, for: peopleRNG.span(span))
    }

    mutating func begin(_ disturbance: Disturbance, for wait: Int64) {
        guard disturbances.insert(disturbance).inserted else { return }
        trace.note("begins: \(disturbance)", at: clock.time)
        timetable.add(
            .relief(disturbance),
            at: clock.time + paced(wait, Months.disturbance)
        )
    }

    private mutating func actOnDaemon() {
        if happens(.reload, 0.2) { reload(peopleRNG.pick(scenario.configurations)) }
        if happens(.pause, 0.25), isUp {
            let ends = peopleRNG.chance(0.5)
            let wait = Duration.milliseconds(
                paced(peopleRNG.span(1000...900_000), Months.pause)
            )
            let pause = Pause(scope: scope(), reason: "freeze", uid: 0, until: nil)
            oracle.paused(
                pause.scope,
                endsAt: ends ? clock.time + wait.wholeMilliseconds : nil
            )
            feed(.paused(pause, for: ends ? wait : nil))
        } else if plan.has(.pause), peopleRNG.chance(0.2), isUp {
            resumeAll()
        }
    }

    private mutating func scope() -> PauseScope {
        let key = pipelineKeys.randomPick(&peopleRNG)
        switch peopleRNG.number(0...3) {
        case 0: return PauseScope()
        case 1: return PauseScope(target: key?.target)
        case 2: return PauseScope(target: key?.target, pipeline: key?.pipeline)
        case _: return PauseScope(stage: peopleRNG.pick(["Build", "Deploy"]))
        }
    }

    /// Another config file; a daemon that is down starts with it.
    mutating func reload(_ new: Configuration) {
        let isDue = wakesAt.map { $0 <= clock.now } ?? false
        oracle.reloaded(from: configuration, to: new, allKeys, isDue: isDue, at: clock.time)
        configuration = new
        feed(.reloaded(new))
    }

    /// From here on there are no faults, and nobody holds anything any more.
    mutating func calmDown() {
        isCalm = true
        plan.calm()
        disturbances = []
        endStall()
        ledger.isFull = false
        oracle.calmed(at: clock.time)
        trace.note("all is calm", at: clock.time)
        for index in scenario.pipelines.indices where !isThere(index) { create(index) }
        for name in model.pipelineNames {
            for stage in ["Build", "Deploy"] { act(name, .enableTransition(stage: stage)) }
        }
        resumeAll()
        asRival { world in
            world.oracle.calmed(at: world.clock.time)
            world.resumeAll()
        }
    }

    /// A person lifts every pause; a stopped daemon receives nothing.
    mutating func resumeAll() {
        guard isUp else { return }
        oracle.resumed(PauseScope())
        feed(.resumed(PauseScope(), uid: 0))
    }
}

extension [PipelineKey] {
    /// One of them; nil when there is none.
    fileprivate func randomPick(_ rng: inout SimulationRNG) -> PipelineKey? {
        isEmpty ? nil : rng.pick(self)
    }
}
