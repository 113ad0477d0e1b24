import Primitives

// MARK: - CloudFormation

extension ServiceModel {
    private func stackID(_ found: CauseRun) -> String {
        let name = found.action.configuration["StackName"] ?? ""
        return causeARN("cloudformation", "stack/\(name)/\(found.pipeline)")
    }

    /// The events of a run's operation, newest first.
    func stackEvents(_ found: CauseRun) -> JSON {
        let own = (name: found.action.configuration["StackName"] ?? "", id: stackID(found))
        func event(
            _ logicalID: String,
            _ physicalID: String,
            _ type: String,
            _ time: ModelTime,
            _ status: String,
            _ reason: String?
        ) -> JSON {
            .members([
                ("StackId", .string(own.id)), ("StackName", .string(own.name)),
                ("EventId", .string("\(found.run.id)-\(logicalID)-\(status)")),
                ("LogicalResourceId", .string(logicalID)),
                ("PhysicalResourceId", .string(physicalID)), ("ResourceType", .string(type)),
                ("Timestamp", .string(Self.stamp(time))), ("ResourceStatus", .string(status)),
                ("ResourceStatusReason", .text(reason)),
            ])
        }
        func ownEvent(_ time: ModelTime, _ status: String, _ reason: String?) -> JSON {
            event(own.name, own.id, "AWS::CloudFormation::Stack", time, status, reason)
        }
        var events = [ownEvent(found.run.started, "UPDATE_IN_PROGRESS", "User Initiated")]
        if found.hasFailed {
            let resource = found.cause.resource ?? "Resource"
            events.append(
                event(
                    resource,
                    resource.lowercased(),
                    found.cause.resourceType ?? "AWS::CloudFormation::WaitCondition",
                    found.run.updated,
                    found.cause.status ?? "UPDATE_FAILED",
                    found.cause.message
                )
            )
        }
        if found.run.status != .inProgress {
            events.append(ownEvent(found.run.updated, stackStatus(found), nil))
        }
        return .object(["StackEvents": .array(events.reversed())])
    }

    private func stackStatus(_ found: CauseRun) -> String {
        if found.run.status == .inProgress { return "UPDATE_IN_PROGRESS" }
        guard found.hasFailed else { return "UPDATE_COMPLETE" }
        return found.cause.stackStatus ?? "UPDATE_ROLLBACK_COMPLETE"
    }

    func stacks(_ found: CauseRun) -> JSON {
        let stack = JSON.object([
            "StackId": .string(stackID(found)),
            "StackName": .string(found.action.configuration["StackName"] ?? ""),
            "CreationTime": .string(Self.stamp(found.run.started)),
            "StackStatus": .string(stackStatus(found)),
        ])
        return .object(["Stacks": .array([stack])])
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
            "ChangeSetName": .string(name), "StackId": .string(stackID(found)),
            "Status": .string("CREATE_COMPLETE"), "ExecutionStatus": .string("AVAILABLE"),
        ])
    }

    private static func stamp(_ time: ModelTime) -> String {
        WallTime(milliseconds: time.milliseconds).rfc3339
    }
}

// MARK: - CodeDeploy

extension ServiceModel {
    func deployment(_ runs: [CauseRun]) throws(ServiceError) -> JSON {
        guard let found = runs.first else {
            throw ServiceError(
                code: "DeploymentDoesNotExistException",
                message: "The deployment could not be found."
            )
        }
        let settings = found.action.configuration
        let failed: Int64 = found.hasFailed && found.cause.phase != nil ? 1 : 0
        return .object([
            "deploymentInfo": .members([
                ("deploymentId", .string(found.run.externalID)),
                ("applicationName", .text(settings["ApplicationName"])),
                ("deploymentGroupName", .text(settings["DeploymentGroupName"])),
                ("status", .string(found.run.status.rawValue)),
                (
                    "errorInformation",
                    found.hasFailed
                        ? .members([
                            ("code", .string(found.cause.code ?? "HEALTH_CONSTRAINTS")),
                            ("message", .text(found.cause.message)),
                        ]) : nil
                ),
                ("deploymentOverview", .object(["Failed": .integer(failed)])),
            ])
        ])
    }

    func targetIDs(_ runs: [CauseRun]) -> JSON {
        let failed = runs.filter { $0.hasFailed && $0.cause.phase != nil }
        return .object(["targetIds": .list(failed) { .string($0.run.id) }])
    }

    func targets(_ runs: [CauseRun]) -> JSON {
        let failed = runs.filter { $0.hasFailed && $0.cause.phase != nil }
        return .object(["deploymentTargets": .list(failed, target)])
    }

    private func target(_ found: CauseRun) -> JSON {
        let diagnostics = JSON.object([
            "errorCode": .string(found.cause.status ?? "ScriptFailed"),
            "message": .string(found.cause.message ?? ""),
            "logTail": .string(found.cause.log.joined(separator: "\n")),
        ])
        let event = JSON.object([
            "lifecycleEventName": .string(found.cause.phase ?? ""), "status": .string("Failed"),
            "endTime": .timestamp(found.run.updated), "diagnostics": diagnostics,
        ])
        return .object([
            "deploymentTargetType": .string("InstanceTarget"),
            "instanceTarget": .object([
                "deploymentId": .string(found.run.externalID), "targetId": .string(found.run.id),
                "status": .string("Failed"), "lifecycleEvents": .array([event]),
            ]),
        ])
    }
}

// MARK: - ECS

extension ServiceModel {
    func services(_ runs: [CauseRun], _ input: JSON) -> JSON {
        guard let found = runs.max(by: { $0.run.sequence < $1.run.sequence }) else {
            let failure = JSON.object([
                "arn": .string(input["services"]?[0]?.string ?? ""), "reason": .string("MISSING"),
            ])
            return .object(["services": .array([]), "failures": .array([failure])])
        }
        let settings = found.action.configuration
        let name = settings["ServiceName"] ?? ""
        let deployment = JSON.object([
            "id": .string("ecs-svc/\(found.run.sequence)"), "status": .string("PRIMARY"),
            "createdAt": .timestamp(found.run.started),
            "rolloutState": .string(found.run.status == .succeeded ? "COMPLETED" : "IN_PROGRESS"),
        ])
        let service = JSON.object([
            "serviceArn": .string(
                causeARN("ecs", "service/\(settings["ClusterName"] ?? "default")/\(name)")
            ),
            "serviceName": .string(name), "status": .string("ACTIVE"),
            "deployments": .array([deployment]), "events": .array([]),
        ])
        return .object(["services": .array([service]), "failures": .array([])])
    }

    func taskARNs(_ runs: [CauseRun]) -> JSON {
        let failed = runs.filter { $0.hasFailed && $0.cause.code != nil }
        return .object([
            "taskArns": .list(failed.suffix(1)) { found in
                let cluster = found.action.configuration["ClusterName"] ?? "default"
                return .string(causeARN("ecs", "task/\(cluster)/\(found.run.id)"))
            }
        ])
    }

    func tasks(_ runs: [CauseRun]) -> JSON {
        .object([
            "tasks": .list(runs) { found in
                .members([
                    ("taskArn", .string(causeARN("ecs", "task/default/\(found.run.id)"))),
                    ("lastStatus", .string("STOPPED")), ("stopCode", .text(found.cause.code)),
                    ("stoppedReason", .text(found.cause.message)),
                    ("stoppedAt", .timestamp(found.run.updated)),
                    ("startedBy", .string("ecs-svc/\(found.run.sequence)")),
                    ("containers", .array([])),
                ])
            },
            "failures": .array([]),
        ])
    }
}
