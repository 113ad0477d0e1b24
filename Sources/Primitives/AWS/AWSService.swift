/// A service of AWS: all that its endpoints, requests, signatures and errors need to know of it.
package struct AWSService: Hashable, Sendable {
    /// The id in AWS's models, as in AWS_ENDPOINT_URL_<ID>: `CodePipeline`, `CloudWatch Logs`.
    package let id: String
    /// The name that signatures are scoped to.
    package let signingName: String
    /// The first label of its host names; default: the signing name.
    package let endpointPrefix: String
    /// The prefix of its permissions; default: the signing name.
    package let permissionPrefix: String
    /// How it takes requests.
    package let wireProtocol: AWSProtocol
    /// Partitions whose ordinary hosts are FIPS validated; default none.
    package let plainFIPSPartitions: Set<String>
    /// The Regions that a global host served before regional hosts became the standard; default
    /// none, which means that there is no global host.
    package let globalRegions: Set<String>
    /// Error codes that only this service uses for a passing error; default none.
    package let transientCodes: Set<String>
    /// Error codes that mean throttling elsewhere and are permanent here; default none.
    package let permanentCodes: Set<String>

    /// Creates a service; the id, the signing name and the protocol suffice for most.
    package init(
        id: String,
        signingName: String,
        endpointPrefix: String? = nil,
        permissionPrefix: String? = nil,
        wireProtocol: AWSProtocol,
        plainFIPSPartitions: Set<String> = [],
        globalRegions: Set<String> = [],
        transientCodes: Set<String> = [],
        permanentCodes: Set<String> = []
    ) {
        self.id = id
        self.signingName = signingName
        self.endpointPrefix = endpointPrefix ?? signingName
        self.permissionPrefix = permissionPrefix ?? signingName
        self.wireProtocol = wireProtocol
        self.plainFIPSPartitions = plainFIPSPartitions
        self.globalRegions = globalRegions
        self.transientCodes = transientCodes
        self.permanentCodes = permanentCodes
    }

    /// The name in the services sections of the shared AWS config and in our own, such as
    /// `cloudwatch_logs`; in capitals it ends AWS_ENDPOINT_URL_<SERVICE>.
    package var settingName: String {
        String(id.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
    }

    /// AWS CodePipeline.
    package static let codePipeline = AWSService(
        id: "CodePipeline",
        signingName: "codepipeline",
        wireProtocol: .awsJSON1_1(targetPrefix: "CodePipeline_20150709"),
        // It means: too many pipelines in the account.
        permanentCodes: ["LimitExceededException"]
    )

    /// The AWS Security Token Service.
    package static let sts = AWSService(
        id: "STS",
        signingName: "sts",
        wireProtocol: .query(version: "2011-06-15"),
        plainFIPSPartitions: ["aws-us-gov"],
        globalRegions: [
            "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
            "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
            "us-east-1", "us-east-2", "us-west-1", "us-west-2",
        ],
        transientCodes: ["IDPCommunicationError", "IDPCommunicationErrorException"]
    )
}
