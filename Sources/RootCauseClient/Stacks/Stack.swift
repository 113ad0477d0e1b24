import AWSClient
import Primitives
import WireFormats

/// A stack with its status, in XML or as the AWS CLI prints it.
struct Stack: JSONReadable, Hashable, Sendable {
    private(set) var id: String?
    private(set) var status: String?
    private(set) var reason: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id = "StackId"
        case status = "StackStatus"
        case reason = "StackStatusReason"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .id: id = try reader.text()
            case .status: status = try reader.text()
            case .reason: reason = try reader.text(CauseText.message)
            }
        }
    }

    init(_ element: XMLElement) {
        id = element.child(CodingKeys.id.rawValue)
        status = element.child(CodingKeys.status.rawValue)
        reason = element.child(CodingKeys.reason.rawValue, limit: CauseText.message)
    }
}

/// The answer of DescribeStacks.
struct StackPage: JSONReadable, Hashable, Sendable {
    private(set) var stacks: [Stack] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case stacks = "Stacks"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .stacks: stacks = try reader.list()
            }
        }
    }
}

extension CauseEvidence {
    /// Takes the stack of the action; its own reason counts where there is no other.
    mutating func take(_ stack: Stack) {
        resource = stack.id ?? resource
        guard let text = stack.status else { return }
        take(stackStatus: text)
        let hasFailed = text.hasSuffix("_FAILED") || text.contains("ROLLBACK")
        guard message == nil, hasFailed, let reason = stack.reason else { return }
        status = text
        message = reason
    }
}
