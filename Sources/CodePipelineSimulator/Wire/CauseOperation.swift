/// The operations by which the services that run actions tell why one failed.
package enum CauseOperation: String, Hashable, Sendable, CaseIterable {
    /// Builds with their phases.
    case batchGetBuilds = "codebuild:BatchGetBuilds"
    /// Batches with their builds.
    case batchGetBuildBatches = "codebuild:BatchGetBuildBatches"
    /// The end of a log stream.
    case getLogEvents = "logs:GetLogEvents"
    /// A stack's events.
    case describeStackEvents = "cloudformation:DescribeStackEvents"
    /// The failed events of a stack's operations.
    case describeEvents = "cloudformation:DescribeEvents"
    /// A stack's status.
    case describeStacks = "cloudformation:DescribeStacks"
    /// A change set.
    case describeChangeSet = "cloudformation:DescribeChangeSet"
    /// The operations of a stack set.
    case listStackSetOperations = "cloudformation:ListStackSetOperations"
    /// The accounts and Regions of one.
    case listStackSetOperationResults = "cloudformation:ListStackSetOperationResults"
    /// A deployment.
    case getDeployment = "codedeploy:GetDeployment"
    /// A deployment's targets.
    case listDeploymentTargets = "codedeploy:ListDeploymentTargets"
    /// Their lifecycle events.
    case batchGetDeploymentTargets = "codedeploy:BatchGetDeploymentTargets"
    /// A service of ECS.
    case describeServices = "ecs:DescribeServices"
    /// Its stopped tasks.
    case listTasks = "ecs:ListTasks"
    /// Why they stopped.
    case describeTasks = "ecs:DescribeTasks"
    /// The deployments of a service.
    case listServiceDeployments = "ecs:ListServiceDeployments"
    /// Where one stopped.
    case describeServiceDeployments = "ecs:DescribeServiceDeployments"
    /// An execution of a state machine.
    case describeExecution = "states:DescribeExecution"
    /// The events of an Elastic Beanstalk environment.
    case describeEnvironmentEvents = "elasticbeanstalk:DescribeEvents"
    /// A request to Service Catalog.
    case describeRecord = "servicecatalog:DescribeRecord"

    /// The service, as signatures name it.
    package var service: String { String(rawValue.prefix { $0 != ":" }) }

    /// The name in the service's API.
    package var name: String { String(rawValue.drop { $0 != ":" }.dropFirst()) }

    /// Whether requests are forms and answers XML.
    package var isQuery: Bool { Self.versions.values.contains(service) }

    /// The type of an answer's body.
    var contentType: String {
        guard !isQuery else { return "text/xml" }
        return "application/x-amz-json-\(service == "states" ? "1.0" : "1.1")"
    }

    /// The XML namespace of a service that takes forms; empty for the others.
    var namespace: String {
        guard let version = Self.versions.first(where: { $0.value == service })?.key else {
            return ""
        }
        // As the services' models have it.
        let folder = service == "cloudformation" ? "doc" : "docs"
        return "http://\(service).amazonaws.com/\(folder)/\(version)/"
    }

    /// The services that take forms, by the version of their API.
    private static let versions = [
        "2010-05-15": "cloudformation", "2010-12-01": "elasticbeanstalk",
    ]

    /// The services by the part of X-Amz-Target before the point.
    private static let targets: [Substring: String] = [
        "CodeBuild_20161006": "codebuild", "Logs_20140328": "logs",
        "CodeDeploy_20141006": "codedeploy", "AmazonEC2ContainerServiceV20141113": "ecs",
        "AWSStepFunctions": "states", "AWS242ServiceCatalogService": "servicecatalog",
    ]

    /// Reads X-Amz-Target, such as `CodeBuild_20161006.BatchGetBuilds`.
    package init?(target: String) {
        let parts = target.split(separator: ".")
        guard parts.count == 2, let service = Self.targets[parts[0]] else { return nil }
        self.init(rawValue: "\(service):\(parts[1])")
    }

    /// Reads the parameters `Action` and `Version` of a form.
    package init?(action: String, version: String) {
        guard let service = Self.versions[version] else { return nil }
        self.init(rawValue: "\(service):\(action)")
    }
}
