extension Wire {
    /// The category of an action (CodePipeline API, ActionCategory).
    package enum ActionCategory: WireEnum {
        /// Fetches a revision.
        case source
        /// Builds.
        case build
        /// Deploys.
        case deploy
        /// Tests.
        case test
        /// Calls a function or another pipeline.
        case invoke
        /// Waits for a person.
        case approval
        /// Runs commands.
        case compute
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: ActionCategory] = [
            "Source": .source, "Build": .build, "Deploy": .deploy, "Test": .test, "Invoke": .invoke,
            "Approval": .approval, "Compute": .compute,
        ]
    }
}
