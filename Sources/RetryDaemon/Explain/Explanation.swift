package import Primitives
package import RetryCore

/// The whole reasoning about one stage.
package struct Explanation: Hashable, Sendable {
    /// The question.
    package let question: ExplainQuestion
    /// The failed stage execution; nil when there is none.
    package let episode: EpisodeKey?
    /// The verdict; nil when nothing failed.
    package let verdict: Verdict?
    /// Every step to it; nil when none was needed.
    package let decision: Decision?
    /// The stage's policy; nil when none was needed.
    package let policy: StagePolicy?
    /// Notes for the reader in addition to the reasoning.
    package var notes: [String] = []

    init(_ question: ExplainQuestion, _ episode: EpisodeKey?, _ verdict: Verdict?) {
        self.question = question
        self.episode = episode
        self.verdict = verdict
        decision = nil
        policy = nil
    }

    init(
        _ question: ExplainQuestion,
        _ episode: EpisodeKey,
        _ decision: Decision,
        _ policy: StagePolicy
    ) {
        self.question = question
        self.episode = episode
        verdict = decision.verdict
        self.decision = decision
        self.policy = policy
    }

    /// The verdict in one word: retry, wait, defer, leave, exhausted or none.
    package var word: String {
        switch verdict {
        case .retry: "retry"
        case .wait: "wait"
        case .hold, .wouldRetry: "defer"
        case .leave: "leave"
        case .exhausted: "exhausted"
        case nil: "none"
        }
    }

    /// The reason, where the verdict has one.
    package var reason: Reason? {
        switch verdict {
        case .retry, nil: nil
        case .wait(let reason, _), .hold(let reason, _, _), .leave(let reason),
            .exhausted(let reason):
            reason
        case .wouldRetry: .shadow
        }
    }

    /// The retry that is or would be made.
    package var plan: RetryPlan? {
        switch verdict {
        case .retry(let plan), .wouldRetry(let plan): plan
        case .hold(_, _, let plan): plan
        case .wait, .leave, .exhausted, nil: nil
        }
    }

    /// When it is checked again, or the retry is due.
    package var due: WallTime? {
        switch verdict {
        case .wait(_, let until), .hold(_, let until, _): until
        case .retry(let plan), .wouldRetry(let plan): plan.due
        case .leave, .exhausted, nil: nil
        }
    }
}

extension Explanation {
    /// The explanation as one JSON value; members that do not apply are null.
    package var json: String { Form(self).printedJSON.asSafeJSON }

    /// The members of the JSON value.
    private struct Form: Encodable {
        let explanation: Explanation

        init(_ explanation: Explanation) {
            self.explanation = explanation
        }

        private enum Keys: String, CodingKey {
            case pipeline, stage, verdict, reason, rule, mode, retry, due, guards, rules, notes
            case known, cause
            case holds = "brakes"
            case executionID = "execution_id"
        }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: Keys.self)
            try members.encode(explanation.question.pipeline.text, forKey: .pipeline)
            let stage = explanation.episode?.stage ?? explanation.question.stage
            try members.encode(stage?.text, forKey: .stage)
            try members.encode(explanation.episode?.execution.text, forKey: .executionID)
            try members.encode(explanation.word, forKey: .verdict)
            try members.encode(explanation.reason?.rawValue, forKey: .reason)
            try members.encode(explanation.plan?.rule?.text, forKey: .rule)
            try members.encode(explanation.plan?.mode.rawValue, forKey: .mode)
            try members.encode(explanation.plan?.number, forKey: .retry)
            try members.encode(explanation.due?.rfc3339, forKey: .due)
            let decision = explanation.decision
            try members.encode((decision?.guards ?? []).map(Step.init), forKey: .guards)
            try members.encode((decision?.rules ?? []).map(Trial.init), forKey: .rules)
            try members.encode((decision?.holds ?? []).map(Step.init), forKey: .holds)
            // In addition to the members that every explanation has; only if there is something to
            // say.
            try members.encodeIfPresent(decision?.failure.finding.map(Known.init), forKey: .known)
            try members.encodeIfPresent(decision?.failure.cause.map(Cause.init), forKey: .cause)
            if !explanation.notes.isEmpty {
                try members.encode(explanation.notes, forKey: .notes)
            }
        }
    }

    private struct Cause: Encodable {
        let provider: String
        let resource: String?
        let phase: String?
        let status: String?
        let code: String?
        let exitStatus: Int?
        let resourceType: String?
        let stackStatus: String?
        let ran: Bool?
        let line: String?
        let url: String?

        private enum CodingKeys: String, CodingKey {
            case provider, resource, phase, status, code, ran, line, url
            case exitStatus = "exit_status"
            case resourceType = "resource_type"
            case stackStatus = "stack_status"
        }

        init(_ cause: RootCause) {
            provider = cause.provider
            resource = cause.resource
            phase = cause.phase
            status = cause.status
            code = cause.code ?? cause.deploymentCode
            exitStatus = cause.exitStatus
            resourceType = cause.stack?.resourceType
            stackStatus = cause.stack?.status
            ran = cause.ranUserCode
            line = cause.line
            url = cause.url
        }
    }

    private struct Known: Encodable {
        let name: String
        let kind: String
        let source: String

        private enum CodingKeys: String, CodingKey {
            case name, source
            case kind = "class"
        }

        init(_ finding: CauseFinding) {
            name = finding.row
            kind = finding.kind.rawValue
            source = finding.source
        }
    }

    private struct Step: Encodable {
        let reason: String
        let result: String
        let detail: String

        init(_ check: Check) {
            reason = check.reason.rawValue
            result = check.result.rawValue
            detail = check.detail
        }
    }

    private struct Trial: Encodable {
        let action: String
        let rule: String
        let result: String
        let detail: String

        init(_ trial: RuleTrial) {
            action = trial.action.text
            rule = trial.rule.text
            switch trial.result {
            case .matches: (result, detail) = ("matches", "every condition holds")
            case .differs(let text): (result, detail) = ("differs", text)
            case .notEvaluable(let text): (result, detail) = ("not_evaluable", text)
            }
        }
    }
}
