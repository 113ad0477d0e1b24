package import Primitives

/// A hold that a person set by command; it survives a restart.
package struct Pause: Hashable, Sendable {
    /// What it holds.
    package var scope: PauseScope
    /// The person's reason.
    package var reason: String
    /// The uid that requested it, for the journal.
    package var uid: UInt32
    /// When it expires, by AWS's clock (by the host's until an answer gives AWS's time);
    /// nil: only `resume` ends it.
    package var until: WallTime?

    /// Creates a pause.
    package init(scope: PauseScope, reason: String, uid: UInt32, until: WallTime?) {
        self.scope = scope
        self.reason = reason
        self.uid = uid
        self.until = until
    }
}
