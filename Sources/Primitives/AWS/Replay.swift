/// Whether a call may be sent again when it is unknown whether it was executed.
package enum Replay: Hashable, Sendable {
    /// Executing it twice has the same effect as once.
    case safe
    /// It has an effect and AWS does not recognise a repetition.
    case unsafe
}
