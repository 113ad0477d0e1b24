extension ServiceModel {
    /// The course of one attempt of an action.
    package struct Attempt: Hashable, Sendable {
        /// How an attempt ends.
        package enum Result: String, Hashable, Sendable, CaseIterable {
            /// The action succeeds.
            case succeed
            /// The action fails with the attempt's code and message.
            case fail
            /// A person approves; approval actions only.
            case approve
            /// A person rejects; approval actions only.
            case reject
            /// Nothing happens until somebody acts from outside.
            case hang
        }

        /// How it ends.
        package var result: Result
        /// How long it runs.
        package var after: Duration
        /// errorDetails.code of a failure; nil: no errorDetails at all.
        package var code: String?
        /// errorDetails.message of a failure.
        package var message: String?
        /// The action's summary.
        package var summary: String?
        /// The link to the provider.
        package var externalURL: String?
        /// What the service that ran it says; nil: only that it failed.
        package var cause: Cause?

        /// Creates an attempt; by default one that succeeds after a second.
        package init(
            _ result: Result = .succeed,
            after: Duration = .seconds(1),
            code: String? = nil,
            message: String? = nil,
            summary: String? = nil,
            externalURL: String? = nil,
            cause: Cause? = nil
        ) {
            self.result = result
            self.after = after
            self.code = code
            self.message = message
            self.summary = summary
            self.externalURL = externalURL
            self.cause = cause
        }
    }

    /// The attempts of one action: a list per execution; past an end the last one repeats.
    package struct ActionScript: Hashable, Sendable {
        /// Attempts per standard execution of the pipeline, in the order of their start.
        package var executions: [[Attempt]]
        /// Attempts in executions of type ROLLBACK.
        package var rollback: [Attempt]

        /// Creates a script; an empty list means one attempt that succeeds.
        package init(executions: [[Attempt]], rollback: [Attempt] = []) {
            self.executions = executions
            self.rollback = rollback
        }

        /// Creates a script in which every execution has the same course.
        package init(_ attempts: [Attempt]) {
            self.init(executions: [attempts])
        }

        func attempt(ordinal: Int, number: Int, isRollback: Bool) -> Attempt? {
            let lists = isRollback ? [rollback] : executions
            guard !lists.isEmpty else { return nil }
            let list = lists[min(max(ordinal, 0), lists.count - 1)]
            guard !list.isEmpty else { return nil }
            return list[min(number, list.count - 1)]
        }
    }

    /// Names one action of a pipeline.
    package struct ActionKey: Hashable, Sendable {
        /// The stage's name.
        package let stage: String
        /// The action's name.
        package let action: String

        /// Creates a key.
        package init(stage: String, action: String) {
            self.stage = stage
            self.action = action
        }
    }

    /// The course of a pipeline: the attempts of each action, the outcomes of each condition.
    package struct Script: Hashable, Sendable {
        /// Attempts by action; an action without any succeeds, an approval hangs.
        package var actions: [ActionKey: ActionScript]
        /// Whether the entry condition of a stage holds, per execution; the last one repeats.
        package var beforeEntry: [String: [Bool]]
        /// Whether the success condition of a stage holds, per execution; the last one repeats.
        package var onSuccess: [String: [Bool]]
        /// Whether the condition of a stage's onFailure holds, per execution, and after each retry
        /// as in the next one; the last one repeats.
        package var onFailure: [String: [Bool]]
        /// The run time of an attempt without its own.
        package var usual: Duration

        /// Creates a script.
        package init(
            actions: [ActionKey: ActionScript] = [:],
            beforeEntry: [String: [Bool]] = [:],
            onSuccess: [String: [Bool]] = [:],
            onFailure: [String: [Bool]] = [:],
            usual: Duration = .seconds(1)
        ) {
            self.usual = usual
            self.actions = actions
            self.beforeEntry = beforeEntry
            self.onSuccess = onSuccess
            self.onFailure = onFailure
        }

        func attempt(
            of action: Action,
            in stage: String,
            ordinal: Int,
            number: Int,
            isRollback: Bool
        ) -> Attempt {
            let script = actions[ActionKey(stage: stage, action: action.name)]
            if let attempt = script?.attempt(
                ordinal: ordinal,
                number: number,
                isRollback: isRollback
            ) {
                return attempt
            }
            let waitsForPerson = action.category == .approval
            return Attempt(waitsForPerson ? .hang : .succeed, after: usual)
        }

        /// Whether a condition of a stage holds; one without outcomes does.
        func holds(_ place: ConditionPlace, in stage: String, ordinal: Int, retries: Int) -> Bool {
            let list: [Bool]?
            var number = max(ordinal, 0)
            switch place {
            case .beforeEntry: list = beforeEntry[stage]
            case .onSuccess: list = onSuccess[stage]
            case .onFailure:
                list = onFailure[stage]
                number += retries
            }
            guard let list, !list.isEmpty else { return true }
            return list[min(number, list.count - 1)]
        }
    }
}
