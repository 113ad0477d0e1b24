/// The events of the daemon itself: the fixed parts of each, and its entries.
extension CatalogText {
    static let started = CatalogText(
        id: "7127b9ff54204b83b75b8535747872dc",
        subject: "pipeline-retryd has started",
        happened: "The configuration is valid, the ledger is read, and watching begins.",
        means: """
            Retries that were already scheduled keep their due times and are logged again as
            retry_scheduled. A retry whose answer is not known is settled by reading the state,
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
        happened: "The daemon got a signal, or a --once run finished; the message says which.",
        means: """
            No new call is made. The answer to a retry under way is waited for up to 20 s; one
            that has none by then is settled after the next start. Retries that wait for their
            time stay in the ledger and use nothing up.
            """,
        action: "Nothing, if the stop was meant. While the daemon is down nothing is retried.",
        commands: ["systemctl status pipeline-retryd", "systemctl start pipeline-retryd"]
    )

    static let configLoaded = CatalogText(
        id: "400a59d7fac448b6aa165a5e2e137d47",
        subject: "A new configuration was loaded",
        happened: "The config file was read anew; the message lists what changed.",
        means: """
            Pending retries are re-evaluated under it. Retries already made still count.
            """,
        action: "Compare the listed changes with what you meant.",
        commands: ["pipeline-retryd check"]
    )

    static let configRejected = CatalogText(
        id: "6b76c9678bf945ad89577a520024d24b",
        subject: "The configuration was refused",
        happened: "The config file has faults; the message lists them as file:line:column.",
        means: """
            On a reload the former configuration stays in force and the daemon goes on; a restart
            would fail. On a start the daemon exits with status 78 and systemd does not restart it.
            """,
        action: "Correct the file until check prints no fault, then reload (or start).",
        commands: ["pipeline-retryd check", "systemctl reload pipeline-retryd"]
    )

    static let configUnmatched = CatalogText(
        id: "00fb1780cdc046c7b492d1c1c8839541",
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
            "\(path) was refused; a daemon that runs keeps its former configuration, and a restart "
                + "would fail: " + errors.joined(separator: "; ")
        )
    }

    static func patternUnmatched(_ context: TargetContext, _ glob: Glob) -> ReportEntry {
        ReportEntry(
            .configUnmatched,
            .warning,
            "\(context.place): no pipeline matches \"\(glob)\" of the config file; "
                + "the next list may show one"
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
            "\(context.key): the config file sets \(stages.listed), and the pipeline has no such "
                + "stage; it has \(known.listed)"
        ) {
            $0.add(context)
        }
    }
}
