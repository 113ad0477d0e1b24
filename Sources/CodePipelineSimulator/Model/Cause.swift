extension ServiceModel {
    /// What the service that ran an attempt says of its failure.
    ///
    /// Each provider shows the parts that it has: a build its phase, a stack its resource.
    package struct Cause: Hashable, Sendable {
        /// The build phase or lifecycle event that failed.
        package var phase: String?
        /// The status of what failed, such as `TIMED_OUT` or `UPDATE_FAILED`.
        package var status: String?
        /// The code: of a phase, a deployment or a script; the stop code of a task.
        package var code: String?
        /// The text.
        package var message: String?
        /// The last lines of the log.
        package var log: [String]
        /// The name of the resource that failed in a stack.
        package var resource: String?
        /// Its type, such as `AWS::S3::Bucket`.
        package var resourceType: String?
        /// The status of the stack after the failure.
        package var stackStatus: String?
        /// The nested stacks on the way to that resource, outermost first.
        package var nested: [String]
        /// The account of a stack set's failed result; nil: the simulator's.
        package var account: String?
        /// Its Region; nil: the simulator's.
        package var region: String?
        /// How long after the failure the service itself goes on: repeats, or rolls back.
        package var goesOn: Duration?
        /// Whether nobody may read it.
        package var isDenied: Bool

        /// Creates a cause.
        package init(
            phase: String? = nil,
            status: String? = nil,
            code: String? = nil,
            message: String? = nil,
            log: [String] = [],
            resource: String? = nil,
            resourceType: String? = nil,
            stackStatus: String? = nil,
            nested: [String] = [],
            account: String? = nil,
            region: String? = nil,
            goesOn: Duration? = nil,
            isDenied: Bool = false
        ) {
            self.phase = phase
            self.status = status
            self.code = code
            self.message = message
            self.log = log
            self.resource = resource
            self.resourceType = resourceType
            self.stackStatus = stackStatus
            self.nested = nested
            self.account = account
            self.region = region
            self.goesOn = goesOn
            self.isDenied = isDenied
        }
    }
}
