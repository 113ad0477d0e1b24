/// The conditions of one place of a stage (StageConditionState).
package struct StageConditionState: Hashable, Sendable, Decodable {
    /// The conditions' last run as a whole.
    package private(set) var latestExecution: ConditionExecution?
    /// Each condition.
    package private(set) var conditionStates: [ConditionState] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case latestExecution, conditionStates
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        latestExecution = try members.value(.latestExecution)
        conditionStates = try members.list(.conditionStates)
    }
}

extension StageConditionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(StageConditionState.members, &cursor) {
            switch member {
            case .latestExecution: latestExecution = try reader.value()
            case .conditionStates: conditionStates = try reader.list()
            }
        }
    }
}

/// One condition (ConditionState).
package struct ConditionState: Hashable, Sendable, Decodable {
    /// Its last run.
    package private(set) var latestExecution: ConditionExecution?
    /// Its rules.
    package private(set) var ruleStates: [RuleState] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case latestExecution, ruleStates
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        latestExecution = try members.value(.latestExecution)
        ruleStates = try members.list(.ruleStates)
    }
}

extension ConditionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(ConditionState.members, &cursor) {
            switch member {
            case .latestExecution: latestExecution = try reader.value()
            case .ruleStates: ruleStates = try reader.list()
            }
        }
    }
}

/// One run of a condition (ConditionExecution, StageConditionsExecution).
package struct ConditionExecution: Hashable, Sendable, Decodable {
    /// How it stands.
    package private(set) var status: ConditionStatus?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case status
    }
}

extension ConditionExecution: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(ConditionExecution.members, &cursor) {
            switch member {
            case .status: status = try reader.name()
            }
        }
    }
}

/// One rule of a condition (RuleState).
package struct RuleState: Hashable, Sendable, Decodable {
    /// The rule's name.
    package private(set) var ruleName: String?
    /// Its last run.
    package private(set) var latestExecution: ActionExecution?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case ruleName, latestExecution
    }
}

extension RuleState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(RuleState.members, &cursor) {
            switch member {
            case .ruleName: ruleName = try reader.string()
            case .latestExecution: latestExecution = try reader.value()
            }
        }
    }
}
