import Primitives
package import RetryCore
package import RootCauseClient

extension CauseReport {
    /// Takes a reading that is over.
    package init(_ reading: CauseReading) {
        let gaps: [CauseGap]
        var cause: ActionCause?
        switch reading.result {
        case .evidence(let evidence):
            cause = ActionCause(evidence)
            // What is known of a failure is enough where there is more.
            gaps = evidence.gaps.filter { $0.kind != .bounded }
        case .unavailable(let found): gaps = found
        case .notIdentified, .notRead: gaps = []
        }
        let failures = gaps.map(CauseFailure.init)
        let denied = Set(failures.filter { $0.kind == .denied }.map(\.service))
        let answered = Set(reading.answered.map(\.permissionPrefix))
        self.init(cause: cause, failures: failures, answered: answered.subtracting(denied))
    }
}

extension CauseFailure {
    /// Takes what could not be read, with the permission to add where one is missing.
    package init(_ gap: CauseGap) {
        let operation = gap.operation.definition
        // Only a role for causes can be refused here: the target's own identity reads pipelines.
        let isRoleRefused = gap.kind == .credentials && gap.text.contains("AccessDenied")
        let role = AWSOperation.assumeRole.definition.permission
        self.init(
            service: operation.service.permissionPrefix,
            kind: isRoleRefused ? .denied : Kind(gap.kind),
            permission: (isRoleRefused ? role : gap.permission)?.action,
            text: "\(operation.name): \(gap.text)"
        )
    }
}

extension CauseFailure.Kind {
    fileprivate init(_ kind: CauseGap.Kind) {
        switch kind {
        case .denied: self = .denied
        case .throttled: self = .throttled
        case .late: self = .late
        case .missing: self = .gone
        case .unreadable, .unreachable, .credentials, .refused, .bounded: self = .unreadable
        }
    }
}
