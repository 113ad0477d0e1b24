package import Primitives

/// One action of a stage (ActionState).
package struct ActionState: Hashable, Sendable, Decodable {
    /// The action's name.
    package private(set) var actionName: String?
    /// The revision that it works on.
    package private(set) var currentRevision: ActionRevision?
    /// Its last execution; it may be of an older pipeline execution than the stage's.
    package private(set) var latestExecution: ActionExecution?
    /// Where the action's resource is shown.
    package private(set) var entityUrl: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case actionName, currentRevision, latestExecution, entityUrl
    }
}

extension ActionState: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(ActionState.members, &cursor) {
            switch member {
            case .actionName: actionName = try reader.string()
            case .currentRevision: currentRevision = try reader.value()
            case .latestExecution: latestExecution = try reader.value()
            case .entityUrl: entityUrl = try reader.string()
            }
        }
    }
}

/// A revision that an action works on (ActionRevision).
package struct ActionRevision: Hashable, Sendable, Decodable {
    /// The revision, such as a commit.
    package private(set) var revisionId: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case revisionId
    }
}

extension ActionRevision: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(ActionRevision.members, &cursor) {
            switch member {
            case .revisionId: revisionId = try reader.string()
            }
        }
    }
}

/// One attempt of an action or of a rule (ActionExecution, RuleExecution).
///
/// The approval token is not kept: whoever has it can approve.
package struct ActionExecution: Hashable, Sendable, Decodable {
    /// The attempt's id; new with every attempt.
    package private(set) var actionExecutionId: String?
    /// How it stands.
    package private(set) var status: ActionExecutionStatus?
    /// A text of the provider.
    package private(set) var summary: String?
    /// When the status changed; the only time that dates a failure.
    package private(set) var lastStatusChange: WallTime?
    /// Whether an approval waits for an answer: a token was there.
    package private(set) var hasToken = false
    /// Where the provider shows its own run, such as a build.
    package private(set) var externalExecutionUrl: String?
    /// How much is done, in percent.
    package private(set) var percentComplete: Int?
    /// Why it failed.
    package private(set) var errorDetails: ErrorDetails?
    /// The log of a command action.
    package private(set) var logStreamARN: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case actionExecutionId, ruleExecutionId, status, summary, lastStatusChange, token
        case externalExecutionUrl, percentComplete, errorDetails, logStreamARN
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        actionExecutionId =
            try members.value(.actionExecutionId) ?? members.value(.ruleExecutionId)
        status = try members.value(.status)
        summary = try members.value(.summary)
        lastStatusChange = try members.time(.lastStatusChange)
        hasToken = try members.value(.token, of: String.self) != nil
        externalExecutionUrl = try members.value(.externalExecutionUrl)
        percentComplete = try members.value(.percentComplete)
        errorDetails = try members.value(.errorDetails)
        logStreamARN = try members.value(.logStreamARN)
    }
}

extension ActionExecution: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var ruleID: String?
        var cursor = try reader.object()
        while let member = try reader.member(ActionExecution.members, &cursor) {
            switch member {
            case .actionExecutionId: actionExecutionId = try reader.string()
            case .ruleExecutionId: ruleID = try reader.string()
            case .status: status = try reader.name()
            case .summary: summary = try reader.string()
            case .lastStatusChange: lastStatusChange = try reader.time()
            case .token:
                _ = try reader.passString()
                hasToken = true
            case .externalExecutionUrl: externalExecutionUrl = try reader.string()
            case .percentComplete: percentComplete = try reader.int()
            case .errorDetails: errorDetails = try reader.value()
            case .logStreamARN: logStreamARN = try reader.string()
            }
        }
        actionExecutionId = actionExecutionId ?? ruleID
    }
}

/// Why an action failed (ErrorDetails).
package struct ErrorDetails: Hashable, Sendable, Decodable {
    /// A code such as `JobFailed`; not a closed list.
    package private(set) var code: String?
    /// The text, up to 5000 characters.
    package private(set) var message: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case code, message
    }
}

extension ErrorDetails: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(JSONDoubt) {
        var cursor = try reader.object()
        while let member = try reader.member(ErrorDetails.members, &cursor) {
            switch member {
            case .code: code = try reader.string()
            case .message: message = try reader.string()
            }
        }
    }
}
