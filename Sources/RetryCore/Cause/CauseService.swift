/// The services that are asked for causes, by the providers of actions.
///
/// The raw values are the names with which their permissions begin. Of other providers, such as
/// Lambda, S3, approvals and sources, CodePipeline has the words already.
package enum CauseService: String, Hashable, Sendable, CaseIterable {
    /// AWS CodeBuild.
    case codeBuild = "codebuild"
    /// Amazon CloudWatch Logs.
    case logs
    /// AWS CloudFormation.
    case cloudFormation = "cloudformation"
    /// AWS Service Catalog.
    case serviceCatalog = "servicecatalog"
    /// AWS CodeDeploy.
    case codeDeploy = "codedeploy"
    /// Amazon ECS.
    case ecs
    /// AWS Step Functions.
    case stepFunctions = "states"
    /// AWS Elastic Beanstalk.
    case elasticBeanstalk = "elasticbeanstalk"

    /// The service that is asked first for an action of a provider; nil: none is.
    package init?(provider: String) {
        guard let service = CauseService.byProvider[provider] else { return nil }
        self = service
    }

    /// Whether it, or one that is asked after it, has a log or the end of one.
    var hasLogs: Bool {
        switch self {
        case .codeBuild, .logs, .codeDeploy: true
        case .cloudFormation, .serviceCatalog, .ecs, .stepFunctions, .elasticBeanstalk: false
        }
    }

    /// The services by provider.
    package static let byProvider: [String: CauseService] = [
        "CodeBuild": .codeBuild, "Commands": .logs, "CloudFormation": .cloudFormation,
        "CloudFormationStackSet": .cloudFormation,
        "CloudFormationStackInstances": .cloudFormation, "ServiceCatalog": .serviceCatalog,
        "CodeDeploy": .codeDeploy, "CodeDeployToECS": .codeDeploy, "ECS": .ecs,
        "StepFunctions": .stepFunctions, "ElasticBeanstalk": .elasticBeanstalk,
    ]
}
