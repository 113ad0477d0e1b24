/// What an identity must be allowed, as an IAM policy's statement says it.
package struct Permission: Hashable, Sendable {
    /// What the permission is granted on.
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
    }

    /// The IAM action, such as `codepipeline:GetPipeline`.
    package let action: String
    /// What it is granted on.
    package let resource: Resource

    /// Makes a permission.
    package init(action: String, resource: Resource) {
        self.action = action
        self.resource = resource
    }
}
