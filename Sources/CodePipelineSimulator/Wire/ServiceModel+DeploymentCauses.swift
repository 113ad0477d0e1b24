import Primitives

// MARK: - CodeDeploy

extension ServiceModel {
    /// The id of the deployment that returns to what was before a failed one.
    func rollbackID(_ found: CauseRun) -> String { found.run.externalID + "R" }

    func deployment(_ runs: [CauseRun], _ input: JSON) throws(ServiceError) -> JSON {
        let id = input["deploymentId"]?.string ?? ""
        let known = runs.first { $0.run.externalID == id || $0.cause.goesOn != nil }
        guard let found = known else {
            throw ServiceError(
                code: "DeploymentDoesNotExistException",
                message: "The deployment could not be found."
            )
        }
        let isRollback = id == rollbackID(found)
        return .object(["deploymentInfo": isRollback ? rollback(found) : deployment(found)])
    }

    private func deployment(_ found: CauseRun) -> JSON {
        let settings = found.action.configuration
        let failed: Int64 = found.hasFailed && found.cause.phase != nil ? 1 : 0
        return .members([
            ("deploymentId", .string(found.run.externalID)),
            ("applicationName", .text(settings["ApplicationName"])),
            ("deploymentGroupName", .text(settings["DeploymentGroupName"])),
            ("status", .string(Self.deploymentStatus(found))),
            ("errorInformation", found.hasFailed ? error(found) : nil),
            ("deploymentOverview", .object(["Failed": .integer(failed)])),
            (
                "rollbackInfo",
                found.hasFailed && found.cause.goesOn != nil
                    ? .object(["rollbackDeploymentId": .string(rollbackID(found))]) : nil
            ),
        ])
    }

    private static func deploymentStatus(_ found: CauseRun) -> String {
        switch found.run.status {
        case .succeeded: "Succeeded"
        case .failed: "Failed"
        case .abandoned: "Stopped"
        case .inProgress: "InProgress"
        }
    }

    private func error(_ found: CauseRun) -> JSON {
        .members([
            ("code", .string(found.cause.code ?? "HEALTH_CONSTRAINTS")),
            ("message", .text(found.cause.message)),
        ])
    }

    private func rollback(_ found: CauseRun) -> JSON {
        .object([
            "deploymentId": .string(rollbackID(found)),
            "creator": .string("codeDeployRollback"),
            "status": .string(found.goesOn(at: now) ? "InProgress" : "Succeeded"),
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
        let isService = found.action.provider == "CodeDeployToECS"
        let diagnostics = JSON.object([
            "errorCode": .string(found.cause.status ?? "ScriptFailed"),
            "message": .string(found.cause.message ?? ""),
            "logTail": .string(found.cause.log.joined(separator: "\n")),
        ])
        let event = JSON.members([
            ("lifecycleEventName", .string(found.cause.phase ?? "")),
            ("status", .string("Failed")), ("endTime", .timestamp(found.run.updated)),
            // The service's own events run no script.
            ("diagnostics", isService ? nil : diagnostics),
        ])
        let place = service(found)
        let target = JSON.members([
            ("deploymentId", .string(found.run.externalID)),
            ("targetId", .string(isService ? "\(place.cluster):\(place.name)" : found.run.id)),
            ("targetArn", isService ? .string(serviceARN(found)) : nil),
            ("status", .string("Failed")), ("lifecycleEvents", .array([event])),
        ])
        return .object([
            "deploymentTargetType": .string(isService ? "ECSTarget" : "InstanceTarget"),
            isService ? "ecsTarget" : "instanceTarget": target,
        ])
    }
}
