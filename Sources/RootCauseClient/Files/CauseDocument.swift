import WireFormats

/// The documents of the AWS CLI that tell of a cause, each known by its members.
package enum CauseDocument: String, CodingKey, Hashable, Sendable, CaseIterable {
    /// `aws codebuild batch-get-builds`
    case builds
    /// `aws codebuild batch-get-build-batches`
    case batches = "buildBatches"
    /// `aws logs get-log-events`
    case logEvents = "events"
    /// `aws cloudformation describe-stack-events`
    case stackEvents = "StackEvents"
    /// `aws cloudformation describe-events`
    case operationEvents = "OperationEvents"
    /// `aws cloudformation describe-stacks`
    case stacks = "Stacks"
    /// `aws cloudformation describe-change-set`
    case changeSet = "ChangeSetName"
    /// `aws deploy get-deployment`
    case deployment = "deploymentInfo"
    /// `aws deploy batch-get-deployment-targets`
    case deploymentTargets
    /// `aws ecs describe-services`
    case services
    /// `aws ecs describe-tasks`
    case tasks
    /// `aws ecs describe-service-deployments`
    case serviceDeployments
    /// `aws stepfunctions describe-execution`
    case execution = "executionArn"
    /// `aws elasticbeanstalk describe-events`
    case environmentEvents = "Events"
    /// `aws servicecatalog describe-record`
    case record = "RecordDetail"

    /// Tells a document by the first of its members that only one has.
    ///
    /// - Returns: The document; nil for other JSON and for anything else.
    package init?(_ bytes: [UInt8]) {
        guard let shape: Shape = JSONReader.document(bytes), let kind = shape.kind else {
            return nil
        }
        self = kind
    }

    private struct Shape: JSONReadable {
        private(set) var kind: CauseDocument?

        private static let members = JSONMembers(of: CauseDocument.self)

        init(reading reader: inout JSONReader) throws(UnusualJSONError) {
            var cursor = try reader.object()
            while let member = try reader.member(Self.members, &cursor) {
                kind = kind ?? member
                try reader.skip()
            }
        }
    }
}
