extension ServiceModel {
    /// The delays of the service: AWS documents none of them.
    package struct Timing: Hashable, Sendable {
        /// From a stage's failure to its own automatic retry or rollback.
        package var nativeWindow: Duration
        /// From a stage's release to the entry of the next execution.
        package var handover: Duration
        /// How many executions of one QUEUED or PARALLEL pipeline may be active.
        package var executionLimit: Int
        /// An update leaves a younger approval as it is for good, and cancels the execution of an
        /// older one: under 10 s and over 110 s were recorded.
        package var approvalSticks: Duration = .seconds(60)
        /// For how long reads of the history know an execution that has ended, counted from its
        /// start: AWS's 12 months.
        package var historyKeeps: Duration = .seconds(365 * 86_400)
        /// What a retry in PARALLEL mode is answered; AWS's answer is not recorded.
        package var parallelRetry = ParallelRetry.accepted
        /// Whether a stage shows as Failed once an action has failed, though others still run: that
        /// AWS waits for them was recorded of approvals only.
        package var failsEarly = false
        private var spans: [Delay: Span] = [:]

        /// Creates the delays; the defaults are this model's decision, the limit is AWS's.
        package init(
            nativeWindow: Duration = .seconds(2),
            handover: Duration = .zero,
            executionLimit: Int = 50
        ) {
            self.nativeWindow = nativeWindow
            self.handover = handover
            self.executionLimit = executionLimit
        }

        /// A delay that differs from time to time; none by default.
        package subscript(delay: Delay) -> Span {
            get { spans[delay] ?? .none }
            set { spans[delay] = newValue }
        }

        /// The delays recorded from AWS; unrecorded ones have the default.
        package static let recorded: Timing = {
            var timing = Timing()
            timing[.oldRunShows] = Span(200, 2500)
            timing[.runAppears] = Span(3000, 15_000)
            timing[.approvalSettles] = Span(16_000, 43_000)
            timing[.abandonTakes] = Span(600, 1000)
            timing[.executionLags] = Span(700, 1100)
            timing[.executionAppears] = Span(500, 1000)
            return timing
        }()
    }

    /// Answers to a retry of an execution in PARALLEL mode; the names are those of scenario files.
    package enum ParallelRetry: String, Hashable, Sendable, CaseIterable {
        /// As in the other modes.
        case accepted
        /// StageNotRetryableException, always.
        case notRetryable = "not_retryable"
        /// ConflictException, always.
        case conflict
    }

    /// Effects with a random delay; the names are those of scenario files.
    package enum Delay: String, Hashable, Sendable, CaseIterable {
        /// For how long the state shows the old failed run after a retry of the failed actions.
        case oldRunShows = "old_run_shows"
        /// From the start of a run until the state shows it, unless it has ended before.
        case runAppears = "run_appears"
        /// From the end of an approval, answered or not, until its stage and its row show it.
        case approvalSettles = "approval_settles"
        /// How long an abandoning stop takes.
        case abandonTakes = "abandon_takes"
        /// By how much GetPipelineExecution is behind after a stop, as recorded; in PARALLEL mode
        /// after each change of a stage too, which no recording shows.
        case executionLags = "execution_lags"
        /// From the start of an execution until ListPipelineExecutions has it.
        case executionAppears = "execution_appears"
        /// How long the evaluation of a condition takes; no recording shows one.
        case conditionTakes = "condition_takes"
        /// The lag of ListActionExecutions; no recording shows one.
        case historyLags = "history_lags"
    }

    /// A delay evenly between two bounds.
    package struct Span: Hashable, Sendable {
        /// The shortest, in milliseconds.
        package let shortest: Int64
        /// The longest, in milliseconds.
        package let longest: Int64

        /// Creates a delay of milliseconds; the longest is at least the shortest.
        package init(_ shortest: Int64, _ longest: Int64) {
            self.shortest = shortest
            self.longest = max(shortest, longest)
        }

        /// No delay.
        package static let none = Span(0, 0)

        /// The same with all time divided.
        func divided(by speed: Double) -> Span {
            Span(Int64(Double(shortest) / speed), Int64(Double(longest) / speed))
        }
    }
}

extension ModelContext {
    /// One delay out of its span.
    mutating func draw(_ delay: ServiceModel.Delay) -> Duration {
        let span = timing[delay]
        guard span.longest > span.shortest else { return .milliseconds(span.shortest) }
        let range = UInt64(span.longest - span.shortest) + 1
        return .milliseconds(span.shortest + Int64(delays.next() % range))
    }
}
