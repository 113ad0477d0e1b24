/// The operations of AWS that this program calls: the one table of them.
///
/// Requests, signatures, replay, what `check` prints for IAM and the table in docs/CLIENT.md are
/// made from it. A case without its row does not compile.
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
    /// Repeats what failed in a stage, or all of it.
    case retryStageExecution
    /// Keys of a role for keys.
    case assumeRole
    /// Keys of a role for an identity provider's token.
    case assumeRoleWithWebIdentity
    /// Who the keys belong to.
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
