/// The events of the daemon itself: the fixed parts of each, and its entries.
extension CatalogText {
    static let started = CatalogText(
        id: "7127b9ff54204b83b75b8535747872dc",
        subject: "pipeline-retryd has started",
        happened: "The configuration is valid, the ledger has been read, and polling begins.",
        means: """
            Retries that were already scheduled keep their due times and are logged again as
            retry_scheduled. For a retry whose answer is not known, the pipeline's state is read
            before anything else is sent.
            """,
        action: """
            No action is needed if the start was intended. Otherwise the preceding entries say why.
            """,
        commands: ["systemctl status pipeline-retryd", "pipeline-retryd status"]
    )

    static let stopping = CatalogText(
        id: "8034b47cd4c042ac8f7870d975bc5252",
        subject: "pipeline-retryd is stopping",
        happened: "The daemon received a signal, or a --once run finished; the message says which.",
        means: """
            No new call is made. The daemon waits up to 20 s for the answer to a retry in flight;
            without one, the next start reads the pipeline's state to find out. Scheduled retries
            stay in the ledger; no attempt is used up.
            """,
        action: """
            No action is needed if the stop was intended. Nothing is retried while the daemon is
            stopped.
            """,
        commands: ["systemctl status pipeline-retryd", "systemctl start pipeline-retryd"]
    )

    static let configLoaded = CatalogText(
        id: "400a59d7fac448b6aa165a5e2e137d47",
        subject: "A new configuration was loaded",
        happened: "The config file was read again; the message lists what changed.",
        means: """
            Pending retries are re-evaluated under the new configuration. Retries already made
            still count.
            """,
        action: "Check that the listed changes are the intended ones.",
        commands: ["pipeline-retryd check"]
    )

    static let configRejected = CatalogText(
        id: "6b76c9678bf945ad89577a520024d24b",
        subject: "The configuration was rejected",
        happened: "The config file has errors; the message lists them as file:line:column.",
        means: """
            On a reload the daemon keeps running with the previous configuration, but a restart
            would fail. On a start the daemon exits with status 78 and systemd does not restart it.
            """,
        action: "Correct the file until check reports no error, then reload (or start).",
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let configUnmatched = CatalogText(
        id: "00fb1780cdc046c7b492d1c1c8839541",
        subject:
            "The config file names a pipeline or stage that target @RETRYD_TARGET@ does not have",
        happened: """
            A match in the config file selects no pipeline of @RETRYD_TARGET@ (@RETRYD_REGION@), or
            an entry configures a stage that its pipeline does not have; the message says which.
            """,
        means: """
            That part of the file has no effect for now. A pattern takes effect when ListPipelines
            shows a matching name, a stage when the definition contains it. It is reported once.
            """,
        action: """
            Compare the name with the console: usually it is misspelled, or the target has another
            Region or account. Correct it and reload. No action is needed if the pipeline or stage
            is yet to be created.
            """,
        commands: [
            "aws codepipeline list-pipelines --region @RETRYD_REGION@",
            "pipeline-retryd check",
        ]
    )
}

extension ReportEntry {
    static func started(
        version: String,
        targets: Int,
        pipelines: Int,
        patterns: Int,
        isDryRun: Bool
    ) -> ReportEntry {
        ReportEntry(
            .started,
            .notice,
            "pipeline-retryd \(version) started: \(counted(targets, "target")), "
                + "\(counted(pipelines, "pipeline")) by name"
                + (patterns > 0 ? ", others by \(counted(patterns, "pattern"))" : "")
                + (isDryRun ? "; dry run: nothing is retried" : "")
        )
    }

    static func stopping(_ why: String) -> ReportEntry {
        ReportEntry(
            .stopping,
            .notice,
            "stopping: \(why)"
        )
    }

    static func configLoaded(path: String, changes: [String]) -> ReportEntry {
        ReportEntry(
            .configLoaded,
            .notice,
            "\(path) loaded"
                + (changes.isEmpty ? "" : ": " + changes.joined(separator: "; "))
        )
    }

    static func configRejected(path: String, errors: [String]) -> ReportEntry {
        ReportEntry(
            .configRejected,
            .error,
            "\(path) was rejected; a running daemon keeps its previous configuration, but a "
                + "restart would fail: " + errors.joined(separator: "; ")
        )
    }

    static func patternUnmatched(_ context: TargetContext, _ glob: Glob) -> ReportEntry {
        ReportEntry(
            .configUnmatched,
            .warning,
            "\(context.place): the pattern \"\(glob)\" in the config file matches no pipeline; "
                + "checked again at every ListPipelines call"
        ) {
            $0.add(context)
        }
    }

    static func stagesUnmatched(
        _ context: PipelineContext,
        _ stages: [StageName],
        has known: [StageName]
    ) -> ReportEntry {
        ReportEntry(
            .configUnmatched,
            .warning,
            "\(context.key): the config file configures stage \(stages.listed), which the pipeline "
                + "does not have; its stages are \(known.listed)"
        ) {
            $0.add(context)
        }
    }
}
