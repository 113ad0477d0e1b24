import Primitives

// MARK: - CloudFormation

extension ServiceModel {
    private static let stackType = "AWS::CloudFormation::Stack"

    /// A stack with what failed in it.
    private struct FailedStack {
        let name: String
        let id: String
        /// The name, id and type of the resource that failed.
        let resource: (name: String, id: String, type: String)
        let reason: String?
    }

    /// The names and ids of a run's stack and of those nested in it.
    func stackNames(_ found: CauseRun) -> [String] {
        guard let name = found.action.configuration["StackName"] else { return [] }
        return [name] + failedStacks(found).map(\.id)
    }

    private func stackID(_ name: String, _ found: CauseRun) -> String {
        causeARN("cloudformation", "stack/\(name)/\(found.pipeline)")
    }

    /// The run's stack and those nested in it: in each the next one failed, in the last a resource.
    private func failedStacks(_ found: CauseRun) -> [FailedStack] {
        var names = [found.action.configuration["StackName"] ?? ""]
        for nested in found.cause.nested { names.append("\(names[names.count - 1])-\(nested)") }
        return names.indices.map { index in
            let id = stackID(names[index], found)
            guard index < found.cause.nested.count else {
                let name = found.cause.resource ?? "Resource"
                let type = found.cause.resourceType ?? "AWS::CloudFormation::WaitCondition"
                return FailedStack(
                    name: names[index],
                    id: id,
                    resource: (name, name.lowercased(), type),
                    reason: found.cause.message
                )
            }
            let inner = stackID(names[index + 1], found)
            return FailedStack(
                name: names[index],
                id: id,
                resource: (found.cause.nested[index], inner, Self.stackType),
                reason: "Embedded stack \(inner) was not successfully updated."
            )
        }
    }

    /// The stack that an input names by its name or id.
    private func stack(_ found: CauseRun, _ input: JSON) -> FailedStack {
        let stacks = failedStacks(found)
        return stacks.first { $0.id == input["StackName"]?.string } ?? stacks[0]
    }

    /// The events of a run's operation, newest first.
    func stackEvents(_ found: CauseRun, _ input: JSON) -> JSON {
        let stack = stack(found, input)
        var events = [
            ownEvent(stack, found, at: found.run.started, "UPDATE_IN_PROGRESS", "User Initiated")
        ]
        if found.hasFailed { events.append(failureEvent(stack, found, [])) }
        if found.run.status != .inProgress {
            events.append(ownEvent(stack, found, at: found.run.updated, stackStatus(found), nil))
        }
        return .object(["StackEvents": .array(events.reversed())])
    }

    /// The failed events of a run's operation.
    func operationEvents(_ found: CauseRun, _ input: JSON) -> JSON {
        let operation: [(String, JSON?)] = [
            ("OperationId", .string(found.run.id)), ("OperationType", .string("UPDATE_STACK")),
            ("OperationStatus", .string("FAILED")), ("EventType", .string("PROVISIONING_ERROR")),
        ]
        let event = failureEvent(stack(found, input), found, operation)
        return .object(["OperationEvents": .array(found.hasFailed ? [event] : [])])
    }

    private func ownEvent(
        _ stack: FailedStack,
        _ found: CauseRun,
        at time: ModelTime,
        _ status: String,
        _ reason: String?
    ) -> JSON {
        .members([
            ("StackId", .string(stack.id)), ("StackName", .string(stack.name)),
            ("EventId", .string("\(found.run.id)-\(status)")),
            ("LogicalResourceId", .string(stack.name)),
            ("PhysicalResourceId", .string(stack.id)), ("ResourceType", .string(Self.stackType)),
            ("Timestamp", .string(Self.stamp(time))), ("ResourceStatus", .string(status)),
            ("ResourceStatusReason", .text(reason)),
        ])
    }

    private func failureEvent(
        _ stack: FailedStack,
        _ found: CauseRun,
        _ operation: [(String, JSON?)]
    ) -> JSON {
        let isNested = stack.resource.type == Self.stackType
        let status = isNested ? "UPDATE_FAILED" : found.cause.status ?? "UPDATE_FAILED"
        return .members(
            [
                ("StackId", .string(stack.id)),
                ("StackName", operation.isEmpty ? .string(stack.name) : nil),
                ("EventId", .string("\(stack.resource.name)-\(found.run.id)")),
                ("LogicalResourceId", .string(stack.resource.name)),
                ("PhysicalResourceId", .string(stack.resource.id)),
                ("ResourceType", .string(stack.resource.type)),
                ("Timestamp", .string(Self.stamp(found.run.updated))),
                ("ResourceStatus", .string(status)), ("ResourceStatusReason", .text(stack.reason)),
            ] + operation
        )
    }

    private func stackStatus(_ found: CauseRun) -> String {
        if found.run.status == .inProgress { return "UPDATE_IN_PROGRESS" }
        guard found.hasFailed else { return "UPDATE_COMPLETE" }
        if found.goesOn(at: now) { return "UPDATE_ROLLBACK_IN_PROGRESS" }
        return found.cause.stackStatus ?? "UPDATE_ROLLBACK_COMPLETE"
    }

    func stacks(_ found: CauseRun, _ input: JSON) -> JSON {
        let stack = stack(found, input)
        let shown = JSON.object([
            "StackId": .string(stack.id), "StackName": .string(stack.name),
            "CreationTime": .string(Self.stamp(found.run.started)),
            "StackStatus": .string(stackStatus(found)),
        ])
        return .object(["Stacks": .array([shown])])
    }

    /// A change set is gone once it was executed, whatever became of the stack.
    func changeSet(_ found: CauseRun, _ input: JSON) throws(ServiceError) -> JSON {
        let name = input["ChangeSetName"]?.string ?? ""
        guard found.action.configuration["ActionMode"] != "CHANGE_SET_EXECUTE" else {
            throw ServiceError(
                code: "ChangeSetNotFound",
                message: "ChangeSet [\(name)] does not exist",
                status: 404
            )
        }
        return .object([
            "ChangeSetName": .string(name), "StackId": .string(stack(found, input).id),
            "Status": .string("CREATE_COMPLETE"), "ExecutionStatus": .string("AVAILABLE"),
        ])
    }

    private static func stamp(_ time: ModelTime) -> String {
        WallTime(milliseconds: time.milliseconds).rfc3339
    }
}

// MARK: - Stack sets

extension ServiceModel {
    private static func known(
        _ runs: [CauseRun],
        _ input: JSON
    ) throws(ServiceError) -> [CauseRun] {
        guard !runs.isEmpty else {
            let name = input["StackSetName"]?.string ?? ""
            throw ServiceError(
                code: "StackSetNotFoundException",
                message: "StackSet \(name) not found",
                status: 404
            )
        }
        return runs
    }

    /// The operations of a stack set, newest first.
    func stackSetOperations(_ runs: [CauseRun], _ input: JSON) throws(ServiceError) -> JSON {
        let runs = try Self.known(runs, input).sorted { $0.run.sequence > $1.run.sequence }
        return .object([
            "Summaries": .list(runs) { found in
                .object([
                    "OperationId": .string(found.run.id), "Action": .string("UPDATE"),
                    "Status": .string(Self.operationStatus(found)),
                    "CreationTimestamp": .string(Self.stamp(found.run.started)),
                ])
            }
        ])
    }

    /// The places of an operation: the one that failed, and one that was left out after it.
    func stackSetResults(_ runs: [CauseRun], _ input: JSON) throws(ServiceError) -> JSON {
        let id = input["OperationId"]?.string
        guard let found = try Self.known(runs, input).first(where: { $0.run.id == id }) else {
            throw ServiceError(
                code: "OperationNotFoundException",
                message: "Operation \(id ?? "") not found",
                status: 404
            )
        }
        let place = found.cause.region ?? region
        let others = "Cancelled since failure tolerance has exceeded"
        let ends: [(String, String?)] =
            found.hasFailed
            ? [("FAILED", Self.resultReason(found)), ("CANCELLED", others)]
            : [(Self.operationStatus(found), nil)]
        let status = input["Filters.member.1.Values"]?.string
        let shown = ends.filter { status == nil || $0.0 == status }
        return .object([
            "Summaries": .list(shown) { status, reason in
                .members([
                    ("Account", .string(found.cause.account ?? account)),
                    ("Region", .string(status == "CANCELLED" ? "us-east-1" : place)),
                    ("Status", .string(status)), ("StatusReason", .text(reason)),
                ])
            }
        ])
    }

    private static func operationStatus(_ found: CauseRun) -> String {
        switch found.run.status {
        case .succeeded: "SUCCEEDED"
        case .failed: "FAILED"
        case .abandoned: "STOPPED"
        case .inProgress: "RUNNING"
        }
    }

    /// The text of a result: the resource that failed in the place's stack, if one did.
    private static func resultReason(_ found: CauseRun) -> String? {
        guard let message = found.cause.message, let resource = found.cause.resource else {
            return found.cause.message
        }
        let type = found.cause.resourceType ?? "AWS::CloudFormation::WaitCondition"
        return "ResourceLogicalId:\(resource), ResourceType:\(type), "
            + "ResourceStatusReason:\(message)."
    }
}
