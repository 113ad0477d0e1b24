/// What an action of CloudFormation does with a change set, as its configuration says.
package struct ChangeSetUse: Hashable, Sendable {
    /// What `ActionMode` makes of the change set.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// It makes it, in place of one of the same name.
        case prepares = "CHANGE_SET_REPLACE"
        /// It executes one that was made before, which uses it up.
        case executes = "CHANGE_SET_EXECUTE"
        /// It works without one.
        case neither = "-"
    }

    /// What it makes of the change set.
    package var mode: Mode
    /// `ChangeSetName`; nil when it is not written.
    package var name: String?
    /// `StackName`; nil when it is not written.
    package var stack: String?

    /// Makes a use of its parts.
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
