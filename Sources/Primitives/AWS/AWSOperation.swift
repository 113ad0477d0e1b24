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
    /// One execution.
    case getPipelineExecution
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
    /// Builds of CodeBuild: their phases and log streams.
    case batchGetBuilds
    /// Batches of CodeBuild: their builds.
    case batchGetBuildBatches
    /// The last lines of a log stream.
    case getLogEvents
    /// The failed events of a stack's operations; not in every partition.
    case describeOperationEvents
    /// All events of a stack, newest first.
    case describeStackEvents
    /// Stacks with their status.
    case describeStacks
    /// A change set: whether it is there, and whether it can be executed.
    case describeChangeSet
    /// The operations of a stack set, newest first.
    case listStackSetOperations
    /// The results of a stack set's operation, one for each account and Region.
    case listStackSetOperationResults
    /// A deployment of CodeDeploy with its error.
    case getDeployment
    /// The targets of a deployment.
    case listDeploymentTargets
    /// The lifecycle events of a deployment's targets.
    case batchGetDeploymentTargets
    /// Services of ECS: their deployments and events.
    case describeServices
    /// The tasks of a service.
    case listTasks
    /// Tasks: why they stopped.
    case describeTasks
    /// The deployments of a service, newest first.
    case listServiceDeployments
    /// Deployments of a service: circuit breaker, life cycle.
    case describeServiceDeployments
    /// An execution of a state machine.
    case describeExecution
    /// The events of an Elastic Beanstalk environment.
    case describeEnvironmentEvents
    /// A request to Service Catalog with its errors.
    case describeRecord

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
        case .getPipelineExecution:
            OperationDefinition("GetPipelineExecution", of: .codePipeline, on: .pipeline)
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
        case .batchGetBuilds: .cause("BatchGetBuilds", of: .codeBuild)
        case .batchGetBuildBatches: .cause("BatchGetBuildBatches", of: .codeBuild)
        case .getLogEvents: .cause("GetLogEvents", of: .cloudWatchLogs)
        case .describeOperationEvents: .cause("DescribeEvents", of: .cloudFormation)
        case .describeStackEvents: .cause("DescribeStackEvents", of: .cloudFormation)
        case .describeStacks: .cause("DescribeStacks", of: .cloudFormation)
        case .describeChangeSet: .cause("DescribeChangeSet", of: .cloudFormation)
        case .listStackSetOperations: .cause("ListStackSetOperations", of: .cloudFormation)
        case .listStackSetOperationResults:
            .cause("ListStackSetOperationResults", of: .cloudFormation)
        case .getDeployment: .cause("GetDeployment", of: .codeDeploy)
        case .listDeploymentTargets: .cause("ListDeploymentTargets", of: .codeDeploy)
        case .batchGetDeploymentTargets: .cause("BatchGetDeploymentTargets", of: .codeDeploy)
        case .describeServices: .cause("DescribeServices", of: .ecs)
        case .listTasks: .cause("ListTasks", of: .ecs)
        case .describeTasks: .cause("DescribeTasks", of: .ecs)
        case .listServiceDeployments: .cause("ListServiceDeployments", of: .ecs)
        case .describeServiceDeployments: .cause("DescribeServiceDeployments", of: .ecs)
        case .describeExecution: .cause("DescribeExecution", of: .stepFunctions)
        case .describeEnvironmentEvents: .cause("DescribeEvents", of: .elasticBeanstalk)
        case .describeRecord: .cause("DescribeRecord", of: .serviceCatalog)
        }
    }

    /// The name, such as `GetPipelineState`.
    package var name: String { definition.name }
}

extension AWSService {
    /// The services of the operations, each once.
    package static let all: [AWSService] = AWSOperation.allCases.map(\.definition.service)
        .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }

    /// The services that can say why an action failed, each once.
    package static let ofCauses: [AWSService] = AWSOperation.allCases.map(\.definition)
        .filter { $0.permission?.resource == .provider }.map(\.service)
        .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}

extension OperationDefinition {
    /// A read of why an action failed, from the service that ran it; it may be denied.
    fileprivate static func cause(_ name: String, of service: AWSService) -> OperationDefinition {
        OperationDefinition(name, of: service, on: .provider)
    }
}
