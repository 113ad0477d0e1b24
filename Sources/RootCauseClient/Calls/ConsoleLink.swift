import AWSClient
import Primitives

/// Links to the pages of AWS's console.
struct ConsoleLink {
    /// The base of all pages of a Region; nil in partitions whose console has no known address.
    private let base: String
    private let region: String

    init?(region: String) {
        let domains = [
            "aws": "console.aws.amazon.com", "aws-cn": "console.amazonaws.cn",
            "aws-us-gov": "console.amazonaws-us-gov.com",
        ]
        guard Endpoint.isHostLabel(region), let domain = domains[Partition.of(region: region).name]
        else { return nil }
        base = "https://\(region).\(domain)"
        self.region = region
    }

    /// A build or a batch of CodeBuild.
    func build(_ id: String, account: String, isBatch: Bool) -> String {
        let project = id.prefix { $0 != ":" }
        let kind = isBatch ? "batch" : "build"
        return base + "/codesuite/codebuild/\(encoded(account))/projects/"
            + "\(encoded(String(project)))/\(kind)/\(encoded(id))"
    }

    /// A log stream.
    func logStream(group: String, stream: String) -> String {
        // The page decodes twice, and takes `$` for `%`.
        func twice(_ text: String) -> String {
            String(encoded(encoded(text)).map { $0 == "%" ? "$" : $0 })
        }
        return base + "/cloudwatch/home?region=\(region)#logsV2:log-groups/log-group/"
            + "\(twice(group))/log-events/\(twice(stream))"
    }

    /// The events of a stack.
    func stack(_ id: String) -> String {
        base + "/cloudformation/home?region=\(region)#/stacks/events?stackId=\(encoded(id))"
    }

    /// A deployment of CodeDeploy.
    func deployment(_ id: String) -> String {
        base + "/codesuite/codedeploy/deployments/\(encoded(id))"
    }

    /// The events of a service of ECS.
    func service(_ name: String, cluster: String) -> String {
        base + "/ecs/v2/clusters/\(encoded(cluster))/services/\(encoded(name))/events"
    }

    /// An execution of a state machine.
    func execution(_ arn: String) -> String {
        base + "/states/home?region=\(region)#/v2/executions/details/\(encoded(arn))"
    }

    private func encoded(_ text: String) -> String { PercentEncoding.encode(text) }
}
