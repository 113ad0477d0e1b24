import Primitives
import RetryCore

/// The executions of a pipeline with their revisions, which come before its attempts.
///
/// Without them the attempts are worth as much as before, so an error of theirs ends no import.
extension HistoryImport {
    /// Takes AWS's answer for a page of executions.
    mutating func take(
        revisions answer: ReadAnswer<ExecutionPage>,
        of pipeline: PipelineKey,
        after token: String?,
        now: Instant
    ) {
        tally.calls += 1
        guard var current else { return }
        switch answer {
        case .read(let page, _):
            pace.recover()
            current.pages += 1
            current.failures = 0
            let kept = page.executions(of: pipeline).filter { $0.started >= current.floor }
            let isBeyond = kept.count < page.rows.count
            let isEnd = isBeyond || current.pages >= Self.mostPages || page.next == token
            let next = isEnd ? nil : page.next
            current.afterRevisions = .page(pipeline, after: nil)
            if let next { current.afterRevisions = .revisions(pipeline, after: next) }
            if next == nil { current.pages = 0 }
            self.current = current
            phase = .due(now, .store(LearnedPage(executions: kept)))
        case .failed(let failure): take(failure, ofRevisions: pipeline, after: token, current, now)
        }
    }

    private mutating func take(
        _ failure: CallFailure,
        ofRevisions pipeline: PipelineKey,
        after token: String?,
        _ current: Current,
        _ now: Instant
    ) {
        var current = current
        current.failures += 1
        if failure.isPassing, current.failures < Self.mostFailures {
            pace.slowDown()
            let wait = max(pace.gap, .seconds(1 << min(current.failures, 6)))
            phase = .due(now + min(wait, ImportPace.longest), .revisions(pipeline, after: token))
        } else {
            let code = failure.code.map { "\($0): " } ?? ""
            tally.lacksRevisions("\(pipeline): \(code)\(failure.message)")
            (current.failures, current.pages) = (0, 0)
            phase = .due(now + pace.gap, .page(pipeline, after: nil))
        }
        self.current = current
    }
}

extension CallFailure {
    /// Whether asking again may help.
    fileprivate var isPassing: Bool {
        switch kind {
        case .throttled, .unreachable, .serverError: true
        case .accessDenied, .credentials, .clock, .notFound, .invalid: false
        }
    }
}
