import Primitives
import RetryCore

extension Explanation {
    /// The explanation for people, ended by a line end.
    package var text: String {
        var lines = [headline] + notes.map { "note: \($0)" }
        if let decision { lines += steps(decision) }
        lines += ["", "verdict: \(conclusion)"]
        return lines.map(\.asOneLine).joined(separator: "\n") + "\n"
    }

    private var headline: String {
        guard let episode else {
            let stage = question.stage.map { ", stage \($0)" } ?? ""
            return "pipeline \(question.pipeline)\(stage)"
        }
        let policy = policy.map { ", policy \($0.name)" } ?? ""
        return "pipeline \(episode.pipeline.pipeline), stage \(episode.stage), "
            + "execution \(episode.execution)\(policy)"
    }

    private func steps(_ decision: Decision) -> [String] {
        var lines = failure(decision.failure)
        lines += ["", "guards"] + decision.guards.map(Explanation.line)
        if !decision.rules.isEmpty {
            lines += ["", "rules"] + decision.rules.map(Explanation.line)
        } else if policy?.rules.isEmpty == true {
            lines += ["", "rules", "  none: every failure is retried within the limits"]
        }
        if !decision.holds.isEmpty {
            lines += ["", "limits and holds"] + decision.holds.map(Explanation.line)
        }
        return lines
    }

    private func failure(_ failure: FailureFacts) -> [String] {
        var lines: [String] = []
        if let action = failure.action {
            let code = failure.code.map { " (\($0))" } ?? ""
            let time = failure.failedAt.map { " at \($0)" } ?? ""
            lines.append("failed: action \(action)\(code)\(time)")
        }
        if let message = failure.message { lines.append("  \(message)") }
        if let cause = failure.cause {
            lines += Explanation.lines(cause)
            if let url = cause.url, url != failure.url { lines.append("  \(url)") }
        }
        if let finding = failure.finding {
            lines.append("  known as \(finding.row), \(finding.kind.rawValue): \(finding.source)")
        }
        if let fingerprint = failure.fingerprint { lines.append("  fingerprint: \(fingerprint)") }
        if let url = failure.url { lines.append("  \(url)") }
        return lines
    }

    /// What its service says: structure, then the line that says why.
    private static func lines(_ cause: RootCause) -> [String] {
        let began = cause.ranUserCode == false ? "its own work did not begin" : nil
        let parts = [
            cause.resource, cause.phase, cause.status, cause.code ?? cause.deploymentCode,
            cause.exitStatus.map { "exit status \($0)" }, cause.stack?.resourceType,
            cause.stack?.status.map { "stack \($0)" }, began,
        ]
        let head = ([cause.provider] + parts.compactMap(\.self)).joined(separator: ", ")
        return ["  cause: \(head)"] + (cause.line.map { ["  | \($0)"] } ?? [])
    }

    private static func line(_ check: Check) -> String {
        let sign =
            switch check.result {
            case .pass: "  pass  "
            case .stop: "  STOP  "
            }
        return "\(sign)\(check.reason.rawValue): \(check.detail)"
    }

    private static func line(_ trial: RuleTrial) -> String {
        let result =
            switch trial.result {
            case .matches: "matches"
            case .differs(let text): "does not match: \(text)"
            case .notEvaluable(let text): "cannot be evaluated: \(text)"
            }
        return "  \(trial.action): rule \"\(trial.rule)\" \(result)"
    }

    private var conclusion: String {
        switch verdict {
        case .retry(let plan): return "retry \(Explanation.describe(plan))"
        case .wouldRetry(let plan):
            return "deferred (shadow): would retry \(Explanation.describe(plan)), but sends nothing"
        case .wait(let reason, let until):
            return "wait (\(reason.rawValue)), checked again by \(until): \(reason.sentence)"
        case .hold(let reason, let until, let plan):
            let then = plan.map { "; then retry \(Explanation.describe($0))" } ?? ""
            return "deferred (\(reason.rawValue)) until \(until) at the latest: "
                + "\(reason.sentence)\(then)"
        case .leave(.notWatched):
            return "not retried (not_watched): no entry of the config file selects this pipeline"
        case .leave(let reason): return "not retried (\(reason.rawValue)): \(reason.sentence)"
        case .exhausted(let reason):
            return "exhausted (\(reason.rawValue)): \(reason.sentence)"
        case nil:
            let what = question.stage.map { "stage \($0) has not failed" } ?? "no stage has failed"
            return "none: \(what)"
        }
    }

    private static func describe(_ plan: RetryPlan) -> String {
        let rule = plan.rule.map { " by rule \"\($0)\"" } ?? ""
        return "\(plan.number) of \(plan.limit), \(plan.mode.rawValue)\(rule), due \(plan.due), "
            + "giving up at \(plan.giveUpAt)"
    }
}
