import Primitives

// MARK: - Step Functions

extension ServiceModel {
    func machineExecution(_ runs: [CauseRun]) throws(ServiceError) -> JSON {
        guard let found = runs.first else {
            throw ServiceError(
                code: "ExecutionDoesNotExist",
                message: "Execution Does Not Exist"
            )
        }
        let status: String
        switch found.run.status {
        case .succeeded: status = "SUCCEEDED"
        case .failed: status = found.cause.status ?? "FAILED"
        case .abandoned: status = "ABORTED"
        case .inProgress: status = "RUNNING"
        }
        return .members([
            ("executionArn", .string(found.run.externalID)),
            ("stateMachineArn", .text(found.action.configuration["StateMachineArn"])),
            ("name", .string(found.run.id)), ("status", .string(status)),
            ("startDate", .timestamp(found.run.started)),
            ("error", found.hasFailed ? .text(found.cause.code) : nil),
            ("cause", found.hasFailed ? .text(found.cause.message) : nil),
        ])
    }
}

// MARK: - Elastic Beanstalk

extension ServiceModel {
    /// The errors of an environment, newest first.
    func environmentEvents(_ runs: [CauseRun]) -> JSON {
        let failed = runs.filter { $0.hasFailed && $0.cause.message != nil }
        return .object([
            "Events": .list(failed.reversed()) { found in
                let settings = found.action.configuration
                let time = WallTime(milliseconds: found.run.updated.milliseconds)
                return .members([
                    ("EventDate", .string(time.rfc3339)), ("Message", .text(found.cause.message)),
                    ("ApplicationName", .text(settings["ApplicationName"])),
                    ("EnvironmentName", .text(settings["EnvironmentName"])),
                    ("Severity", .string("ERROR")),
                ])
            }
        ])
    }
}

// MARK: - Service Catalog

extension ServiceModel {
    func record(_ runs: [CauseRun]) throws(ServiceError) -> JSON {
        guard let found = runs.first else {
            throw ServiceError(
                code: "ResourceNotFoundException",
                message: "The record could not be found."
            )
        }
        let status: String
        switch found.run.status {
        case .succeeded: status = "SUCCEEDED"
        case .failed, .abandoned: status = found.goesOn(at: now) ? "IN_PROGRESS_IN_ERROR" : "FAILED"
        case .inProgress: status = "IN_PROGRESS"
        }
        let error = JSON.members([
            ("Code", .text(found.cause.code)), ("Description", .text(found.cause.message)),
        ])
        return .object([
            "RecordDetail": .object([
                "RecordId": .string(found.run.externalID), "Status": .string(status),
                "ProvisionedProductName": .string(
                    found.action.configuration["ProvisionedProductName"] ?? found.pipeline
                ),
                "RecordType": .string("UPDATE_PROVISIONED_PRODUCT"),
                "CreatedTime": .timestamp(found.run.started),
                "RecordErrors": .array(found.hasFailed ? [error] : []),
            ])
        ])
    }
}
