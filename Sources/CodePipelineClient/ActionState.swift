package import RetryCore

/// One action of a stage (ActionState).
package struct ActionState: Hashable, Sendable, Decodable {
    /// The action's name.
    package let actionName: String?
    /// The revision that it works on.
    package let currentRevision: ActionRevision?
    /// Its last execution; it may be of an older pipeline execution than the stage's.
    package let latestExecution: ActionExecution?
    /// Where the action's resource is shown.
    package let entityUrl: String?
    /// Where the revision is shown.
    package let revisionUrl: String?
}

/// A revision that an action works on (ActionRevision).
package struct ActionRevision: Hashable, Sendable, Decodable {
    /// The revision, such as a commit.
    package let revisionId: String?
    /// The change that led to it.
    package let revisionChangeId: String?
    /// When it was made.
    package let created: WallTime?

    private enum CodingKeys: String, CodingKey {
        case revisionId, revisionChangeId, created
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        revisionId = try members.value(.revisionId)
        revisionChangeId = try members.value(.revisionChangeId)
        created = try members.time(.created)
    }
}

/// One attempt of an action or of a rule (ActionExecution, RuleExecution).
///
/// The approval token is not kept: whoever has it can approve.
package struct ActionExecution: Hashable, Sendable, Decodable {
    /// The attempt's id; new with every attempt.
    package let actionExecutionId: String?
    /// How it stands.
    package let status: ActionExecutionStatus?
    /// A text of the provider.
    package let summary: String?
    /// When the status changed; the only time that dates a failure.
    package let lastStatusChange: WallTime?
    /// Whether an approval waits for an answer: a token was there.
    package let hasToken: Bool
    /// Who changed it last, as an ARN.
    package let lastUpdatedBy: String?
    /// The id of the provider's own run, such as a build.
    package let externalExecutionId: String?
    /// Where that run is shown.
    package let externalExecutionUrl: String?
    /// How much is done, in percent.
    package let percentComplete: Int?
    /// Why it failed.
    package let errorDetails: ErrorDetails?
    /// The log of a command action.
    package let logStreamARN: String?

    private enum CodingKeys: String, CodingKey {
        case actionExecutionId, ruleExecutionId, status, summary, lastStatusChange, token
        case lastUpdatedBy, externalExecutionId, externalExecutionUrl, percentComplete
        case errorDetails, logStreamARN
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        actionExecutionId =
            try members.value(.actionExecutionId) ?? members.value(.ruleExecutionId)
        status = try members.value(.status)
        summary = try members.value(.summary)
        lastStatusChange = try members.time(.lastStatusChange)
        hasToken = try members.value(.token, of: String.self) != nil
        lastUpdatedBy = try members.value(.lastUpdatedBy)
        externalExecutionId = try members.value(.externalExecutionId)
        externalExecutionUrl = try members.value(.externalExecutionUrl)
        percentComplete = try members.value(.percentComplete)
        errorDetails = try members.value(.errorDetails)
        logStreamARN = try members.value(.logStreamARN)
    }
}

/// Why an action failed (ErrorDetails).
package struct ErrorDetails: Hashable, Sendable, Decodable {
    /// A code such as `JobFailed`; not a closed list.
    package let code: String?
    /// The text, up to 5000 characters.
    package let message: String?
}
