extension AWSService {
    /// AWS CodeBuild.
    package static let codeBuild = AWSService(
        id: "CodeBuild",
        signingName: "codebuild",
        wireProtocol: .awsJSON1_1(targetPrefix: "CodeBuild_20161006")
    )

    /// Amazon CloudWatch Logs.
    package static let cloudWatchLogs = AWSService(
        id: "CloudWatch Logs",
        signingName: "logs",
        wireProtocol: .awsJSON1_1(targetPrefix: "Logs_20140328"),
        plainFIPSPartitions: ["aws-us-gov"],
        transientCodes: ["ServiceUnavailableException"]
    )

    /// AWS CloudFormation.
    package static let cloudFormation = AWSService(
        id: "CloudFormation",
        signingName: "cloudformation",
        wireProtocol: .query(version: "2010-05-15"),
        plainFIPSPartitions: ["aws-us-gov"]
    )

    /// AWS CodeDeploy.
    package static let codeDeploy = AWSService(
        id: "CodeDeploy",
        signingName: "codedeploy",
        wireProtocol: .awsJSON1_1(targetPrefix: "CodeDeploy_20141006")
    )

    /// Amazon Elastic Container Service.
    package static let ecs = AWSService(
        id: "ECS",
        signingName: "ecs",
        wireProtocol: .awsJSON1_1(targetPrefix: "AmazonEC2ContainerServiceV20141113")
    )

    /// AWS Step Functions.
    package static let stepFunctions = AWSService(
        id: "SFN",
        signingName: "states",
        wireProtocol: .awsJSON1_0(targetPrefix: "AWSStepFunctions")
    )

    /// AWS Elastic Beanstalk.
    package static let elasticBeanstalk = AWSService(
        id: "Elastic Beanstalk",
        signingName: "elasticbeanstalk",
        wireProtocol: .query(version: "2010-12-01"),
        plainFIPSPartitions: ["aws-us-gov"]
    )

    /// AWS Service Catalog.
    package static let serviceCatalog = AWSService(
        id: "Service Catalog",
        signingName: "servicecatalog",
        wireProtocol: .awsJSON1_1(targetPrefix: "AWS242ServiceCatalogService")
    )
}
