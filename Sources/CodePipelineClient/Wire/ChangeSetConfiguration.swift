package import WireFormats

extension Wire {
    /// The keys of an action's configuration that are about CloudFormation's change sets.
    package struct ChangeSetConfiguration: Hashable, Sendable, Decodable {
        /// The mode of the action, such as `CHANGE_SET_EXECUTE`.
        package private(set) var actionMode: String?
        /// The change set that it creates or executes.
        package private(set) var changeSetName: String?
        /// The stack that it works on.
        package private(set) var stackName: String?

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case actionMode = "ActionMode"
            case changeSetName = "ChangeSetName"
            case stackName = "StackName"
        }

        /// Takes the keys from a configuration as ListActionExecutions gives it.
        package init(_ configuration: [String: String]) {
            actionMode = configuration[CodingKeys.actionMode.rawValue]
            changeSetName = configuration[CodingKeys.changeSetName.rawValue]
            stackName = configuration[CodingKeys.stackName.rawValue]
        }
    }
}

extension Wire.ChangeSetConfiguration: JSONReadable {
    private static let members = JSONMembers(of: CodingKeys.self)

    package init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .actionMode: actionMode = try reader.string()
            case .changeSetName: changeSetName = try reader.string()
            case .stackName: stackName = try reader.string()
            }
        }
    }
}
