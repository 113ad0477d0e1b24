extension Wire {
    /// What a pipeline does itself when a stage fails (CodePipeline API, Result).
    package enum FailureResult: WireEnum {
        /// Rolls back.
        case rollback
        /// Fails.
        case fail
        /// Repeats the stage once.
        case retry
        /// Skips.
        case skip
        /// A name that this program does not know.
        case unknown(String)

        package static let known: [String: FailureResult] = [
            "ROLLBACK": .rollback, "FAIL": .fail, "RETRY": .retry, "SKIP": .skip,
        ]
    }
}
