// What a retry of the stage cannot mend, or would harm, whatever the cause was.

extension KnowledgeTable {
    /// What the failure has left behind.
    static let stageState: [KnowledgeRow] = [
        .harmful(
            "change-set/used-up",
            .cloudFormationStates,
            CauseCondition(actionModes: ["CHANGE_SET_EXECUTE"], changeSet: .gone)
        ),
        .harmful(
            "change-set/rolled-back",
            .cloudFormationStates,
            CauseCondition(
                stackStatuses: rolledBack,
                actionModes: ["CHANGE_SET_EXECUTE"]
            )
        ),
        .harmful(
            "change-set/missing",
            .cloudFormationStates,
            CauseCondition(
                providers: ["CloudFormation"],
                says: [
                    "ChangeSetNotFound", "ChangeSet [*] does not exist", "InvalidChangeSetStatus",
                    "Failed to execute change set",
                ]
            )
        ),
        .harmful(
            "stack-state/not-updatable",
            .cloudFormationStates,
            CauseCondition(
                stackStatuses: stuck,
                unlessActionModes: ["REPLACE_ON_FAILURE", "DELETE_ONLY"]
            )
        ),
        .permanent(
            "aws-permanent/stack-stuck",
            .cloudFormationStates,
            CauseCondition(says: [
                "is in ROLLBACK_COMPLETE state", "is in ROLLBACK_FAILED state",
                "is in UPDATE_ROLLBACK_FAILED state", "is in DELETE_FAILED state",
                "is in CREATE_FAILED state", "is in REVIEW_IN_PROGRESS state",
                "is in ROLLBACK_IN_PROGRESS state", "state: ROLLBACK_IN_PROGRESS",
                "in a failed creation state", "status: ROLLBACK_COMPLETE",
                "status: ROLLBACK_FAILED", "status: UPDATE_ROLLBACK_FAILED",
                "(ROLLBACK_COMPLETE)", "(UPDATE_ROLLBACK_FAILED)", "(ROLLBACK_FAILED)",
                "must be in a deletable state", "in a non-terminal [CREATE_FAILED] state",
                "Stack*ROLLBACK_COMPLETE*can not be updated",
            ])
        ),
        .harmful(
            "approval/decided",
            .codePipeline,
            CauseCondition(providers: ["Manual"])
        ),
    ]

    /// The stack went back to what it was; it can be updated again.
    fileprivate static let rolledBack: Set<String> = [
        "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_FAILED",
    ]

    /// The stack cannot be updated until somebody deletes or repairs it, or is about to be so.
    private static let stuck = StackCause.stuck.union([
        "CREATE_FAILED", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_ROLLBACK_FAILED",
    ])

    /// Steps that left something half done.
    static let harmfulSteps: [KnowledgeRow] = [
        .harmful(
            "unsafe-step/migration",
            .migrations,
            CauseCondition(says: [
                "P3009", "P3018", "found failed migrations", "Dirty database version",
                "Found a failed migration", "Detected failed migration",
                "contains a failed migration",
                "Validate failed: Detected failed", "Waiting for changelog lock",
                "Could not acquire change log lock", "checksum mismatch for migration",
                "Validate failed: Migrations have failed validation",
                "migration failed to apply", "already been applied", "error: migration failed",
                "Migration * failed", "MigrationLockError", "Migration table is already locked",
            ])
        ),
        .harmful(
            "unsafe-step/published",
            .publishing,
            CauseCondition(says: [
                "cannot be overwritten because the repository is immutable",
                "because the tag is immutable", "image tag * already exists in the",
                "ImageTagAlreadyExistsException", "ImageAlreadyExistsException",
                "cannot publish over the previously published version",
                "cannot publish over previously published version", "EPUBLISHCONFLICT",
                "this filename has already been used", "File already exists. See https://pypi.org",
                "409 Conflict*already exists", "previously published versions",
                "is already uploaded", "already published",
                "Repository does not allow updating assets",
                "Cannot redeploy", "status code 409*Conflict", "registry error parsing json",
            ])
        ),
        .harmful(
            "unsafe-step/helm",
            .helm,
            CauseCondition(says: [
                "another operation (install/upgrade/rollback) is in progress",
                "UPGRADE FAILED: timed out waiting for the condition", "has no deployed releases",
                "INSTALLATION FAILED: timed out waiting for the condition",
                "UPGRADE FAILED: context deadline exceeded", "UPGRADE FAILED: release",
                "cannot re-use a name that is still in use",
            ])
        ),
        .harmful(
            "unsafe-step/state-file",
            .terraform,
            CauseCondition(says: [
                "errored.tfstate", "Failed to save state", "Failed to persist state",
                "Error saving state", "Error uploading state",
                "is tainted, so must be replaced",
            ])
        ),
        .harmful(
            "unsafe-step/still-running",
            .terraformProvider,
            CauseCondition(
                says: [
                    "OperationInProgressException*Another Operation on StackSet",
                    "Another Operation on StackSet * is in progress: terraform",
                ],
                command: ["terraform apply", "terragrunt", "tofu apply", "pulumi up"]
            )
        ),
    ]

    /// What interrupted a command that a second run may find half done.
    static let interrupted = KnowledgeRow.harmful(
        "unsafe-step/interrupted",
        .publishing,
        CauseCondition()
    )

    /// Commands that a second run may find half done: what interrupts them is not transient.
    static let unrepeatable: [Phrase] = [
        "npm publish", "yarn publish", "yarn npm publish", "pnpm publish", "lerna publish",
        "npx lerna publish", "twine upload", "poetry publish", "gem push", "cargo publish",
        "nuget push", "gradlew publish", "gradle publish", "mvn deploy", "mvn * deploy",
        "mvnw * deploy", "release:perform", "npx semantic-release", "semantic-release",
        "helm upgrade", "helm install", "helmfile apply", "helmfile sync", "prisma migrate",
        "prisma db push", "flyway", "liquibase", "migrate -path", "migrate up", "migrate -database",
        "goose up", "dbmate", "alembic upgrade", "db:migrate", "knex migrate", "typeorm migration",
        "artisan migrate", "manage.py migrate", "flask db upgrade", "sequelize db:migrate",
        "dotnet ef database update", "sqitch deploy", "atlas migrate", "node-pg-migrate",
        "psql", "mysql -", "rds-data execute-statement",
    ]
}

extension StackCause {
    /// Whether the action was to execute a change set that cannot be executed any more: it is gone,
    /// or what came of it was rolled back.
    var isChangeSetUsedUp: Bool {
        guard actionMode == ChangeSetUse.Mode.executes.rawValue else { return false }
        return changeSet == .gone || status.map(KnowledgeTable.rolledBack.contains) == true
    }
}
