import AWSClient
import Primitives
import WireFormats

/// A change set, in XML or as the AWS CLI prints it; its changes are not read.
struct ChangeSet: JSONReadable, Hashable, Sendable {
    private(set) var name: String?
    private(set) var stackID: String?
    private(set) var status: String?
    private(set) var executionStatus: String?
    private(set) var reason: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name = "ChangeSetName"
        case stackID = "StackId"
        case status = "Status"
        case executionStatus = "ExecutionStatus"
        case reason = "StatusReason"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .name: name = try reader.text()
            case .stackID: stackID = try reader.text()
            case .status: status = try reader.text()
            case .executionStatus: executionStatus = try reader.text()
            case .reason: reason = try reader.text(CauseText.message)
            }
        }
    }

    init?(_ answer: XMLElement) {
        guard let result = answer.first("DescribeChangeSetResult") else { return nil }
        name = result.child(CodingKeys.name.rawValue)
        stackID = result.child(CodingKeys.stackID.rawValue)
        status = result.child(CodingKeys.status.rawValue)
        executionStatus = result.child(CodingKeys.executionStatus.rawValue)
        reason = result.child(CodingKeys.reason.rawValue, limit: CauseText.message)
    }

    /// What is known of it.
    func facts(named asked: String) -> ChangeSetFacts {
        ChangeSetFacts(
            name: name ?? asked,
            exists: true,
            status: status,
            executionStatus: executionStatus,
            reason: reason
        )
    }
}

extension CauseEvidence {
    /// Takes a change set of the action; one that could not be created is itself the failure.
    mutating func take(_ facts: ChangeSetFacts) {
        changeSet = facts
        if facts.status == "FAILED" {
            phase = "CREATE_CHANGESET"
            status = facts.status
            message = facts.reason
            code = facts.reason.flatMap(CauseCode.handler)
            ranUserCode = false
        } else if facts.executionStatus == "AVAILABLE" {
            // Its execution never began.
            ranUserCode = false
        }
    }
}
