/// The texts on the daemon itself, its targets and pipelines, and its brakes.
extension CatalogText {
    static let started = CatalogText(
        subject: "pipeline-retryd has started",
        happened: "The configuration is valid, the ledger is read, and watching begins.",
        means: """
            Retries that were decided before keep their due times and are said again as
            retry_scheduled. A retry whose answer is not known is settled by reading the state,
            before anything else is sent.
            """,
        action: "Nothing, if the start was meant. Else the entries before this one say why.",
        commands: ["systemctl status pipeline-retryd", "pipeline-retryd status"]
    )

    static let stopping = CatalogText(
        subject: "pipeline-retryd is stopping",
        happened: "A signal, or the end of a run with --once; the message says which.",
        means: """
            No new call is made. The answer to a retry under way is waited for up to 20 s; one
            that has none by then is settled after the next start. Retries that wait for their
            time stay in the ledger and use nothing up.
            """,
        action: "Nothing, if the stop was meant. While the daemon is down nothing is retried.",
        commands: ["systemctl status pipeline-retryd", "systemctl start pipeline-retryd"]
    )

    static let configLoaded = CatalogText(
        subject: "A new configuration is in force",
        happened: "The config file was read anew; the message lists what changed.",
        means: """
            Retries that wait are decided anew under it. What an episode has used up stays used
            up.
            """,
        action: "Compare the listed changes with what you meant.",
        commands: ["pipeline-retryd check"]
    )

    static let configRejected = CatalogText(
        subject: "The configuration was refused",
        happened: "The config file has faults; the message lists them as file:line:column.",
        means: """
            On a reload the former configuration stays in force and the daemon goes on; a restart
            would fail. On a start the daemon ends with status 78 and is not started again by
            itself.
            """,
        action: "Correct the file until check prints no fault, then reload (or start).",
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let targetDegraded = CatalogText(
        subject: "Calls to AWS, or writes to the ledger, fail",
        happened: """
            Calls for the target in RETRYD_TARGET fail. Or what they need cannot be had on this
            machine now: its Region, profile, shared files or certificates; RETRYD_AWS_OPERATION is
            connect then. Or RETRYD_REASON says what else it is: ledger_unavailable: the ledger on
            this machine's disk takes no writes; duplicate_target: two targets are one account and
            Region and watch the same pipelines.
            """,
        means: """
            A target: its failed stages may be seen late and its retries wait; other targets are
            not touched. ListPipelines alone: only new pipelines are not found.
            ListPipelineExecutions alone, as info: only execution_failed is not said. The ledger: no
            retry of any pipeline is sent; watching goes on. A duplicate: the target that the file
            names first retries what both watch. target_recovered says when it is over.
            """,
        action: """
            Read the error in the message. Credentials or a denied permission: mend the role (check
            prints the IAM policy that is needed). connect: mend the file and line in the message,
            or set region; it is tried again after 5 s to 5 min. No connection: DNS, proxy,
            network. 5xx: AWS's health page. The ledger: free space, or mend owner and mode of the
            state directory. A duplicate: make one target of the two. No restart is needed.
            """,
        commands: [
            "pipeline-retryd status", "pipeline-retryd check", "df -h /var/lib/pipeline-retryd",
        ]
    )

    static let targetRecovered = CatalogText(
        subject: "Calls to AWS, or writes to the ledger, work again",
        happened: """
            What a target_degraded said is over, after @RETRYD_ELAPSED_USEC@ microseconds. Without
            RETRYD_TARGET it was the ledger.
            """,
        means: """
            Retries that waited for it go on. A failure that happened meanwhile, and is seen only
            now, is left alone when it is older than max_failure_age.
            """,
        action: "Look for failures that were left as too old, and retry those by hand.",
        commands: ["journalctl -u pipeline-retryd RETRYD_REASON=too_old --since=-1d"]
    )

    static let pipelineFound = CatalogText(
        subject: "Pipeline @RETRYD_PIPELINE@ is watched",
        happened: """
            Discovery found the pipeline @RETRYD_PIPELINE@ of target @RETRYD_TARGET@, or it was
            lost and can be read again; the message says which.
            """,
        means: "Its failed stages are judged by the policy from now on.",
        action: """
            Nothing. If it shall not be watched, name it under except in the config file and
            reload.
            """
    )

    static let pipelineLost = CatalogText(
        subject: "Pipeline @RETRYD_PIPELINE@ can not be watched: @RETRYD_REASON@",
        happened: """
            The pipeline @RETRYD_PIPELINE@ of target @RETRYD_TARGET@ can not be read; the message
            says what AWS answered.
            """,
        means: """
            It is not retried. It is looked at every 10 minutes, or, if only discovery had found
            it and no longer does, when ListPipelines shows it again; pipeline_found says so. With
            not_found its open episodes end as gone.
            """,
        action: """
            not_found: take a deleted or renamed pipeline out of the config file. access_denied:
            allow codepipeline:GetPipelineState on it, then reload, which looks at once.
            unreadable: look at the error in the message.
            """,
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let pipelineUnsupported = CatalogText(
        subject: "Pipeline @RETRYD_PIPELINE@ runs in PARALLEL mode",
        happened: """
            The definition of @RETRYD_PIPELINE@ (target @RETRYD_TARGET@) says executionMode
            PARALLEL.
            """,
        means: """
            Such a pipeline has no state that a retry could rest on, so nothing in it is retried.
            It is looked at on; another version of the definition is read and judged again.
            """,
        action: """
            Take it out of the config file. Or give it executionMode QUEUED or SUPERSEDED, if its
            stages shall be retried.
            """
    )

    static let configUnmatched = CatalogText(
        subject: "The config file names what target @RETRYD_TARGET@ does not have",
        happened: """
            A match of the config file takes no pipeline of @RETRYD_TARGET@ (@RETRYD_REGION@), or an
            entry sets a stage that its pipeline has not; the message says which.
            """,
        means: """
            That part of the file has no effect at present. A pattern counts as soon as a list shows
            a pipeline with such a name, a stage as soon as the definition has it. It is said once.
            """,
        action: """
            Compare the name with the console: mostly it is misspelt, or the target is of another
            Region or account. Correct it and reload. Nothing, if it is to come yet.
            """,
        commands: [
            "aws codepipeline list-pipelines --region @RETRYD_REGION@",
            "pipeline-retryd check",
        ]
    )

    static let sourceFailed = CatalogText(
        subject: "A source of pipeline @RETRYD_PIPELINE@ can not be read",
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
        subject: "Stage @RETRYD_STAGE@ of pipeline @RETRYD_PIPELINE@ does not end",
        happened: """
            The stage has been InProgress in execution @RETRYD_EXECUTION_ID@ (target
            @RETRYD_TARGET@) for more than ten minutes, though every action that started in it has
            ended and one has failed or was cancelled.
            """,
        means: """
            CodePipeline leaves a stage so when its definition is updated while an approval is
            pending. A stage that is InProgress is never retried, and it lets no other execution in.
            """,
        action: "Stop the execution, or start another one.",
        commands: [
            "aws codepipeline stop-pipeline-execution --pipeline-name @RETRYD_PIPELINE@ "
                + "--pipeline-execution-id @RETRYD_EXECUTION_ID@ --abandon"
        ]
    )

    static let executionFailed = CatalogText(
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
        action: "Mend what the message names, then start a new execution with what was missing.",
        commands: [
            "aws codepipeline get-pipeline-execution --pipeline-name @RETRYD_PIPELINE@ "
                + "--pipeline-execution-id @RETRYD_EXECUTION_ID@",
            "aws codepipeline start-pipeline-execution --name @RETRYD_PIPELINE@",
        ]
    )

    static let throttled = CatalogText(
        subject: "AWS limits the rate of calls to target @RETRYD_TARGET@, or no longer does",
        happened: """
            As a warning: AWS refused calls to @RETRYD_TARGET@ (@RETRYD_REGION@) for their rate. As
            info: the full rate is reached again.
            """,
        means: """
            The daemon halves its own rate for this account and Region, down to 0.1 requests/s,
            and raises it by a tenth of poll.max_rate every 10 s. Looks come later meanwhile;
            retries and what they need go first.
            """,
        action: """
            Now and then: nothing. Often: other programs share the account's quota. Lower
            poll.max_rate or lengthen poll.interval; check prints what the file asks for.
            """,
        commands: ["pipeline-retryd check"]
    )

    static let pollingSlowed = CatalogText(
        subject:
            "Target @RETRYD_TARGET@ has more pipelines than its rate allows to look at in time",
        happened: """
            As a warning: so many pipelines at poll.interval want more requests per second than
            poll.max_rate allows this account and Region; the message has the arithmetic. As info:
            after a reload or a list of the pipelines they fit again.
            """,
        means: """
            Each pipeline is seen later than poll.interval says, those at rest most, since a
            failure follows on movement. Nothing is left out, and retries go first.
            """,
        action: """
            Raise poll.max_rate, if the account's quota has room (throttled says when it has not).
            Or lengthen poll.interval, or take pipelines out of the config file.
            """,
        commands: ["pipeline-retryd check"]
    )

    static let outageHold = CatalogText(
        subject: "The same error on many pipelines: their retries are held",
        happened: """
            As many pipelines as outage_hold.pipelines says show the same error:
            @RETRYD_FINGERPRINT@
            """,
        means: """
            The cause is likely one and the same, so their retries wait. One is let through at
            @RETRYD_DUE@, and another one every outage_hold.probe_every, though the first may
            take long; if one's stage succeeds the hold ends. Nothing is used up by waiting.
            """,
        action: "Look for the common cause: a provider, a quota, the network, an expired token.",
        commands: ["pipeline-retryd status"]
    )

    static let outageOver = CatalogText(
        subject: "The hold of retries is over",
        happened: """
            A pipeline that had shown the error recovered, or nothing waited for it any more:
            @RETRYD_FINGERPRINT@
            """,
        means: "Held retries are decided anew and let go, one every 2 s.",
        action: "Nothing."
    )

    static let paused = CatalogText(
        subject: "Somebody paused retries",
        happened: """
            A person held retries by command. The message says what is held, by which uid, until
            when and why.
            """,
        means: """
            Failed stages in the scope are watched, judged and reported, and nothing is sent. The
            pause survives a restart. give_up_after runs on, so an episode may end as exhausted.
            """,
        action: """
            To lift it: resume, with the same --target, --pipeline and --stage. Without them every
            pause is lifted.
            """,
        commands: ["pipeline-retryd status", "pipeline-retryd resume"]
    )

    static let resumed = CatalogText(
        subject: "A pause of retries ended",
        happened: "Somebody lifted it, or its time was over; the message says which.",
        means: "Retries that it held are decided anew and let go, one every 2 s.",
        action: "Nothing."
    )
}
