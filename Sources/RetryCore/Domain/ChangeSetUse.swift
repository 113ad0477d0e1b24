/// How a CloudFormation action uses a change set, according to its configuration.
package struct ChangeSetUse: Hashable, Sendable {
    /// The effect of `ActionMode` on the change set.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// It creates it, replacing one of the same name.
        case prepares = "CHANGE_SET_REPLACE"
        /// It executes one that was made before, which uses it up.
        case executes = "CHANGE_SET_EXECUTE"
        /// It works without one.
        case neither = "-"
    }

    /// How the action uses the change set.
    package var mode: Mode
    /// `ChangeSetName`; nil when it is not written.
    package var name: String?
    /// `StackName`; nil when it is not written.
    package var stack: String?

    /// Creates a use.
    package init(mode: Mode, name: String? = nil, stack: String? = nil) {
        self.mode = mode
        self.name = name
        self.stack = stack
    }

    /// Reads a configuration's `ActionMode`, `ChangeSetName` and `StackName`; nil without the mode.
    package init?(actionMode: String?, name: String?, stack: String?) {
        guard let actionMode else { return nil }
        self.init(mode: Mode(rawValue: actionMode) ?? .neither, name: name, stack: stack)
    }
}
