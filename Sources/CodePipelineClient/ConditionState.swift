package import RetryCore

/// The conditions of one place of a stage (StageConditionState).
package struct StageConditionState: Hashable, Sendable, Decodable {
    /// The conditions' last run as a whole.
    package let latestExecution: ConditionExecution?
    /// Each condition.
    package let conditionStates: [ConditionState]

    private enum CodingKeys: String, CodingKey {
        case latestExecution, conditionStates
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        latestExecution = try members.value(.latestExecution)
        conditionStates = try members.list(.conditionStates)
    }
}

/// One condition (ConditionState).
package struct ConditionState: Hashable, Sendable, Decodable {
    /// Its last run.
    package let latestExecution: ConditionExecution?
    /// Its rules.
    package let ruleStates: [RuleState]

    private enum CodingKeys: String, CodingKey {
        case latestExecution, ruleStates
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        latestExecution = try members.value(.latestExecution)
        ruleStates = try members.list(.ruleStates)
    }
}

/// One run of a condition (ConditionExecution, StageConditionsExecution).
package struct ConditionExecution: Hashable, Sendable, Decodable {
    /// How it stands.
    package let status: ConditionStatus?
    /// A text about it.
    package let summary: String?
    /// When the status changed.
    package let lastStatusChange: WallTime?

    private enum CodingKeys: String, CodingKey {
        case status, summary, lastStatusChange
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        status = try members.value(.status)
        summary = try members.value(.summary)
        lastStatusChange = try members.time(.lastStatusChange)
    }
}

/// One rule of a condition (RuleState).
package struct RuleState: Hashable, Sendable, Decodable {
    /// The rule's name.
    package let ruleName: String?
    /// The revision that it looks at.
    package let currentRevision: ActionRevision?
    /// Its last run.
    package let latestExecution: ActionExecution?
    /// Where the rule's resource is shown.
    package let entityUrl: String?
    /// Where the revision is shown.
    package let revisionUrl: String?
}
