import AttemptLedger
import Primitives
import RetryCore
import Systemd

/// Events in, effects out.
extension DaemonLoop {
    /// Lets the engine handle an event, and those that its effects cause immediately.
    mutating func feed(_ event: Event, _ group: inout DiscardingTaskGroup) {
        pending.append(event)
        while !pending.isEmpty {
            let next = pending.removeFirst()
            for effect in engine.handle(next, now: parts.clock.now) { perform(effect, &group) }
        }
        statusLine.isStale = true
    }

    /// Runs one effect; none blocks.
    private mutating func perform(_ effect: Effect, _ group: inout DiscardingTaskGroup) {
        switch effect {
        case .report(let report): write(report)
        case .record(let writes): record(writes)
        case .recall(let id, let key): recall(id, key)
        case .recordIntent(let id, let intent): record(id, intent)
        case .retry(let id, let episode, let mode): retry(id, episode, mode, &group)
        case .matchPatterns(let id, let queries): match(id, queries, &group)
        case .readCauses(let id, let key, let requests, let time):
            read(requests, id, key.pipeline.target, within: time, &group)
        case .readPrecedents(let id, let question): readPrecedents(id, question, &group)
        case .readState, .readDefinition, .readEvidence, .listExecutions, .readExecution,
            .listPipelines:
            read(effect, &group)
        }
    }

    /// Writes an entry, except those that are only true of a daemon that keeps running.
    private func write(_ report: Report) {
        // With `--once` the interval is the loop's own, not the configured one.
        if options.isOnce {
            if case .pollingSlowed = report { return }
            if case .pollingKept = report { return }
        }
        parts.sink.write(report)
    }

    private mutating func record(_ writes: [LedgerWrite]) {
        for case .intent(let intent) in writes
        where unsent[intent.episode]?.sequence == intent.sequence {
            unsent[intent.episode] = nil
        }
        worker.write(writes)
        for case .episode(let record) in writes { learn(from: record) }
    }

    private mutating func record(_ id: CallID, _ intent: Intent) {
        guard stopping == nil else { return }
        unsent[intent.episode] = intent
        recording.insert(id)
        worker.record(id, intent)
    }

    private mutating func recall(_ id: CallID, _ key: EpisodeKey) {
        recalling.insert(id)
        worker.recall(id, key)
    }

    private mutating func retry(
        _ id: CallID,
        _ episode: EpisodeKey,
        _ mode: RetryMode,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil else {
            // The intent is durable: without an answer a restart would count it as spent.
            pending.append(.retryAnswered(id, .refused(.unreachable, .stopping)))
            return
        }
        unsent[episode] = nil
        let failure = noConnection(to: episode.pipeline.target)
        let event = Event.retryAnswered(id, .refused(.unreachable, failure))
        launch(id, episode.pipeline.target, .retry, otherwise: event, &group) { service in
            .retryAnswered(id, await service.retry(episode, mode))
        }
    }

    private func match(
        _ id: CallID,
        _ queries: [PatternQuery],
        _ group: inout DiscardingTaskGroup
    ) {
        let (inbox, patterns) = (inbox, parts.patterns)
        // A pattern may run until its step limit.
        group.addTask(executorPreference: globalConcurrentExecutor) {
            var findings: [PatternQuery: PatternFinding] = [:]
            for query in queries { findings[query] = patterns.find(query) }
            inbox.put(.answer(id, .patternsMatched(id, findings)))
        }
    }

    /// Launches a call that only reads.
    private mutating func read(_ effect: Effect, _ group: inout DiscardingTaskGroup) {
        guard stopping == nil else { return }
        switch effect {
        case .readState(let id, let key, let known):
            let lost = Event.stateRead(id, .failed(noConnection(to: key.target)))
            launch(id, key.target, .poll(key), otherwise: lost, &group) { service in
                .stateRead(id, await service.state(of: key.pipeline, known: known))
            }
        case .readDefinition(let id, let key):
            let lost = Event.definitionRead(id, .failed(noConnection(to: key.target)))
            launch(id, key.target, .other, otherwise: lost, &group) { service in
                .definitionRead(id, await service.definition(of: key.pipeline))
            }
        case .readEvidence(let id, let key, let execution):
            let lost = Event.evidenceRead(id, .failed(noConnection(to: key.target)))
            let purpose = Flight.Purpose.attempts(
                ExecutionKey(pipeline: key, execution: execution)
            )
            launch(id, key.target, purpose, otherwise: lost, &group) { service in
                .evidenceRead(id, await service.actions(of: key.pipeline, in: execution))
            }
        case .listExecutions(let id, let key, let limit, let known):
            let lost = Event.executionsListed(id, .failed(noConnection(to: key.target)))
            launch(id, key.target, .other, otherwise: lost, &group) { service in
                .executionsListed(
                    id,
                    await service.executions(of: key.pipeline, limit: limit, known: known)
                )
            }
        case .readExecution(let id, let key, let execution):
            let lost = Event.executionRead(id, .failed(noConnection(to: key.target)))
            let purpose = Flight.Purpose.attempts(
                ExecutionKey(pipeline: key, execution: execution)
            )
            launch(id, key.target, purpose, otherwise: lost, &group) { service in
                .executionRead(id, await service.execution(execution, of: key.pipeline))
            }
        case .listPipelines(let id, let target):
            let lost = Event.pipelinesListed(id, .failed(noConnection(to: target)))
            launch(id, target, .list(target), otherwise: lost, &group) { service in
                .pipelinesListed(id, await service.pipelines())
            }
        case .matchPatterns, .readCauses, .readPrecedents, .recall, .recordIntent, .retry, .record,
            .report:
            preconditionFailure("\(effect) reads nothing from AWS")
        }
    }

    /// Runs a call in a child task; its answer always arrives in the inbox.
    private mutating func launch(
        _ id: CallID,
        _ target: TargetName,
        _ purpose: Flight.Purpose,
        otherwise lost: Event,
        _ group: inout DiscardingTaskGroup,
        _ call: @escaping @Sendable (any PipelineService) async -> Event
    ) {
        guard let (number, connection) = connections.begin(target) else {
            noteOnce(purpose, lost)
            pending.append(lost)
            return
        }
        calls += 1
        flights[id] = Flight(connection: number, purpose: purpose)
        let (inbox, service) = (inbox, connection.service)
        group.addTask { inbox.put(.answer(id, await call(service))) }
    }

    /// Reads causes in a child task; the answer always arrives, with what is known in time.
    private mutating func read(
        _ requests: [CauseRequest],
        _ id: CallID,
        _ target: TargetName,
        within time: Duration,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil else { return }
        guard let (number, connection) = connections.begin(target) else {
            pending.append(.causesRead(id, [:]))
            return
        }
        flights[id] = Flight(connection: number, purpose: .other)
        let (inbox, causes) = (inbox, connection.causes)
        let lines = loaded.configuration.causes.logLines
        // An answer may have megabytes of events.
        group.addTask(executorPreference: globalConcurrentExecutor) {
            let reports = await causes.causes(of: requests, logLines: lines, within: time)
            inbox.put(.answer(id, .causesRead(id, reports)))
        }
    }

    /// Notes that a call is over.
    mutating func landed(_ id: CallID, _ event: Event) {
        guard let flight = flights.removeValue(forKey: id) else { return }
        connections.end(flight.connection)
        if case .attempts(let key) = flight.purpose { learn(from: event, of: key) }
        noteOnce(flight.purpose, event)
    }

    /// Notes the result of a call for `--once`.
    private mutating func noteOnce(_ purpose: Flight.Purpose, _ event: Event) {
        switch (purpose, event) {
        case (.poll(let key), .stateRead(_, let answer)):
            once?.polled(at: key, isReadable: answer.isReadable)
        case (.list(let target), .pipelinesListed(_, let answer)):
            once?.listed(target, isReadable: answer.isReadable)
        case _: break
        }
    }

    /// Takes the ledger's events.
    mutating func take(_ event: LedgerEvent, _ group: inout DiscardingTaskGroup) {
        switch event {
        case .recorded(let id, let durability):
            recording.remove(id)
            feed(.intentRecorded(id, durability), &group)
        case .recalled(let id, let memory):
            recalling.remove(id)
            feed(.recalled(id, memory), &group)
        case .failed(let why):
            probeLater()
            feed(.ledgerFailed(why), &group)
        case .stillFails: probeLater()
        case .recovered:
            probeAt = nil
            feed(.ledgerRecovered, &group)
        case .refused(let why): parts.sink.note(.error, why)
        case .notice(let notice): parts.sink.note(.warning, notice.sentence)
        }
    }

    private mutating func probeLater() {
        probeAt = parts.clock.now + .seconds(10)
    }
}

extension ReadAnswer {
    fileprivate var isReadable: Bool {
        switch self {
        case .read: true
        case .failed: false
        }
    }
}

extension CallFailure {
    /// The daemon ends, so a call is not made any more.
    static let stopping = CallFailure(
        kind: .unreachable,
        operation: .retryStageExecution,
        message: "the daemon is stopping; the call was not made and does not count"
    )

    /// A target without a connection, which a reload took away a moment ago.
    static let noConnection = CallFailure(
        kind: .unreachable,
        operation: nil,
        message: "the target has no connection; the call was not made"
    )
}
