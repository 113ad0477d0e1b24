import AttemptLedger
import Primitives
import RetryCore
import Systemd

/// What the daemon keeps of past attempts, and the import of older ones.
///
/// None of it is a decision's concern: the ledger's worker does it when nothing else waits, and the
/// calls have a pace of their own.
extension DaemonLoop {
    // MARK: Rows that were read anyway

    /// Keeps the rows of an execution that a decision asked for.
    func learn(from event: Event, of key: ExecutionKey) {
        switch event {
        case .evidenceRead(_, .read(let rows, _)): learn(rows, of: key)
        case .executionRead(_, .read(let reading?, _)): learn(reading.rows, of: key)
        case _: break
        }
    }

    private func learn(_ rows: [ActionRow], of key: ExecutionKey) {
        let attempts = rows.compactMap { row in
            ActionAttempt(row, in: key.execution, of: key.pipeline, source: .live)
        }
        guard !attempts.isEmpty else { return }
        worker.keepHistory { store, now throws(LedgerError) in
            _ = try store.learn(LearnedPage(attempts: attempts), now: now)
        }
    }

    /// Keeps what services said of failed attempts, and notes executions that recovered.
    mutating func learn(from record: EpisodeRecord) {
        if !record.causes.isEmpty {
            let (causes, key) = (record.causes, record.key)
            worker.keepHistory { store, now throws(LedgerError) in
                try store.learn(causes, of: key, now: now)
            }
        }
        guard record.outcome == .recovered, !options.isOnce else { return }
        let key = ExecutionKey(pipeline: record.key.pipeline, execution: record.key.execution)
        settled.add(key, parts.clock.now)
    }

    // MARK: Questions

    /// Answers what became of past failures, when the ledger has nothing else to do.
    ///
    /// A name need not be watched any more, but a target must be one of the configuration.
    func tell(_ request: HistoryRequest, _ reply: Reply<PastAnswer>) {
        let query = request.query(at: parts.clock.wall)
        tell(query, in: request.scope, reply) { query, store, now throws(LedgerError) in
            .found(HistoryDocument(try store.pastEpisodes(query, now: now)))
        }
    }

    /// Answers with a page of attempts, likewise.
    func tell(_ request: AttemptRequest, _ reply: Reply<PastAnswer>) {
        tell(request.query, in: request.scope, reply) { query, store, now throws(LedgerError) in
            .attempts(AttemptDocument(try store.attempts(query, now: now)))
        }
    }

    /// Answers with a page of sums, likewise.
    func tell(_ request: SumRequest, _ reply: Reply<PastAnswer>) {
        tell(request.query, in: PauseScope(), reply) { query, store, now throws(LedgerError) in
            .sums(SumDocument(try store.sums(query, now: now)))
        }
    }

    /// Asks the ledger; without a query the request was not understood.
    private func tell<Query: Sendable>(
        _ query: Query?,
        in scope: PauseScope,
        _ reply: Reply<PastAnswer>,
        _ read:
            @escaping @Sendable (
                Query, any HistoryStore, WallTime
            ) throws(LedgerError) -> PastAnswer
    ) {
        let target = PauseScope(target: scope.target)
        guard let query else {
            reply.send(.refused("the daemon does not understand the request"))
            return
        }
        if let error = ScopeError(target, engine.names(in: target)) {
            reply.send(.refused("\(error)"))
            return
        }
        worker.useHistory { store, now throws(LedgerError) in
            try read(query, store, now)
        } report: { answer in
            switch answer {
            case .success(let found): reply.send(found)
            case .failure(let error): reply.send(.unreadable(error.sentence))
            }
        }
    }

    // MARK: The import

    /// Begins an import, or tells why not.
    mutating func beginImport(
        _ request: ImportRequest,
        _ reply: Reply<ImportAnswer>,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil else { return }
        if let running = importing, !running.isFinished {
            let isSame = running.request == request
            reply.send(isSame ? .running(document(running)) : .refused(Self.otherImport))
        } else if let error = ScopeError(request.scope, engine.names(in: request.scope)) {
            reply.send(.refused("\(error); nothing was imported"))
        } else {
            let begun = HistoryImport(
                request,
                engine.pipelines(in: request.scope),
                now: parts.clock.now,
                wall: parts.clock.wall
            )
            importing = begun
            isImportReported = false
            reply.send(.running(document(begun)))
            readHistoryDue(parts.clock.now, &group)
        }
    }

    private static var otherImport: String {
        "an import of another scope or time is under way; wait for its end"
    }

    /// How far the newest import has come.
    var importProgress: ImportAnswer {
        importing.map { .running(document($0)) } ?? .refused("no import was begun since the start")
    }

    private func document(_ running: HistoryImport) -> ImportDocument {
        ImportDocument(
            running.tally,
            isFinished: running.isFinished,
            elapsed: running.elapsed(parts.clock.now)
        )
    }

    /// Begins the steps that are due.
    mutating func readHistoryDue(_ now: Instant, _ group: inout DiscardingTaskGroup) {
        guard stopping == nil else { return }
        if let step = importing?.begin(now) { perform(step, &group) }
        if let key = settled.next(now) { readSettled(key, &group) }
    }

    private mutating func perform(
        _ step: HistoryImport.Step,
        _ group: inout DiscardingTaskGroup
    ) {
        let inbox = inbox
        switch step {
        case .position(let pipeline):
            worker.useHistory { store, now throws(LedgerError) in
                try store.position(of: pipeline, now: now)
            } report: {
                inbox.put(.history(.position($0)))
            }
        case .store(let page):
            worker.useHistory { store, now throws(LedgerError) in
                try store.learn(page, now: now)
            } report: {
                inbox.put(.history(.stored($0)))
            }
        case .revisions(let pipeline, let token):
            guard let (number, connection) = connections.begin(pipeline.target) else {
                let lost = ReadAnswer<ExecutionPage>.failed(noConnection(to: pipeline.target))
                inbox.put(.history(.revisions(pipeline, after: token, lost, connection: nil)))
                return
            }
            calls += 1
            let service = connection.service
            group.addTask {
                let page = await service.revisions(
                    of: pipeline.pipeline,
                    after: token,
                    limit: Self.executionPage
                )
                inbox.put(.history(.revisions(pipeline, after: token, page, connection: number)))
            }
        case .page(let pipeline, let token):
            guard let (number, connection) = connections.begin(pipeline.target) else {
                let lost = ReadAnswer<HistoryPage>.failed(noConnection(to: pipeline.target))
                inbox.put(.history(.page(pipeline, after: token, lost, connection: nil)))
                return
            }
            calls += 1
            let service = connection.service
            group.addTask {
                let page = await service.history(of: pipeline.pipeline, after: token)
                inbox.put(.history(.page(pipeline, after: token, page, connection: number)))
            }
        }
    }

    private mutating func readSettled(_ key: ExecutionKey, _ group: inout DiscardingTaskGroup) {
        guard let (number, connection) = connections.begin(key.pipeline.target) else { return }
        calls += 1
        let (inbox, service) = (inbox, connection.service)
        group.addTask {
            let rows = await service.actions(of: key.pipeline.pipeline, in: key.execution)
            inbox.put(.history(.settled(key, rows, connection: number)))
        }
    }

    /// Takes a result.
    mutating func take(_ event: HistoryEvent, _ group: inout DiscardingTaskGroup) {
        let now = parts.clock.now
        switch event {
        case .position(let answer): importing?.take(position: answer, now: now)
        case .stored(let answer): importing?.take(stored: answer, now: now)
        case .page(let pipeline, let token, let answer, let number):
            if let number { connections.end(number) }
            importing?.take(page: answer, of: pipeline, after: token, now: now)
        case .revisions(let pipeline, let token, let answer, let number):
            if let number { connections.end(number) }
            importing?.take(revisions: answer, of: pipeline, after: token, now: now)
        case .precedents(let id, let question, let answer, let number):
            connections.end(number)
            take(answer, id, question)
        case .settled(let key, let answer, let number):
            connections.end(number)
            // What could not be read is left to an import.
            if case .read(let rows, _) = answer { learn(rows, of: key) }
        }
        readHistoryDue(now, &group)
        reportImportEnd()
    }

    /// Reports the end of an import once.
    private mutating func reportImportEnd() {
        guard let running = importing, running.isFinished, !isImportReported else { return }
        isImportReported = true
        parts.sink.note(
            running.tally.failed == 0 ? .info : .warning,
            document(running).sentence
        )
    }
}
