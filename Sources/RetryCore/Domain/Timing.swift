/// The engine's fixed times; those that a person may set are in the config file.
enum Timing {
    /// Longer than any call of the client lasts, so a lost answer becomes a reached deadline.
    static let call = Duration.seconds(90)
    /// Longer than a write to the ledger lasts.
    static let write = Duration.seconds(60)
    /// How long a failure waits for a ledger that cannot answer whether it knows it.
    static let recall = Duration.seconds(300)
    /// The first wait before the ledger is asked again.
    static let recallAgain = Duration.seconds(5)
    /// The same at most.
    static let recallAgainMax = Duration.seconds(60)
    /// How long the state is watched after a call for a sign of its effect (docs/STATES.md).
    static let effect = Duration.seconds(60)
    /// Between two polls while an answer is settled or verified.
    static let effectPoll = Duration.seconds(5)
    /// How long a decision waits for what the ledger says of the past.
    static let precedents = Duration.seconds(10)
    /// How long lagging or unreadable history is retried before a decision is made without it
    /// (docs/decisions/0014-evidence-that-is-fresh.md).
    static let evidence = Duration.seconds(300)
    /// The first wait for such history; doubles up to ``evidenceAgainMax``.
    static let evidenceAgain = Duration.seconds(5)
    /// The longest wait between two such tries.
    static let evidenceAgainMax = Duration.seconds(60)
    /// After which time a wait for the history is reported.
    static let evidenceReported = Duration.seconds(60)
    /// Pattern evaluations without a result before they count as not evaluable.
    static let patternTries = 3
    /// How long AWS must answer that the pipeline does not exist before its episodes end.
    static let gone = Duration.seconds(60)
    /// The same while most pipelines of the target are missing, as with credentials of another
    /// account.
    static let knownRemoved = Duration.seconds(6 * 3600)
    /// How long the answers after a start must lack what the ledger has before that is believed.
    static let lacking = Duration.seconds(30)
    /// How long a stage is InProgress with nothing left to run before that is reported; a stage
    /// with an approval takes up to 43 s to end.
    static let stuck = Duration.seconds(600)
    /// Consecutive ListPipelines answers without most of the known names before that is reported.
    static let partialLists = 3
    /// Between two discoveries.
    static let list = Duration.seconds(300)
    /// The shortest time between two lists of one pipeline's executions.
    static let executions = Duration.seconds(600)
    /// The share of a rate that such lists may take.
    static let executionsShare = 0.1
    /// The page size of such a list.
    static let executionsPage = 25
    /// The page size of a PARALLEL pipeline with many open executions: the most that AWS allows.
    static let executionsPageMax = 100
    /// More open executions than these make the page large.
    static let executionsFew = 10
    /// Between two reads of an open execution that newer ones pushed off the page.
    static let unlisted = Duration.seconds(60)
    /// How old the definition may be when an execution of a PARALLEL pipeline fails, whose polls do
    /// not show the version.
    static let parallelDefinition = Duration.seconds(60)
    /// How old it may be while nothing fails: a change of the mode is noticed at the latest then.
    static let parallelMode = Duration.seconds(600)
    /// How long GetPipeline must answer with an older version than the known one, in a PARALLEL
    /// pipeline, before that is believed: it was deleted and recreated.
    static let olderDefinition = Duration.seconds(300)
    /// How old a failure in a PARALLEL pipeline may be when it is first seen, whatever
    /// `max_failure_age` says: a list shows executions of twelve months, and the ledger forgets
    /// after 30 days how the episode of one ended.
    static let parallelAge = Duration.seconds(29 * 86_400)
    /// How often a definition is read again because of one execution that contradicts its mode.
    static let modeChecks = 3
    /// How long nothing is retried in a PARALLEL pipeline after AWS refused it.
    static let parallelRefused = Duration.seconds(86_400)
    /// Between two polls of a pipeline that was not found or became unreadable.
    static let lost = Duration.seconds(600)
    /// The first wait after a failed poll; doubles up to ``failedPollMax``.
    static let failedPoll = Duration.seconds(5)
    /// The longest wait after a failed poll, unless `poll.interval` is longer.
    static let failedPollMax = Duration.seconds(60)
    /// How long a phase that only a poll can end lasts before it is checked again.
    static let idle = Duration.seconds(600)
    /// How long a hold may last before it is checked again.
    static let lift = Duration.seconds(3600)
    /// How old a Failed state that never changed may grow before it is taken as new.
    static let staleFailure = Duration.seconds(300)
    /// How long StageNotRetryableException must last before it is believed.
    static let notRetryable = Duration.seconds(15)
    /// Between two attempts without the permission.
    static let accessDenied = Duration.seconds(3600)
    /// How long a retry is remembered for a budget that only a later file may bring.
    static let budgetMemory = Duration.seconds(86_400)
    /// Between two released retries after a hold or pause.
    static let stagger = Duration.seconds(2)
    /// Consecutive failed polls after which a pipeline counts as unreadable.
    static let unreadableAfter = 5

    /// `first`, doubled with each repetition from 0, up to `longest`.
    static func doubling(_ first: Duration, times: Int, longest: Duration) -> Duration {
        min(longest, first * (1 << min(max(0, times), 20)))
    }
}
