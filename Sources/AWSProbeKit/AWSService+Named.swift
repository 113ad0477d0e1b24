import Primitives

extension AWSService {
    /// The service with a signing name; one that the table does not have is made up, with AWS
    /// JSON 1.1 and the rules that all services share.
    static func named(_ name: String) -> AWSService {
        all.first { $0.signingName == name }
            ?? AWSService(
                id: name,
                signingName: name,
                wireProtocol: .awsJSON1_1(targetPrefix: "")
            )
    }
}
