// MARK: - ECS

extension ServiceModel.CauseRun {
    /// Whether the action changes a service of ECS, by itself or by CodeDeploy.
    var deploysToECS: Bool { ["ECS", "CodeDeployToECS"].contains(action.provider) }

    /// The stop code of the task that failed; nil: none stopped.
    fileprivate var stopCode: String? {
        guard hasFailed else { return nil }
        return action.provider == "ECS" ? cause.code : cause.status
    }
}

extension ServiceModel {
    /// The cluster and the name of a run's service.
    func service(_ found: CauseRun) -> (cluster: String, name: String) {
        let settings = found.action.configuration
        return (settings["ClusterName"] ?? "default", settings["ServiceName"] ?? found.pipeline)
    }

    func serviceARN(_ found: CauseRun) -> String {
        let place = service(found)
        return causeARN("ecs", "service/\(place.cluster)/\(place.name)")
    }

    func serviceDeploymentARN(_ found: CauseRun) -> String {
        let place = service(found)
        let deployment = "\(place.cluster)/\(place.name)/\(found.run.id)"
        return causeARN("ecs", "service-deployment/\(deployment)")
    }

    func services(_ runs: [CauseRun], _ input: JSON) -> JSON {
        guard let found = runs.max(by: { $0.run.sequence < $1.run.sequence }) else {
            let failure = JSON.object([
                "arn": .string(input["services"]?[0]?.string ?? ""), "reason": .string("MISSING"),
            ])
            return .object(["services": .array([]), "failures": .array([failure])])
        }
        let service = JSON.object([
            "serviceArn": .string(serviceARN(found)),
            "serviceName": .string(service(found).name), "status": .string("ACTIVE"),
            "deployments": .array(rollouts(found)), "events": .array([]),
        ])
        return .object(["services": .array([service]), "failures": .array([])])
    }

    /// The run's deployment, and the one that restores what was before.
    private func rollouts(_ found: CauseRun) -> [JSON] {
        let id = "ecs-svc/\(found.run.sequence)"
        func rollout(_ id: String, _ status: String, _ state: String, _ reason: String?) -> JSON {
            .members([
                ("id", .string(id)), ("status", .string(status)),
                ("createdAt", .timestamp(found.run.started)), ("rolloutState", .string(state)),
                ("rolloutStateReason", .text(reason)),
            ])
        }
        guard found.hasFailed, found.cause.goesOn != nil else {
            let isDone = found.run.status == .succeeded
            return [rollout(id, "PRIMARY", isDone ? "COMPLETED" : "IN_PROGRESS", nil)]
        }
        let back = id + "-back"
        let reason =
            "ECS deployment circuit breaker: tasks failed to start., rolling back to "
            + "deploymentId \(back)."
        return [
            rollout(back, "PRIMARY", found.goesOn(at: now) ? "IN_PROGRESS" : "COMPLETED", nil),
            rollout(id, "ACTIVE", "FAILED", reason),
        ]
    }

    func taskARNs(_ runs: [CauseRun]) -> JSON {
        .object([
            "taskArns": .list(runs.filter { $0.stopCode != nil }.suffix(1)) { found in
                .string(causeARN("ecs", "task/\(service(found).cluster)/\(found.run.id)"))
            }
        ])
    }

    func tasks(_ runs: [CauseRun]) -> JSON {
        .object([
            "tasks": .list(runs) { found in
                let arn = causeARN("ecs", "task/\(service(found).cluster)/\(found.run.id)")
                return .members([
                    ("taskArn", .string(arn)), ("lastStatus", .string("STOPPED")),
                    ("stopCode", .text(found.stopCode)),
                    ("stoppedReason", .text(found.cause.message)),
                    ("stoppedAt", .timestamp(found.run.updated)),
                    ("startedBy", .string("ecs-svc/\(found.run.sequence)")),
                    ("containers", .array([])),
                ])
            },
            "failures": .array([]),
        ])
    }

    /// The deployments of a service, newest first; the place in their life cycle only in full.
    func serviceDeployments(_ runs: [CauseRun], inFull: Bool) -> JSON {
        .object([
            "serviceDeployments": .list(runs.reversed()) { found in
                .members([
                    ("serviceDeploymentArn", .string(serviceDeploymentARN(found))),
                    ("serviceArn", .string(serviceARN(found))),
                    ("createdAt", .timestamp(found.run.started)),
                    ("status", .string(deploymentStatus(found))),
                    ("statusReason", found.hasFailed ? .text(found.cause.message) : nil),
                    ("lifecycleStage", inFull ? .text(found.cause.phase) : nil),
                ])
            }
        ])
    }

    private func deploymentStatus(_ found: CauseRun) -> String {
        switch found.run.status {
        case .succeeded: return "SUCCESSFUL"
        case .inProgress: return "IN_PROGRESS"
        case .abandoned: return "STOPPED"
        case .failed:
            if found.goesOn(at: now) { return "ROLLBACK_IN_PROGRESS" }
            return found.cause.status ?? "ROLLBACK_SUCCESSFUL"
        }
    }
}
