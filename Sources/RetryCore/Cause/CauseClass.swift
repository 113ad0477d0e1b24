/// What a retry of the stage, unchanged, would bring.
package enum CauseClass: String, Hashable, Sendable, CaseIterable {
    /// It usually passes: the cause ends by itself.
    case transient
    /// It sometimes passes.
    case flaky
    /// It fails again until somebody changes something.
    case permanent
    /// It may do harm, or cannot work with the failed actions alone.
    case unsafe
}
