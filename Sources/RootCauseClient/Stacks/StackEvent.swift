import AWSClient
import Primitives
import WireFormats

/// An event of a stack or of one of its operations, in XML or as the AWS CLI prints it.
///
/// Resource properties are not read.
struct StackEvent: JSONReadable, Hashable, Sendable {
    private(set) var stackID: String?
    private(set) var operationID: String?
    private(set) var operationType: String?
    private(set) var eventType: String?
    private(set) var logicalID: String?
    private(set) var physicalID: String?
    private(set) var resourceType: String?
    private(set) var time: WallTime?
    private(set) var status: String?
    private(set) var reason: String?
    private(set) var hookType: String?
    private(set) var hookStatus: String?
    private(set) var hookReason: String?
    private(set) var hookFailureMode: String?
    private(set) var validationName: String?
    private(set) var validationStatus: String?
    private(set) var validationReason: String?
    private(set) var validationFailureMode: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case stackID = "StackId"
        case operationID = "OperationId"
        case operationType = "OperationType"
        case eventType = "EventType"
        case logicalID = "LogicalResourceId"
        case physicalID = "PhysicalResourceId"
        case resourceType = "ResourceType"
        case time = "Timestamp"
        case status = "ResourceStatus"
        case reason = "ResourceStatusReason"
        case hookType = "HookType"
        case hookStatus = "HookStatus"
        case hookReason = "HookStatusReason"
        case hookFailureMode = "HookFailureMode"
        case validationName = "ValidationName"
        case validationStatus = "ValidationStatus"
        case validationReason = "ValidationStatusReason"
        case validationFailureMode = "ValidationFailureMode"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            set(member, try reader.text(CauseText.message))
        }
    }

    init(_ element: XMLElement) {
        for child in element.children {
            guard let key = CodingKeys(rawValue: child.name), !child.text.isEmpty else { continue }
            set(key, child.text.cut(toUTF8: CauseText.message))
        }
    }

    private mutating func set(_ key: CodingKeys, _ text: String) {
        switch key {
        case .stackID: stackID = text
        case .operationID: operationID = text
        case .operationType: operationType = text
        case .eventType: eventType = text
        case .logicalID: logicalID = text
        case .physicalID: physicalID = text
        case .resourceType: resourceType = text
        case .time: time = WallTime(lenient: text)
        case .status: status = text
        case .reason: reason = text
        case .hookType: hookType = text
        case .hookStatus: hookStatus = text
        case .hookReason: hookReason = text
        case .hookFailureMode: hookFailureMode = text
        case .validationName: validationName = text
        case .validationStatus: validationStatus = text
        case .validationReason: validationReason = text
        case .validationFailureMode: validationFailureMode = text
        }
    }
}

extension StackEvent {
    private static let stackType = "AWS::CloudFormation::Stack"

    /// Whether it is of the stack itself and not of a resource in it.
    var isOfStack: Bool {
        resourceType == StackEvent.stackType && physicalID != nil && physicalID == stackID
    }

    /// The nested stack that it is of.
    var nestedStack: String? {
        guard resourceType == StackEvent.stackType, !isOfStack, let physicalID,
            ARN(physicalID)?.service == "cloudformation"
        else { return nil }
        return physicalID
    }

    /// Whether it is the first event of an operation.
    var beginsOperation: Bool {
        isOfStack
            && [
                "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS",
                "IMPORT_IN_PROGRESS", "REVIEW_IN_PROGRESS",
            ].contains(status)
    }

    /// Whether a resource, a hook or a validation failed.
    var isFailure: Bool {
        guard !isOfStack else { return false }
        if validationStatus == "FAILED" { return validationFailureMode != "WARN" }
        if ["HOOK_FAILED", "HOOK_COMPLETE_FAILED"].contains(hookStatus) {
            return hookFailureMode != "WARN"
        }
        return status?.hasSuffix("_FAILED") == true
    }

    /// Whether the resource failed only because another had failed.
    var isConsequence: Bool {
        reason?.lowercased().contains("cancelled") ?? false
    }

    /// Whether it says only that: CloudFormation's own words.
    var isPlainCancellation: Bool {
        guard let reason, reason.hasPrefix("Resource ") else { return false }
        return reason.utf8.count < 64 && isConsequence
    }

    /// Why it failed.
    var failureReason: String? {
        if validationStatus == "FAILED" { return validationReason ?? reason }
        return hookReason ?? reason
    }

    /// The code of the failure.
    var failureCode: String? {
        if validationStatus == "FAILED" { return validationName }
        if hookStatus?.hasSuffix("FAILED") == true { return hookType }
        return reason.flatMap(CauseCode.handler)
    }
}
