/// A permission that an identity needs, in the terms of an IAM policy statement.
package struct Permission: Hashable, Sendable {
    /// The resource that the permission is granted on.
    ///
    /// Service Authorization Reference; a policy on a pipeline's ARN does not reach its stages.
    package enum Resource: Hashable, Sendable, CaseIterable {
        /// The pipeline's ARN.
        case pipeline
        /// `*`, for it names no pipeline; needed only where pipelines are found by a pattern.
        case everyPipeline
        /// The stage's ARN.
        case stage
        /// The ARN of the role to assume.
        case role
        /// What ran the action, or `*`: projects, log groups, stacks, deployment groups, services,
        /// executions. Without it failures are judged by CodePipeline's text alone.
        case provider
    }

    /// The IAM action, such as `codepipeline:GetPipeline`.
    package let action: String
    /// The resource that it is granted on.
    package let resource: Resource

    /// Creates a permission.
    package init(action: String, resource: Resource) {
        self.action = action
        self.resource = resource
    }
}
