import ArgumentParser
import RetryCore
import RetryDaemon
import Settings

/// `explain`: the whole reasoning about one stage.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Print what would be done about a failed stage, and why.",
        discussion: """
            Without files the pipeline is read from CodePipeline, the cause of the failure from \
            the service that ran the action, and a running daemon is asked for pauses and its own \
            decision. With --state no calls are made: the files are what \
            'aws codepipeline get-pipeline-state', 'get-pipeline' and 'list-action-executions' \
            printed. For a pipeline in PARALLEL mode, which has no state, give \
            --pipeline-executions and --executions in place of --state. If you omit \
            --definition or --executions, that information is treated as not readable; use this \
            to see the effect of a missing permission.
            """
    )

    @OptionGroup var file: ConfigOption

    @Option(name: [.long, .short], help: ArgumentHelp("The pipeline.", valueName: "name"))
    var pipeline: String

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("The stage (default: the first that failed).", valueName: "name")
    )
    var stage: String?

    @Option(
        help: ArgumentHelp(
            "The execution, of a pipeline in PARALLEL mode (default: the newest that failed).",
            valueName: "id"
        )
    )
    var execution: String?

    @Option(
        help: ArgumentHelp(
            "The target (default: the first that selects the pipeline).",
            valueName: "name"
        )
    )
    var target: String?

    @Option(help: ArgumentHelp("What get-pipeline-state printed.", valueName: "file"))
    var state: String?

    @Option(help: ArgumentHelp("What get-pipeline printed.", valueName: "file"))
    var definition: String?

    @Option(help: ArgumentHelp("What list-action-executions printed.", valueName: "file"))
    var executions: String?

    @Option(
        help: ArgumentHelp(
            "What list-pipeline-executions printed, of a pipeline in PARALLEL mode.",
            valueName: "file"
        )
    )
    var pipelineExecutions: String?

    @Option(
        help: ArgumentHelp(
            "What the AWS CLI printed of the service that failed, such as codebuild "
                + "batch-get-builds, logs get-log-events, cloudformation describe-stack-events or "
                + "deploy get-deployment (repeatable).",
            valueName: "file"
        )
    )
    var cause: [String] = []

    @Option(
        help: ArgumentHelp(
            "The retries already made (default: what the stage's counter shows).",
            valueName: "n"
        )
    )
    var retries: Int?

    @Option(
        help: ArgumentHelp(
            "The time of the decision, RFC 3339 or epoch seconds (default: now).",
            valueName: "time"
        )
    )
    var at: TimeArgument?

    @OptionGroup var daemon: DaemonOption

    @Flag(help: "Print one JSON value.")
    var json = false

    func validate() throws {
        if let retries, !(0...1000).contains(retries) {
            throw ValidationError("--retries must be from 0 to 1000.")
        }
        if state == nil, pipelineExecutions == nil,
            definition != nil || executions != nil || !cause.isEmpty
        {
            throw ValidationError(
                "--definition, --executions and --cause need --state or --pipeline-executions."
            )
        }
        guard pipelineExecutions != nil else { return }
        if state != nil {
            throw ValidationError(
                "--state and --pipeline-executions exclude each other: a pipeline in PARALLEL "
                    + "mode has no state."
            )
        }
        if executions == nil {
            throw ValidationError("--pipeline-executions needs --executions.")
        }
    }

    func run() async throws {
        try await ExplainSession(self).run().exit()
    }
}

/// One run of `explain`.
struct ExplainSession {
    private let command: ExplainCommand

    init(_ command: ExplainCommand) {
        self.command = command
    }

    func run() async -> ExitStatus {
        do {
            let variables = LiveHostVariables.read()
            let world = try LiveWorld(sink: TerminalSink(), variables: variables)
            // It has credentials in memory as the daemon does.
            world.forbidDumps()
            let status = await run(world)
            await world.shutDown()
            return status
        } catch {
            Terminal.complain("pipeline-retryd: \(error)")
            return .internalError
        }
    }

    private func run(_ world: LiveWorld) async -> ExitStatus {
        let question = ExplainQuestion(
            pipeline: PipelineName(command.pipeline),
            stage: command.stage.map { StageName($0) },
            execution: command.execution.map { ExecutionID($0) },
            target: command.target.map { TargetName($0) },
            retries: command.retries,
            at: command.at?.time ?? world.clock.wall,
            seed: world.seed
        )
        if command.state != nil || command.pipelineExecutions != nil {
            return await offline(world, question)
        }
        return await live(world, question)
    }

    /// From files; nothing is called, so Regions need not be known.
    private func offline(
        _ world: LiveWorld,
        _ question: ExplainQuestion
    ) async -> ExitStatus {
        let environment = SettingsEnvironment(now: world.clock.wall)
        let settings: LoadedSettings
        switch SettingsFile.read(path: command.file.config, environment: environment) {
        case .success(let loaded): settings = loaded
        case .failure(let errors):
            for error in errors.errors { Terminal.complain(error.description) }
            return .config
        }
        let explainer = Explainer(settings.configuration, patterns: PatternMatcher())
        do throws(ExplainError) {
            var facts = try files(question, explainer)
            try facts.take(causes: command.cause.map(document))
            return show(question, facts, settings.configuration)
        } catch {
            Terminal.complain("pipeline-retryd: \(error.message)")
            return .unreadableInput
        }
    }

    private func files(
        _ question: ExplainQuestion,
        _ explainer: Explainer
    ) throws(ExplainError) -> ExplainFacts {
        if let list = command.pipelineExecutions, let rows = command.executions {
            return try ExplainFacts(
                ofParallel: question,
                list: try document(list),
                rows: try document(rows),
                definition: try command.definition.map(document)
            )
        }
        return try ExplainFacts(
            of: question,
            state: try document(command.state ?? "-"),
            definition: try command.definition.map(document),
            executions: try command.executions.map(document),
            isNamed: { explainer.names($0, for: question) }
        )
    }

    private func document(
        _ path: String
    ) throws(ExplainError) -> (name: String, bytes: [UInt8]) {
        // A dash is standard input, as everywhere.
        switch SystemFile.drain(path == "-" ? "/dev/stdin" : path, atMost: 256 << 20) {
        case .success(let bytes): return (path, bytes)
        case .failure(let error): throw ExplainError("\(path): \(error)")
        }
    }

    private func live(_ world: LiveWorld, _ question: ExplainQuestion) async -> ExitStatus {
        let loaded: LoadedConfiguration<ConnectionPlan>
        switch await world.loader(path: command.file.config).load() {
        case .valid(let configuration): loaded = configuration
        case .refused(_, let errors):
            for error in errors { Terminal.complain(error) }
            return .config
        }
        let explainer = Explainer(loaded.configuration, patterns: PatternMatcher())
        let expected = explainer.entry(for: question)?.target.name
        if let expected, let failure = loaded.unplanned[expected] {
            Terminal.complain("pipeline-retryd: target \(expected): \(failure.sentence)")
            return .unavailable
        }
        guard let target = expected,
            let plan = loaded.connections[target]
        else {
            let nothing = PipelineSnapshot(version: nil, stages: [])
            let facts = ExplainFacts(snapshot: nothing, definition: nil, rows: nil)
            return show(question, facts, loaded.configuration)
        }
        let connection = world.connector.connect(target, plan)
        let facts = await withDiscardingTaskGroup { group in
            group.addTask { await connection.run() }
            let facts = await read(question, explainer, from: connection)
            connection.close()
            return facts
        }
        switch facts {
        case .success(var facts):
            switch await ControlSession(command.daemon).status() {
            case .success(let daemon): facts.daemon = daemon
            case .failure(let problem):
                facts.notes.append(
                    "no daemon was asked (\(problem)): pauses by command, budgets, outages and "
                        + "the time of first detection are not known here"
                )
            }
            return show(question, facts, loaded.configuration)
        case .failure(let problem):
            Terminal.complain("pipeline-retryd: \(problem.message)")
            return .unavailable
        }
    }

    /// The pipeline's facts, and the causes of what failed.
    private func read(
        _ question: ExplainQuestion,
        _ explainer: Explainer,
        from connection: any ServiceConnection
    ) async -> Result<ExplainFacts, ExplainError> {
        switch await ExplainFacts.read(question, from: connection.service) {
        case .failure(let problem): return .failure(problem)
        case .success(var facts):
            let requests = explainer.causeRequests(question, facts)
            guard !requests.isEmpty else { return .success(facts) }
            let settings = explainer.causes
            let reports = await connection.causes.causes(
                of: requests,
                logLines: settings.logLines,
                within: settings.timeout
            )
            facts.take(reports, to: requests)
            return .success(facts)
        }
    }

    private func show(
        _ question: ExplainQuestion,
        _ facts: ExplainFacts,
        _ configuration: Configuration
    ) -> ExitStatus {
        let explainer = Explainer(configuration, patterns: PatternMatcher())
        do throws(ExplainError) {
            try explainer.check(question, facts)
        } catch {
            Terminal.complain("pipeline-retryd: \(error.message)")
            return .usage
        }
        let explanation = explainer.explain(question, facts)
        if command.json {
            Terminal.write(json: explanation.json)
        } else {
            Terminal.write(explanation.text)
        }
        return .success
    }
}
