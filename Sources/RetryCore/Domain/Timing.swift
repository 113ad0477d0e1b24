/// The fixed times of the engine; what a person may set stands in the config file instead.
enum Timing {
    /// Longer than any call of the client lasts: a lost answer is a deadline reached.
    static let call = Duration.seconds(90)
    /// Longer than a write to the ledger lasts.
    static let write = Duration.seconds(60)
    /// How long a failure waits for a ledger that cannot say whether it is known.
    static let recall = Duration.seconds(300)
    /// Before the ledger is asked again, at first.
    static let recallAgain = Duration.seconds(5)
    /// The same at most.
    static let recallAgainMax = Duration.seconds(60)
    /// How long the state is watched after a call for a sign of its effect (DESIGN 4.6, 4.7).
    static let effect = Duration.seconds(60)
    /// Between two looks while an answer is settled or verified.
    static let effectPoll = Duration.seconds(5)
    /// How long evidence that lags or cannot be read is tried before that is decided upon
    /// (DESIGN-2 1.2).
    static let evidence = Duration.seconds(300)
    /// The first wait for such evidence; doubles up to ``evidenceAgainMax``.
    static let evidenceAgain = Duration.seconds(5)
    /// The longest wait between two such tries.
    static let evidenceAgainMax = Duration.seconds(60)
    /// When evidence that does not come is said to be waited for.
    static let evidenceReported = Duration.seconds(60)
    /// Evaluations of patterns that do not come back before they count as not evaluable.
    static let patternTries = 3
    /// How long AWS must say that the pipeline does not exist before its episodes end.
    static let gone = Duration.seconds(60)
    /// The same while most pipelines of the target are missing, as with keys of another account.
    static let knownRemoved = Duration.seconds(6 * 3600)
    /// How long the answers after a start must lack what the ledger has before that is believed.
    static let lacking = Duration.seconds(30)
    /// How long a stage is InProgress with nothing left to run before that is said (DESIGN-2 1.9);
    /// an approval's stage takes up to 43 s to end.
    static let stuck = Duration.seconds(600)
    /// Answers of ListPipelines in a row that lost most names before that is said.
    static let partialLists = 3
    /// Between two discoveries (DESIGN section 5).
    static let list = Duration.seconds(300)
    /// The shortest time between two lists of one pipeline's executions (DESIGN-2 1.9).
    static let executions = Duration.seconds(600)
    /// The part of a rate that such lists may take.
    static let executionsShare = 0.1
    /// The rows of such a list.
    static let executionsPage = 25
    /// Between two looks at a pipeline that is lost (DESIGN 4.6).
    static let lost = Duration.seconds(600)
    /// The first wait after a failed look; doubles up to ``failedPollMax``.
    static let failedPoll = Duration.seconds(5)
    /// The longest wait after a failed look, unless `poll.interval` is longer.
    static let failedPollMax = Duration.seconds(60)
    /// How long a phase that only polls can end stands before it is looked at again.
    static let idle = Duration.seconds(600)
    /// How long a brake may stand before it is looked at again.
    static let lift = Duration.seconds(3600)
    /// How old a Failed state that never changed may grow before it is taken as new.
    static let staleFailure = Duration.seconds(300)
    /// Before StageNotRetryableException is believed (DESIGN 4.6).
    static let notRetryable = Duration.seconds(15)
    /// Between two tries without the permission (DESIGN 4.6).
    static let accessDenied = Duration.seconds(3600)
    /// How long a retry is remembered for a budget that only a later file may bring.
    static let budgetMemory = Duration.seconds(86_400)
    /// Between two released retries after a hold or pause.
    static let stagger = Duration.seconds(2)
    /// Failed looks in a row after which a pipeline counts as unreadable.
    static let unreadableAfter = 5

    /// `first`, doubled with each repetition from 0, up to `longest`.
    static func doubling(_ first: Duration, times: Int, longest: Duration) -> Duration {
        min(longest, first * (1 << min(max(0, times), 20)))
    }
}
