/// Whether a call may be sent again when nobody knows if it was executed.
package enum Replay: Hashable, Sendable {
    /// Executing it twice is as good as once.
    case safe
    /// It has an effect and AWS does not recognise a repetition.
    case unsafe
}
