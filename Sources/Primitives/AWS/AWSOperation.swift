/// The table of all AWS operations that this program calls.
///
/// Requests, signatures, replay, the IAM policy that `check` prints and the table in docs/CLIENT.md
/// are derived from it. A case without its row does not compile.
package enum AWSOperation: Hashable, Sendable, CaseIterable {
    /// Every stage with its last execution.
    case getPipelineState
    /// The definition.
    case getPipeline
    /// The action executions of an execution.
    case listActionExecutions
    /// The newest executions.
    case listPipelineExecutions
    /// The pipelines of account and Region.
    case listPipelines
    /// Retries the failed actions of a stage, or all of them.
    case retryStageExecution
    /// Exchanges credentials for those of a role.
    case assumeRole
    /// Exchanges an identity provider's token for a role's credentials.
    case assumeRoleWithWebIdentity
    /// Returns the identity that the credentials belong to.
    case getCallerIdentity

    /// The row.
    package var definition: OperationDefinition {
        switch self {
        case .getPipelineState:
            OperationDefinition("GetPipelineState", of: .codePipeline, on: .pipeline)
        case .getPipeline:
            OperationDefinition("GetPipeline", of: .codePipeline, on: .pipeline)
        case .listActionExecutions:
            OperationDefinition("ListActionExecutions", of: .codePipeline, on: .pipeline)
        case .listPipelineExecutions:
            OperationDefinition("ListPipelineExecutions", of: .codePipeline, on: .pipeline)
        case .listPipelines:
            OperationDefinition("ListPipelines", of: .codePipeline, on: .everyPipeline)
        case .retryStageExecution:
            // There is no idempotency token: AWS does not recognize a repetition.
            OperationDefinition(
                "RetryStageExecution",
                of: .codePipeline,
                .write,
                replay: .unsafe,
                on: .stage
            )
        case .assumeRole:
            OperationDefinition("AssumeRole", of: .sts, on: .role)
        case .assumeRoleWithWebIdentity:
            // Unsigned: the role's trust policy decides.
            OperationDefinition("AssumeRoleWithWebIdentity", of: .sts, on: nil)
        case .getCallerIdentity:
            OperationDefinition("GetCallerIdentity", of: .sts, on: nil)
        }
    }

    /// The name, such as `GetPipelineState`.
    package var name: String { definition.name }
}

extension AWSService {
    /// The services of the operations, each once.
    package static let all: [AWSService] = AWSOperation.allCases.map(\.definition.service)
        .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}
