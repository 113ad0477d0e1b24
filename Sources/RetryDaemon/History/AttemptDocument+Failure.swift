import RetryCore

extension AttemptDocument.Failure {
    init(_ failure: AttemptFailure) {
        self.init(
            code: failure.code,
            message: failure.message,
            summary: failure.summary,
            category: failure.category?.text,
            kind: failure.kind?.rawValue,
            cause: failure.cause.map(AttemptDocument.Cause.init)
        )
    }
}

extension AttemptFailure {
    init(_ failure: AttemptDocument.Failure) {
        self.init(
            code: failure.code,
            message: failure.message,
            summary: failure.summary,
            category: failure.category.map { ActionCategory($0) },
            cause: failure.cause.map(RootCause.init),
            kind: failure.kind.flatMap(CauseClass.init(rawValue:))
        )
    }
}

extension AttemptDocument.Cause {
    fileprivate init(_ cause: RootCause) {
        self.init(
            provider: cause.provider,
            resource: cause.resource,
            phase: cause.phase,
            status: cause.status,
            code: cause.code,
            line: cause.line,
            command: cause.command,
            exitStatus: cause.exitStatus,
            deploymentCode: cause.deploymentCode,
            ranUserCode: cause.ranUserCode,
            stackStatus: cause.stack?.status,
            resourceType: cause.stack?.resourceType
        )
    }
}

extension RootCause {
    fileprivate init(_ cause: AttemptDocument.Cause) {
        let hasStack = cause.stackStatus != nil || cause.resourceType != nil
        self.init(
            provider: cause.provider,
            resource: cause.resource,
            phase: cause.phase,
            status: cause.status,
            code: cause.code,
            line: cause.line,
            command: cause.command,
            exitStatus: cause.exitStatus,
            stack: hasStack
                ? StackCause(resourceType: cause.resourceType, status: cause.stackStatus) : nil,
            deploymentCode: cause.deploymentCode,
            ranUserCode: cause.ranUserCode
        )
    }
}
