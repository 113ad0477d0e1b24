/// One kind of fault that the simulation injects.
package enum SimulatedFault: Int, Hashable, Sendable, CaseIterable {
    /// ThrottlingException.
    case throttling
    /// A 5xx; after a retry it is unknown whether it was executed.
    case serverError
    /// An answer that comes after its deadline.
    case late
    /// A request or answer that never comes.
    case lost
    /// An answer that comes twice.
    case doubled
    /// A request that AWS gets long after it was sent.
    case delayed
    /// GetPipelineState shows an older state.
    case stale
    /// RetryStageExecution is accepted and nothing happens.
    case swallowed
    /// kill -9 between two effects, with the loss of unsynced writes.
    case crash
    /// The ledger is not writable for a while, or slow.
    case disk
    /// The host's clock steps, and its monotonic clock drifts.
    case clock
    /// The Date of an answer is wrong or absent.
    case date
    /// Another config file in the middle of everything.
    case reload
    /// A person retries a stage.
    case humanRetry
    /// A person stops an execution.
    case humanStop
    /// A new execution takes the stages.
    case newExecution
    /// The definition gets a new version.
    case update
    /// A person rolls a stage back.
    case rollback
    /// A person closes and opens a transition.
    case transition
    /// Credentials expire for a while, or there is no connection.
    case credentials
    /// A permission is missing for a while.
    case accessDenied
    /// A person pauses and resumes by command.
    case pause
    /// AWS shows an unknown status.
    case unknownStatus
    /// One pipeline cannot be read for a while.
    case sick
    /// RetryStageExecution is refused: busy, or as not retryable.
    case refusal
    /// ListActionExecutions is seconds behind GetPipelineState.
    case staleHistory
    /// GetPipeline returns the previous version, for some seconds.
    case staleDefinition
    /// ListPipelines misses a new pipeline for some seconds.
    case staleList
    /// An invalid 200: without a body, without its list, or with half of it.
    case emptyAnswer
    /// GetPipelineState shows retries, runs and the ends of approvals as late as was recorded.
    case slowState
    /// A source that cannot be polled, and an execution that fails before any stage.
    case stageless
    /// A stage shows as Failed while other actions of it still run.
    case earlyFailure
    /// Another daemon, with a ledger of its own, watches the same pipelines.
    case rival
    /// Between two runs the ledger is lost, or an older copy of it is put back.
    case ledgerLoss
    /// A target accepts every call and answers none for a while.
    case hang
    /// The calls for one pipeline run into a time-out for a while.
    case timeOut
    /// The daemon's loop stalls for a while, and then receives everything at once.
    case slowLoop
    /// The host sleeps.
    case suspend
    /// Somebody deletes a pipeline, and creates one of the same name later.
    case deletion
    /// A new version has other stages or actions, or another execution mode.
    case restructure
    /// A reload moves a pipeline to another target, or removes, renames or regroups a target.
    case targetChange
    /// A reload gives a target another Region, or adds one for the same names in another Region.
    case regionChange
    /// A reload changes which entry takes a pipeline, or ListPipelines shows one less for a while.
    case entryChange
    /// A reload changes one setting of a policy, and nothing else.
    case policyChange
    /// Somebody renames a pipeline, which is another one then, or a stage that has failed, or an
    /// action of it.
    case rename
    /// Stages have conditions before entry and on failure, whose evaluation takes a while.
    case conditions
    /// Services are asked for causes, which may contradict CodePipeline's words, and often do not
    /// answer.
    case causes

    /// The word that names it on the command line and in seeds: `human_retry` of `humanRetry`.
    package var word: String { SimulatedFault.words[rawValue] }

    /// The fault that a word names; nil: none.
    package init?(word: String) {
        guard let place = SimulatedFault.words.firstIndex(of: word) else { return nil }
        self = SimulatedFault.allCases[place]
    }

    private static let words = allCases.map { fault in
        "\(fault)".reduce(into: "") { word, letter in
            word += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }

    /// The faults that keep the daemon, or the path to AWS, from working; not people's actions.
    static let disturbances: Set<SimulatedFault> = Set(allCases).subtracting([
        .humanRetry, .humanStop, .newExecution, .update, .rollback, .transition, .pause, .reload,
        .slowState, .stageless, .earlyFailure, .rival, .deletion, .restructure, .targetChange,
        .regionChange, .entryChange, .policyChange, .rename, .conditions, .causes,
    ])

    /// The faults by which a read is late, or empty.
    package static let lags: Set<SimulatedFault> = [
        .staleHistory, .staleDefinition, .staleList, .emptyAnswer, .slowState, .stageless,
    ]

    /// Faults added later: each is drawn from its own RNG, so that a seed without them is
    /// unchanged.
    package static let later: Set<SimulatedFault> = rare.union([.earlyFailure, .rival, .ledgerLoss])

    /// Those of them that only every eighth seed has: a quarter of all seeds have none.
    private static let rare: Set<SimulatedFault> = [
        .hang, .timeOut, .slowLoop, .suspend, .deletion, .restructure, .targetChange,
        .regionChange, .entryChange, .policyChange, .rename, .conditions, .causes,
    ]

    /// The possible strengths of a fault in a seed.
    fileprivate var strengths: [Double] {
        SimulatedFault.rare.contains(self) ? [0, 0, 0, 0, 0, 0, 0, 1] : [0, 0, 0, 1]
    }
}

/// The strength of each fault in one seed.
struct FaultSchedule: Sendable {
    /// The strengths in the order of all faults.
    private var strengths = FaultSchedule.none

    private static let none = Array(repeating: 0.0, count: SimulatedFault.allCases.count)

    /// Draws for each allowed fault whether it happens at all, and how often.
    ///
    /// Lags are drawn from their own RNG, and every seed has them.
    init(
        seed: UInt64,
        allowed: Set<SimulatedFault>,
        _ rng: inout SimulationRNG,
        lags: inout SimulationRNG
    ) {
        for fault in SimulatedFault.allCases {
            if SimulatedFault.later.contains(fault) {
                var own = SimulationRNG(seed: seed, "fault \(fault.word)")
                strengths[fault.rawValue] = allowed.contains(fault) ? own.pick(fault.strengths) : 0
                continue
            }
            if SimulatedFault.lags.contains(fault) {
                strengths[fault.rawValue] = allowed.contains(fault) ? lags.pick([0.2, 1]) : 0
                continue
            }
            let strength = rng.pick([0, 0, 0, 0.2, 0.2, 1])
            strengths[fault.rawValue] = allowed.contains(fault) ? strength : 0
        }
    }

    /// The probability at one occasion, given the one at full strength.
    func chance(_ fault: SimulatedFault, _ full: Double) -> Double {
        strengths[fault.rawValue] * full
    }

    /// Whether the seed has the fault at all.
    func has(_ fault: SimulatedFault) -> Bool {
        strengths[fault.rawValue] > 0
    }

    /// Lets a fault happen at full strength, whatever was drawn.
    mutating func force(_ fault: SimulatedFault) {
        strengths[fault.rawValue] = 1
    }

    /// Ends all faults.
    mutating func calm() {
        strengths = FaultSchedule.none
    }
}
