/// One call that the model served, as an oracle reads it.
package struct ServedCall: Hashable, Sendable {
    /// The outcome of a call.
    package enum Outcome: Hashable, Sendable {
        /// It was performed.
        case accepted
        /// It was refused with this error code.
        case refused(String)
    }

    /// When.
    package let time: ModelTime
    /// The operation's name, such as `RetryStageExecution`; `NativeRetry` for onFailure RETRY.
    package let operation: String
    /// Who called.
    package let caller: ServiceModel.Caller
    /// The pipeline that was named.
    package let pipeline: String?
    /// The stage that was named.
    package let stage: String?
    /// The execution that was named, or that the call created.
    package let execution: String?
    /// The requested retry mode.
    package let mode: ServiceModel.RetryMode?
    /// Its outcome.
    package let outcome: Outcome
    /// The number, from 1, of a retry that took effect; nil: none did.
    ///
    /// Manual and automatic retries of one stage in one execution are counted apart.
    package let effectiveRetry: Int?
}

extension ServiceModel {
    /// Which calls the log of served calls keeps.
    package enum Recording: Hashable, Sendable {
        /// Only those that change something, refused ones included.
        case changes
        /// Reads too.
        case everything
        /// None.
        case nothing
    }
}
