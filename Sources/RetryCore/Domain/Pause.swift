package import Primitives

/// A hold that a person put on by command; it survives a restart.
package struct Pause: Hashable, Sendable {
    /// What it holds.
    package var scope: PauseScope
    /// The person's reason.
    package var reason: String
    /// The uid that asked, for the journal.
    package var uid: UInt32
    /// When it ends by itself, by AWS's clock (by the host's until an answer told AWS's); nil:
    /// with `resume`.
    package var until: WallTime?

    /// Makes a pause of its parts.
    package init(scope: PauseScope, reason: String, uid: UInt32, until: WallTime?) {
        self.scope = scope
        self.reason = reason
        self.uid = uid
        self.until = until
    }
}
