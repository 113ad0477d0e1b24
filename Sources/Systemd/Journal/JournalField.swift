/// The name of one of our fields in a journal entry.
///
/// journald silently drops a field with an invalid name, so no other name can be created:
/// `[A-Z0-9_]`, 64 bytes at most, neither a digit nor an underscore in front (systemd,
/// journal_field_valid).
package struct JournalField: Hashable, Sendable, CustomStringConvertible {
    /// The name, such as `RETRYD_STAGE`.
    package let name: String

    /// Takes a name that journald accepts; anything else gives nil.
    package init?(_ name: String) {
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(JournalField.isAllowed),
            let first = name.utf8.first, (0x41...0x5A).contains(first)
        else { return nil }
        self.name = name
    }

    package var description: String { name }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x30...0x39, 0x5F: true
        case _: false
        }
    }

    private init(own suffix: StaticString) {
        guard let field = JournalField("RETRYD_\(suffix)") else {
            preconditionFailure("RETRYD_\(suffix) is no field name")
        }
        self = field
    }
}

extension JournalField {
    /// The event: one word of a closed list, such as `retry_sent`.
    package static let event = JournalField(own: "EVENT")
    /// The target's name in the config file.
    package static let target = JournalField(own: "TARGET")
    /// The AWS Region.
    package static let region = JournalField(own: "REGION")
    /// The AWS account id.
    package static let account = JournalField(own: "ACCOUNT")
    /// The pipeline's name.
    package static let pipeline = JournalField(own: "PIPELINE")
    /// The stage's name.
    package static let stage = JournalField(own: "STAGE")
    /// The pipelineExecutionId.
    package static let executionID = JournalField(own: "EXECUTION_ID")
    /// The policy that decided.
    package static let policy = JournalField(own: "POLICY")
    /// The rule that matched.
    package static let rule = JournalField(own: "RULE")
    /// The reason code of the decision.
    package static let reason = JournalField(own: "REASON")
    /// FAILED_ACTIONS or ALL_ACTIONS.
    package static let mode = JournalField(own: "MODE")
    /// The number of the retry within its episode, from 1.
    package static let retry = JournalField(own: "RETRY")
    /// The limit for the number of retries.
    package static let maxRetries = JournalField(own: "MAX_RETRIES")
    /// When the retry is due: RFC 3339 in UTC with milliseconds.
    package static let due = JournalField(own: "DUE")
    /// How an episode ended: recovered, exhausted, not_retried, superseded or removed.
    package static let outcome = JournalField(own: "OUTCOME")
    /// The action that failed.
    package static let action = JournalField(own: "ACTION")
    /// The failed action's error code.
    package static let errorCode = JournalField(own: "ERROR_CODE")
    /// The failed action's error message.
    package static let errorMessage = JournalField(own: "ERROR_MESSAGE")
    /// The failure's fingerprint.
    package static let fingerprint = JournalField(own: "FINGERPRINT")
    /// The failed action's external URL.
    package static let url = JournalField(own: "URL")
    /// The AWS operation that was called.
    package static let awsOperation = JournalField(own: "AWS_OPERATION")
    /// The error that AWS returned.
    package static let awsError = JournalField(own: "AWS_ERROR")
    /// The request id that AWS returned.
    package static let awsRequestID = JournalField(own: "AWS_REQUEST_ID")
    /// How long something took, in microseconds.
    package static let elapsedMicroseconds = JournalField(own: "ELAPSED_USEC")
    /// How many entries were lost right before this one, because the journal was too slow.
    package static let dropped = JournalField(own: "DROPPED")

    /// Every field above.
    package static let own: [JournalField] = [
        event, target, region, account, pipeline, stage, executionID, policy, rule, reason, mode,
        retry, maxRetries, due, outcome, action, errorCode, errorMessage, fingerprint, url,
        awsOperation, awsError, awsRequestID, elapsedMicroseconds, dropped,
    ]
}
