import Primitives

extension ServiceModel {
    /// The constant part of an action run, kept separately, since runs are copied often.
    final class ActionStart: Sendable {
        let id: String
        let sequence: UInt64
        let stage: String
        let stageIndex: Int
        let action: String
        let actionIndex: Int
        let attempt: Attempt
        let started: ModelTime
        let token: String?
        let externalID: String

        init(
            id: String,
            sequence: UInt64,
            stage: String,
            stageIndex: Int,
            action: String,
            actionIndex: Int,
            attempt: Attempt,
            started: ModelTime,
            token: String?,
            externalID: String
        ) {
            self.id = id
            self.sequence = sequence
            self.stage = stage
            self.stageIndex = stageIndex
            self.action = action
            self.actionIndex = actionIndex
            self.attempt = attempt
            self.started = started
            self.token = token
            self.externalID = externalID
        }
    }

    /// One run of one action.
    struct ActionRun: Sendable {
        let start: ActionStart
        var updated: ModelTime
        var status = ActionStatus.inProgress
        var updatedBy: String?
        var summary: String?
        var errorCode: String?
        var errorMessage: String?
        /// From when the state shows it while it runs.
        var appears: ModelTime
        /// Its date in the state: none for an approval without an answer.
        var changed: ModelTime?
        /// How an approval has ended of which its stage and its row do not know yet.
        var ending: ActionStatus?
        /// An update of the definition or a stop has taken the approval back.
        var isWithdrawn = false

        var id: String { start.id }
        var sequence: UInt64 { start.sequence }
        var stage: String { start.stage }
        var stageIndex: Int { start.stageIndex }
        var action: String { start.action }
        var actionIndex: Int { start.actionIndex }
        var attempt: Attempt { start.attempt }
        var started: ModelTime { start.started }
        var token: String? { start.token }
        var externalID: String { start.externalID }
        var externalURL: String? { start.attempt.externalURL }

        /// Whether an answer is still possible, or the action can still end by itself.
        var isOpen: Bool {
            status == .inProgress && ending == nil && !isWithdrawn
        }

        /// The status in the state, which shows an approval's end at once.
        var shownStatus: ActionStatus {
            guard status == .inProgress else { return status }
            return ending ?? (isWithdrawn ? .failed : .inProgress)
        }

        /// Shows it as it was before it ended.
        mutating func forgetEnd() {
            status = .inProgress
            updated = started
            updatedBy = nil
            summary = nil
            errorCode = nil
            errorMessage = nil
            ending = nil
            isWithdrawn = false
        }
    }

    /// How far one action of a stage run is.
    enum ActionProgress: Hashable, Sendable {
        case waiting
        case running(Int)
        case succeeded(Int)
        case failed(Int)
        case abandoned(Int)

        var isRunning: Bool {
            if case .running = self { true } else { false }
        }

        var isFailed: Bool {
            if case .failed = self { true } else { false }
        }

        var isSucceeded: Bool {
            if case .succeeded = self { true } else { false }
        }

        /// Whether a retry of the failed actions runs it again.
        var isLost: Bool {
            switch self {
            case .failed, .abandoned: true
            case .waiting, .running, .succeeded: false
            }
        }
    }

    /// A condition, once its evaluation has begun.
    struct ConditionRecord: Sendable {
        var status: ConditionStatus
        var at: ModelTime
        /// When its evaluation ends.
        let due: ModelTime
        let ruleExecution: String
    }

    /// One execution's run of one stage.
    struct StageRun: Sendable {
        var status: StageStatus = .inProgress
        var progress: [ActionProgress]
        var attempts: [Int]
        var automaticRetries = 0
        var manualRetries = 0
        var latestTrigger: RetryTrigger?
        /// When the stage's own reaction to its failure is due; the stage is locked until then.
        var nativeDue: ModelTime?
        var beforeEntry: ConditionRecord?
        var onSuccess: ConditionRecord?
        var onFailure: ConditionRecord?

        init(actions: Int) {
            progress = Array(repeating: .waiting, count: actions)
            attempts = Array(repeating: 0, count: actions)
        }

        var hasRunning: Bool {
            progress.contains { $0.isRunning }
        }

        var hasFailed: Bool {
            progress.contains { $0.isFailed }
        }

        /// How often it was retried, by anyone.
        var retries: Int { automaticRetries + manualRetries }

        subscript(place: ConditionPlace) -> ConditionRecord? {
            get {
                switch place {
                case .beforeEntry: beforeEntry
                case .onSuccess: onSuccess
                case .onFailure: onFailure
                }
            }
            set {
                switch place {
                case .beforeEntry: beforeEntry = newValue
                case .onSuccess: onSuccess = newValue
                case .onFailure: onFailure = newValue
                }
            }
        }
    }

    /// One execution of a pipeline.
    struct Execution: Sendable {
        let id: String
        let number: Int
        let ordinal: Int
        let version: Int
        let mode: ExecutionMode
        let type: ExecutionType
        let trigger: String
        let triggerDetail: String
        let rollbackTarget: String?
        let started: ModelTime
        /// From when ListPipelineExecutions has it.
        let appears: ModelTime
        var updated: ModelTime
        var status: ExecutionStatus = .inProgress
        var stage: Int
        var isWaiting = false
        var isStopping = false
        var isCancelling = false
        var isAbandoning = false
        var stopReason: String?
        /// Why it ended, if the reason is neither a stage nor a stop.
        var statusSummary: String?
        /// The status that GetPipelineExecution still shows, and until when.
        var former: (status: ExecutionStatus, until: ModelTime)?
        var runs: [StageRun?]
        var actionRuns: [ActionRun] = []
    }

    /// An action run, identified by the positions of its execution and of itself in their lists.
    struct RunReference: Hashable, Sendable {
        let execution: Int
        let run: Int
    }

    /// An execution's visit to a stage, by the execution's position and the stage's in its version.
    struct Visit: Hashable, Sendable {
        let execution: Int
        let stage: Int
    }

    /// The gate into a stage.
    struct Transition: Hashable, Sendable {
        var isEnabled = true
        var changedBy: String?
        var changedAt: ModelTime?
        var reason: String?
    }

    /// The shown state of one stage, which outlives executions.
    struct StageRecord: Sendable {
        let name: String
        var latest: Visit?
        var inbound: [Int] = []
        var transition = Transition()
        var actions: [ShownRun?]
        /// Sources that could not be read when they were polled, by the action's position.
        var pollingFailures: [Int: PollingFailure] = [:]
    }

    /// The shown state of an action.
    struct ShownRun: Hashable, Sendable {
        /// The newest run; nil: none has started since the action was set back.
        var run: RunReference?
        /// The run before, which still shows.
        var old: RunReference?
        /// Until when.
        var oldUntil: ModelTime
    }

    /// A source that could not be read: no execution results.
    package struct PollingFailure: Hashable, Sendable {
        /// errorDetails.code.
        package let code: String
        /// errorDetails.message.
        package let message: String
        /// When it was polled.
        package let at: ModelTime
    }
}

/// The state shared by all pipelines of a model: the time, the ids, the agenda and the settings.
struct ModelContext: Sendable {
    let account: String
    let region: String
    /// The partition of the Region, for ARNs.
    let partition: String
    /// The ARN of a person, up to the name.
    private let user: String
    var timing: ServiceModel.Timing
    var now: ModelTime
    var ids: SplitMix64
    /// Apart from the ids, which are to be the same with and without delays.
    var delays: SplitMix64
    var agenda = Agenda()
    var nextRun: UInt64 = 0

    init(
        account: String,
        region: String,
        timing: ServiceModel.Timing,
        now: ModelTime,
        seed: UInt64
    ) {
        self.account = account
        self.region = region
        self.timing = timing
        self.now = now
        partition = Partition.of(region: region).name
        user = "arn:\(partition):iam::\(account):user/"
        ids = SplitMix64(seed: seed)
        delays = SplitMix64(seed: seed ^ 0xDE1A)
    }

    func person(_ name: String) -> String { user + name }

    /// The beginning of a service's ARNs, up to the account.
    func arn(_ service: String) -> String { "arn:\(partition):\(service):\(region):\(account)" }

    func name(of caller: ServiceModel.Caller) -> String {
        switch caller {
        case .client: person("simulated")
        case .human: person("human")
        case .service: "codepipeline.amazonaws.com"
        }
    }
}
