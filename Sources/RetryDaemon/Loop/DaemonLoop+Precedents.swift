import AttemptLedger
import Primitives
import RetryCore

/// Questions of the engine about the past.
extension DaemonLoop {
    /// The most executions that are read at once: AWS allows no more.
    static var executionPage: Int { 100 }

    /// Answers what came of failures like one; of its revision after the newest executions are
    /// read, if they can be.
    ///
    /// The ledger answers when nothing else waits; without an answer in time the engine decides
    /// without one.
    mutating func readPrecedents(
        _ id: CallID,
        _ question: PrecedentQuestion,
        _ group: inout DiscardingTaskGroup
    ) {
        guard stopping == nil else { return }
        let pipeline = question.episode.pipeline
        guard question.asksRevision, let (number, connection) = connections.begin(pipeline.target)
        else { return compare(id, question) }
        calls += 1
        let (inbox, service) = (inbox, connection.service)
        group.addTask {
            let page = await service.revisions(
                of: pipeline.pipeline,
                after: nil,
                limit: Self.executionPage
            )
            inbox.put(.history(.precedents(id, question, page, connection: number)))
        }
    }

    /// Takes the newest executions, and asks the ledger.
    func take(_ answer: ReadAnswer<ExecutionPage>, _ id: CallID, _ question: PrecedentQuestion) {
        if case .read(let page, _) = answer {
            let executions = page.executions(of: question.episode.pipeline)
            worker.keepHistory { store, now throws(LedgerError) in
                _ = try store.learn(LearnedPage(executions: executions), now: now)
            }
        }
        compare(id, question)
    }

    private func compare(_ id: CallID, _ question: PrecedentQuestion) {
        let inbox = inbox
        worker.useHistory { store, now throws(LedgerError) in
            try store.precedents(of: question, now: now)
        } report: { answer in
            switch answer {
            case .success(let found): inbox.put(.answer(id, .precedentsRead(id, found)))
            case .failure: inbox.put(.answer(id, .precedentsRead(id, nil)))
            }
        }
    }
}
