import Primitives

/// The events of pipelines beyond failed stages: the fixed parts of each, and its entries.
extension CatalogText {
    static let pipelineFound = CatalogText(
        id: "b6c2d94e2eb747bda1bcef07a25025a5",
        subject: "Pipeline @RETRYD_PIPELINE@ is watched",
        happened: """
            Discovery found the pipeline @RETRYD_PIPELINE@ of target @RETRYD_TARGET@, or it was
            lost and can be read again; the message says which.
            """,
        means: "Its failed stages are judged by the policy from now on.",
        action: """
            Nothing. If it is not to be watched, name it under except in the config file and
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
            It is not retried. It is looked at every 10 minutes, or, if only discovery had found
            it and no longer does, when ListPipelines shows it again; pipeline_found says so. With
            not_found its open episodes end as removed.
            """,
        action: """
            not_found: take a deleted or renamed pipeline out of the config file. access_denied:
            allow codepipeline:GetPipelineState on it, then reload, which looks at once.
            unreadable: look at the error in the message.
            """,
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let pipelineUnsupported = CatalogText(
        id: "88c4b2f4206d4f7f9e08b80395a9befd",
        subject: "Pipeline @RETRYD_PIPELINE@ runs in PARALLEL mode",
        happened: """
            The definition of @RETRYD_PIPELINE@ (target @RETRYD_TARGET@) says executionMode
            PARALLEL.
            """,
        means: """
            GetPipelineState shows no stage state for such a pipeline, so nothing in it is retried.
            It stays watched and is re-evaluated when its definition changes.
            """,
        action: """
            Take it out of the config file. Or give it executionMode QUEUED or SUPERSEDED, if its
            stages should be retried.
            """
    )

    static let sourceFailed = CatalogText(
        id: "1ec7d8bc186144e5ad62f764af0c30a1",
        subject: "A source of pipeline @RETRYD_PIPELINE@ cannot be read",
        happened: """
            A source action in stage @RETRYD_STAGE@ of @RETRYD_PIPELINE@ (target @RETRYD_TARGET@) is
            Failed without an attempt: CodePipeline could not look for a new revision.
            """,
        means: """
            No execution starts, so no stage fails and there is nothing to retry. It is said once
            while it lasts.
            """,
        action: """
            Look at the error in the message: mostly the pipeline's role or the connection lost a
            permission, or the bucket, branch or repository is gone.
            """
    )

    static let stageStuck = CatalogText(
        id: "e51ca1f5d1c54a0f8000f12d5f136639",
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ does not end",
        happened: """
            The stage has been InProgress in execution @RETRYD_EXECUTION_ID@ (target
            @RETRYD_TARGET@) for more than ten minutes, though every action that started in it has
            ended and one has failed or was cancelled.
            """,
        means: """
            CodePipeline leaves a stage in this state when its definition is updated while an
            approval is pending. A stage that is InProgress is never retried, and it lets no other
            execution in.
            """,
        action: "Stop the execution, or start another one.",
        commands: [
            "aws codepipeline stop-pipeline-execution --pipeline-name @RETRYD_PIPELINE@ "
                + "--pipeline-execution-id @RETRYD_EXECUTION_ID@ --abandon"
        ]
    )

    static let executionFailed = CatalogText(
        id: "e87465e27a2643e38110ece0de833c25",
        subject: "An execution of pipeline @RETRYD_PIPELINE@ failed and no stage shows it",
        happened: """
            ListPipelineExecutions shows execution @RETRYD_EXECUTION_ID@ of @RETRYD_PIPELINE@
            (target @RETRYD_TARGET@) as Failed, and no stage has it. The message has AWS's reason,
            where it gives one.
            """,
        means: """
            It most likely failed before any stage, as when a variable without a default has no
            value. RetryStageExecution needs a failed stage, so it is never retried. Executions are
            listed every 10 minutes, less often with many pipelines; it is said once.
            """,
        action: "Fix what the message names, then start a new execution with what was missing.",
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
            "\(context.key): " + (again ? "is back and is watched" : "found and watched")
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
                + (failure.operation == "ListPipelines"
                    ? "watched again when ListPipelines shows it" : "checking again every 10m")
        ) {
            $0.add(context)
            $0.add(.reason, loss.rawValue)
            $0.add(failure)
        }
    }

    static func pipelineUnsupported(_ context: PipelineContext) -> ReportEntry {
        ReportEntry(
            .pipelineUnsupported,
            .warning,
            "\(context.key): its executionMode is PARALLEL, which has no state to act on; "
                + "it is not retried until the mode changes"
        ) {
            $0.add(context)
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
                + "look for a new revision, so that no execution starts: \(failure.phrase)"
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
                + "run in execution \(execution), action \(failure.action?.text ?? "") failed: "
                + "\(failure.phrase); stop the execution or start another"
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
            "\(context.key): execution \(execution) failed and no stage shows it"
                + (summary.map { ": \($0.prefix(300))" } ?? "; AWS gives no reason")
                + " (no retry can help: fix the cause and start a new execution)"
        ) {
            $0.add(context)
            $0.add(.executionID, execution.text)
            $0.add(.errorMessage, summary)
        }
    }
}
