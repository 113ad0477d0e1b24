import Primitives

/// The events of pipelines beyond failed stages: the fixed parts of each, and its entries.
extension CatalogText {
    static let pipelineFound = CatalogText(
        id: "b6c2d94e2eb747bda1bcef07a25025a5",
        subject: "Pipeline @RETRYD_PIPELINE@ is watched",
        happened: """
            Discovery found the pipeline @RETRYD_PIPELINE@ of target @RETRYD_TARGET@, or the
            pipeline has become readable again; the message says which.
            """,
        means: "The policy applies to its failed stages from now on.",
        action: """
            No action is needed. To stop watching it, list it under except in the config file and
            reload.
            """
    )

    static let pipelineLost = CatalogText(
        id: "baf731f79ff7453794cd15c98be677d3",
        subject: "Pipeline @RETRYD_PIPELINE@ cannot be watched: @RETRYD_REASON@",
        happened: """
            The pipeline @RETRYD_PIPELINE@ of target @RETRYD_TARGET@ cannot be read; the message
            says what AWS answered.
            """,
        means: """
            It is not retried. It is checked again every 10 minutes, or, if it came from discovery
            and is no longer listed, when ListPipelines shows it again; pipeline_found reports that.
            With not_found its open episodes end as removed.
            """,
        action: """
            not_found: remove a deleted or renamed pipeline from the config file. access_denied:
            allow the action in the message on it, then reload, which polls it at once.
            unreadable: see the error in the message.
            """,
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let parallelRefused = CatalogText(
        id: "3f0a9a57f2f04b0fa9d5c1d6a5a4f1be",
        subject: "AWS refuses retries in PARALLEL pipeline @RETRYD_PIPELINE@",
        happened: """
            AWS refused to retry a failed stage of @RETRYD_PIPELINE@ (target @RETRYD_TARGET@), whose
            executionMode is PARALLEL, although the stage was still Failed afterwards.
            """,
        means: """
            Nothing in this pipeline is retried for a day; its failures are still reported. AWS does
            not document whether a PARALLEL pipeline's stages can be retried.
            """,
        action: """
            Retry the execution by hand to see AWS's answer. Set parallel to observe for the
            pipeline, or its executionMode to QUEUED or SUPERSEDED.
            """,
        commands: [
            "aws codepipeline list-pipeline-executions --pipeline-name @RETRYD_PIPELINE@"
        ]
    )

    static let sourceFailed = CatalogText(
        id: "1ec7d8bc186144e5ad62f764af0c30a1",
        subject: "A source of pipeline @RETRYD_PIPELINE@ cannot be read",
        happened: """
            A source action in stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ (target @RETRYD_TARGET@) is
            Failed without having run: CodePipeline could not check for a new revision.
            """,
        means: """
            No execution starts, so no stage fails and there is nothing to retry. It is reported
            once while it lasts.
            """,
        action: """
            See the error in the message: usually the pipeline's role or the connection lost a
            permission, or the bucket, branch or repository no longer exists.
            """
    )

    static let stageStuck = CatalogText(
        id: "e51ca1f5d1c54a0f8000f12d5f136639",
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ is stuck in progress",
        happened: """
            The stage has been InProgress in execution @RETRYD_EXECUTION_ID@ (target
            @RETRYD_TARGET@) for more than ten minutes, although every action that started in it has
            ended and one of them failed or was cancelled.
            """,
        means: """
            CodePipeline leaves a stage in this state when its definition is updated while an
            approval is pending. A stage that is InProgress is never retried, and no other execution
            can enter it.
            """,
        action: "Stop the execution; then start a new one if the change is still needed.",
        commands: [
            "aws codepipeline stop-pipeline-execution --pipeline-name @RETRYD_PIPELINE@ "
                + "--pipeline-execution-id @RETRYD_EXECUTION_ID@ --abandon"
        ]
    )

    static let executionFailed = CatalogText(
        id: "e87465e27a2643e38110ece0de833c25",
        subject: "An execution of pipeline @RETRYD_PIPELINE@ failed, but no stage shows it",
        happened: """
            ListPipelineExecutions shows execution @RETRYD_EXECUTION_ID@ of @RETRYD_PIPELINE@
            (target @RETRYD_TARGET@) as Failed, but no stage shows it. The message has AWS's
            reason, if it gives one.
            """,
        means: """
            It most likely failed before its first stage, for example because a variable without a
            default had no value. RetryStageExecution needs a failed stage, so it is never retried.
            Executions are listed every 10 minutes, less often with many pipelines, and those of a
            PARALLEL pipeline with every poll; each is reported once.
            """,
        action: "Fix the cause in the message, then start a new execution with what was missing.",
        commands: [
            "aws codepipeline get-pipeline-execution --pipeline-name @RETRYD_PIPELINE@ "
                + "--pipeline-execution-id @RETRYD_EXECUTION_ID@",
            "aws codepipeline start-pipeline-execution --name @RETRYD_PIPELINE@",
        ]
    )
}

extension ReportEntry {
    static func pipelineFound(_ context: PipelineContext, again: Bool) -> ReportEntry {
        ReportEntry(
            .pipelineFound,
            .info,
            "\(context.key): " + (again ? "can be read again and is watched" : "found, now watched")
        ) {
            $0.add(context)
        }
    }

    static func pipelineLost(
        _ context: PipelineContext,
        _ loss: PipelineLoss,
        _ failure: CallFailure
    ) -> ReportEntry {
        ReportEntry(
            .pipelineLost,
            loss == .accessDenied ? .error : .warning,
            "\(context.key): \(loss.sentence) (\(failure.sentence)); "
                + (failure.operation == .listPipelines
                    ? "watched again when ListPipelines shows it" : "checking again every 10m")
        ) {
            $0.add(context)
            $0.add(.reason, loss.rawValue)
            $0.add(failure)
        }
    }

    static func parallelRefused(
        _ context: PipelineContext,
        _ failure: CallFailure
    ) -> ReportEntry {
        ReportEntry(
            .parallelRefused,
            .warning,
            "\(context.key): AWS refused a retry in this PARALLEL pipeline (\(failure.sentence)); "
                + "nothing in it is retried for \(Timing.parallelRefused.shortText)"
        ) {
            $0.add(context)
            $0.add(.reason, Reason.parallelRefused.rawValue)
            $0.add(failure)
        }
    }

    static func sourceFailed(
        _ context: PipelineContext,
        _ stage: StageName,
        _ failure: FailureFacts
    ) -> ReportEntry {
        ReportEntry(
            .sourceFailed,
            .warning,
            "\(context.key): source action \(failure.action?.text ?? "") of stage \(stage) cannot "
                + "check for a new revision, so no execution starts: \(failure.phrase)"
        ) {
            $0.add(context)
            $0.add(.stage, stage.text)
            $0.add(failure)
        }
    }

    static func stageStuck(
        _ context: PipelineContext,
        _ stage: StageName,
        _ execution: ExecutionID,
        _ failure: FailureFacts,
        since span: Duration
    ) -> ReportEntry {
        ReportEntry(
            .stageStuck,
            .warning,
            "\(context.key) stage \(stage): InProgress for \(span.shortText) with nothing left to "
                + "run in execution \(execution); action \(failure.action?.text ?? "") failed: "
                + "\(failure.phrase); stop the execution, then start a new one if it is needed"
        ) {
            $0.add(context)
            $0.add(.stage, stage.text)
            $0.add(.executionID, execution.text)
            $0.add(failure)
            $0.add(.elapsed, span.microsecondsText)
        }
    }

    static func executionFailed(
        _ context: PipelineContext,
        _ execution: ExecutionID,
        _ summary: String?
    ) -> ReportEntry {
        ReportEntry(
            .executionFailed,
            .warning,
            "\(context.key): execution \(execution) failed, but no stage shows it"
                + (summary.map { ": \($0.prefix(300))" } ?? "; AWS gives no reason")
                + " (it cannot be retried: fix the cause and start a new execution)"
        ) {
            $0.add(context)
            $0.add(.executionID, execution.text)
            $0.add(.errorMessage, summary)
        }
    }
}
