package import RetryCore
import RootCauseClient

extension ExplainFacts {
    /// Takes what the AWS CLI printed of the service that ran the failed action.
    ///
    /// - Throws: ``ExplainError`` naming a file that tells nothing of a cause.
    package mutating func take(
        causes files: [(name: String, bytes: [UInt8])]
    ) throws(ExplainError) {
        guard !files.isEmpty else { return }
        var reader = CauseFiles()
        for file in files {
            let bytes = try InputText.utf8(
                file.bytes,
                in: file.name,
                expecting: "--cause expects what the AWS CLI prints, as JSON (--output json)"
            )
            do throws(CauseFileError) {
                try reader.take(bytes)
            } catch {
                throw ExplainError("\(file.name): \(error.description)")
            }
        }
        cause = reader.evidence
    }

    /// Takes what services answered to the requests, and notes what they did not.
    package mutating func take(
        _ reports: [ActionExecutionID: CauseReport],
        to requests: [CauseRequest]
    ) {
        for request in requests {
            guard let report = reports[request.attempt] else {
                notes.append("\(request.action): no cause was read in time")
                continue
            }
            causes[request.action] = report.cause
            for failure in report.failures {
                let permission = failure.permission.map { "; allow \($0)" } ?? ""
                notes.append(
                    "\(request.action): causes cannot be read from \(failure.service) "
                        + "(\(failure.kind.rawValue))\(permission): \(failure.text)"
                )
            }
        }
    }

    /// Which failed action the files tell of: of those with their provider the newest.
    func subject(of cause: CauseEvidence, among failed: [FailedAction]) -> FailedAction? {
        failed.filter { action in
            guard let provider = action.provider, !cause.provider.isEmpty else { return true }
            return provider == cause.provider || ExplainFacts.kin[provider] == cause.provider
        }
        .max { ($0.failedAt ?? .distantPast) < ($1.failedAt ?? .distantPast) }
    }

    /// Providers whose answers look like those of another.
    private static let kin = [
        "CodeDeployToECS": "CodeDeploy", "CloudFormationStackSet": "CloudFormation",
        "CloudFormationStackInstances": "CloudFormation",
    ]
}
