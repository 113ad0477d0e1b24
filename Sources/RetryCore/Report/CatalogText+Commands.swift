/// Commands that several events propose.
extension CatalogText {
    /// All entries of one execution.
    static let story =
        "journalctl -u pipeline-retryd RETRYD_EXECUTION_ID=@RETRYD_EXECUTION_ID@"
    /// The whole reasoning.
    static let explain =
        "pipeline-retryd explain --target @RETRYD_TARGET@ --pipeline @RETRYD_PIPELINE@ "
        + "--stage @RETRYD_STAGE@"
    /// How to hold one stage.
    static let pause =
        "pipeline-retryd pause --target @RETRYD_TARGET@ --pipeline @RETRYD_PIPELINE@ "
        + "--stage @RETRYD_STAGE@ --reason TEXT"
    /// What a person does instead of the daemon.
    static let byHand =
        "aws codepipeline retry-stage-execution --pipeline-name @RETRYD_PIPELINE@ "
        + "--stage-name @RETRYD_STAGE@ --pipeline-execution-id @RETRYD_EXECUTION_ID@ "
        + "--retry-mode FAILED_ACTIONS"
}
