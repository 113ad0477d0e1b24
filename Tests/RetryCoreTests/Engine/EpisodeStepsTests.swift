import Primitives
import Testing

@testable import RetryCore

/// One episode without an engine: inputs and the steps that follow.
@Suite struct EpisodeStepsTests {
    /// An episode with its world, and an engine's reaction to the steps.
    struct Rig {
        static let edition = PipelineEdition(version: 1, created: nil)
        static let epoch = WallTime(milliseconds: 1_700_000_000_000)

        var episode: Episode
        var now = Instant.origin
        var calls: UInt64 = 0
        var definition: KnownDefinition
        var policy: StagePolicy
        var rival: TargetName?

        init(_ policy: StagePolicy = .plain) {
            let record = EpisodeRecord(
                key: .web,
                firstFailure: Self.epoch,
                firstSeen: Self.epoch,
                foreignRetries: 0
            )
            episode = Episode(
                record: record,
                phase: .gathering(since: .origin, until: .origin),
                stage: .failed("queue full", at: Self.epoch)
            )
            definition = .read(
                PackedDefinition(
                    PipelineDefinition(
                        version: 1,
                        executionMode: .superseded,
                        stages: ["Build": StageDefinition(actions: [:])]
                    )
                )
            )
            self.policy = policy
        }

        /// A past that rules a retry out under a success gate.
        static let hopeless = Precedents(
            gate: GateEvidence(
                level: .kind(.flaky),
                counts: TrialCounts(recovered: 0, trials: 20),
                idle: 0
            )
        )

        var time: WallTime { Self.epoch + (now - .origin) }

        var world: EpisodeEnvironment {
            EpisodeEnvironment(
                now: now,
                nextCall: CallID(number: calls + 1),
                seed: 1,
                clock: ServerClock(now: .origin, wall: Self.epoch),
                time: time,
                isTargetDown: false,
                isTargetPaused: false,
                context: EpisodeContext(
                    key: .web,
                    region: "eu-west-1",
                    account: nil,
                    partition: nil,
                    policy: policy.name
                ),
                policy: policy,
                definition: definition,
                version: 1,
                isDenialReported: false,
                rival: rival,
                isParallelRefused: false,
                holds: Holds(LedgerSnapshot()),
                causes: .off,
                isDryRun: false,
                budget: nil,
                cost: nil,
                prices: ActionPrices()
            )
        }

        /// Delivers one input; decisions come back at once, as if nothing held them.
        mutating func tell(_ input: EpisodeInput) -> [EpisodeStep] {
            var all: [EpisodeStep] = []
            for step in episode.take(input, world) {
                all.append(step)
                switch step {
                case .trace, .match, .compare, .record, .send: calls += 1
                case .decided(let decision, let checked):
                    all += tell(.decided(decision, checked: checked))
                case .forgetDefinition: definition = .unread
                case .report, .write, .ask, .withdraw, .poll, .giveBack, .charge, .denialReported,
                    .refusedInParallel, .notTaken, .succeeded, .ended:
                    break
                }
            }
            return all
        }

        var row: ActionRow { .failed(episode.stage) }
        var id: CallID { CallID(number: calls) }

        /// A poll that was requested after everything else.
        var poll: CallID { CallID(number: calls + 100) }

        mutating func show(_ change: (inout StageSnapshot) -> Void = { _ in }) -> [EpisodeStep] {
            var stage = episode.stage
            change(&stage)
            return tell(.shown(stage, Self.edition, by: poll))
        }

        /// Continues until the retry waits for its time.
        mutating func plan() -> [EpisodeStep] {
            tell(.began) + tell(.evidenceRead(CallID(number: calls + 1), .read([row], at: nil)))
        }

        /// Continues until the intent is being written.
        mutating func record() -> [EpisodeStep] {
            var steps = plan()
            now = episode.phase.deadline ?? now
            steps += tell(.due)
            steps += show()
            return steps
        }

        /// Continues until the call is under way.
        mutating func call() -> [EpisodeStep] {
            record() + tell(.intentRecorded(id, .durable, isCalling: false)) + tell(.turn)
        }
    }

    @Test func `a retry is planned, checked, recorded and sent, one step after the other`() {
        var rig = Rig()
        #expect(rig.plan().events == [.stageFailed, .retryScheduled])
        #expect(rig.episode.phase.name == .pending)
        rig.now = rig.episode.phase.deadline ?? rig.now
        #expect(rig.tell(.due).asked == [.state(.web)])
        #expect(rig.episode.phase.name == .rechecking)
        #expect(rig.show().contains(.record(CallID(number: 1), rig.episode.phase.intent)))
        #expect(rig.episode.intents.isEmpty)
        let durable = rig.tell(.intentRecorded(rig.id, .durable, isCalling: false))
        #expect(durable.asked == [.retry(.web)])
        #expect(rig.episode.intents.map(\.state) == [.open])
        let sent = rig.tell(.turn)
        #expect(sent.events == [.retrySent])
        #expect(sent.contains(.send(CallID(number: 2), .failedActions)))
    }

    @Test(arguments: [
        (RetryAnswer.accepted(requestID: nil, at: nil), IntentState.accepted, RetryCounts(own: 1)),
        (.unknown("lost"), .unknown, RetryCounts(late: 1)),
        (
            .refused(.conflict, CallFailure(kind: .serverError, operation: nil, message: "")),
            .notExecuted, RetryCounts()
        ),
    ])
    func `an answer decides how the intent counts`(
        _ answer: RetryAnswer,
        _ state: IntentState,
        _ counts: RetryCounts
    ) {
        var rig = Rig()
        _ = rig.call()
        let steps = rig.tell(.retryAnswered(rig.id, answer))
        #expect(rig.episode.intents.map(\.state) == [state])
        #expect(rig.episode.record.counts == counts)
        #expect(steps.last == .poll(at: rig.now + .seconds(1)))
    }

    @Test(arguments: [
        EpisodeInput.intentRecorded(CallID(number: 99), .durable, isCalling: false),
        .retryAnswered(CallID(number: 99), .accepted(requestID: nil, at: nil)),
        .patternsMatched(CallID(number: 99), [:]), .patternsLost(CallID(number: 99)),
        .causesRead(CallID(number: 99), [:]),
        .evidenceRead(CallID(number: 99), .read([], at: nil)), .turn,
    ])
    func `an answer to another call than the awaited one is ignored`(
        _ input: EpisodeInput
    ) {
        var rig = Rig()
        _ = rig.call()
        let before = rig.episode
        #expect(rig.tell(input).isEmpty)
        #expect(rig.episode == before)
    }

    @Test func `while an intent is written or sent no poll is taken`() {
        var rig = Rig()
        _ = rig.record()
        #expect(rig.show { $0.latest?.status = .succeeded } == [.notTaken])
        _ = rig.tell(.intentRecorded(rig.id, .durable, isCalling: false))
        // A poll meanwhile made it uncertain: it is decided again, and not sent.
        #expect(rig.episode.phase.name == .gathering)
        #expect(rig.episode.intents.map(\.state) == [.notExecuted])
    }

    @Test func `an intent that was not written draws on no budget and waits`() {
        var rig = Rig()
        _ = rig.record()
        let intent = rig.episode.phase.intent
        let steps = rig.tell(.intentRecorded(rig.id, .failed("disk full"), isCalling: false))
        #expect(steps.contains(.giveBack(intent)))
        #expect(
            rig.episode.phase
                == .deferred(.ledgerUnavailable, pinned: true, until: rig.now + .seconds(5))
        )
        #expect(rig.episode.intents.isEmpty && rig.episode.lastSequence == 1)
    }

    @Test func `another execution takes the stage after two polls, and not before`() {
        var rig = Rig()
        _ = rig.plan()
        let other = StageExecution(id: .second, status: .inProgress)
        let first = rig.show {
            $0.latest = other; $0.actions = []
        }
        #expect(first == [.ask(.state(.web), .check), .notTaken])
        let second = rig.show {
            $0.latest = other; $0.actions = []
        }
        #expect(second.events == [.stageSuperseded])
        #expect(second.last == .ended && rig.episode.record.outcome == .superseded)
    }

    @Test func `a removed stage ends after two polls`() {
        var rig = Rig()
        _ = rig.plan()
        #expect(rig.tell(.missing(by: rig.poll)) == [.ask(.state(.web), .check), .notTaken])
        #expect(rig.tell(.missing(by: rig.id)) == [.notTaken])
        #expect(rig.tell(.missing(by: rig.poll)).events == [.stageRemoved])
        #expect(rig.episode.isEnded)
    }

    @Test func `the stage is left to a rival target`() {
        var rig = Rig()
        rig.rival = "elder"
        #expect(rig.plan().events == [.stageFailed, .stageNotRetried])
        #expect(rig.episode.record.reason == .duplicateTarget)
    }

    @Test func `a definition without the stage is requested again`() {
        var rig = Rig()
        rig.definition = .denied
        let steps = rig.tell(.began)
        #expect(steps.contains(.forgetDefinition))
        #expect(steps.asked == [.definition(.web), .evidence(.web)])
    }

    @Test func `a lifted hold continues at its turn, other waits do not`() {
        var rig = Rig()
        _ = rig.plan()
        let later = rig.now + .seconds(4)
        rig.episode.phase = .deferred(.paused, pinned: false, until: rig.now + .seconds(99))
        #expect(rig.tell(.released(at: later)).isEmpty)
        #expect(rig.episode.phase == .deferred(.paused, pinned: true, until: later))
        _ = rig.tell(.released(at: rig.now))
        _ = rig.tell(.letThrough)
        #expect(rig.episode.phase == .deferred(.paused, pinned: true, until: later))
        rig.episode.phase = .deferred(.outageHold, pinned: true, until: later)
        _ = rig.tell(.letThrough)
        #expect(rig.episode.phase == .deferred(.outageHold, pinned: true, until: rig.now))
    }

    @Test func `after any input it sends only durable intents and ends once`() {
        let reached = (1...400).map(Self.course).reduce(into: Set()) { $0.formUnion($1) }
        // No rule has a pattern, no service is asked, and nothing comes from a ledger.
        let others: Set<EpisodePhase.Name> = [.matching, .resuming, .tracing]
        #expect(reached == Set(EpisodePhase.Name.allCases).subtracting(others))
    }

    /// Delivers any possible input to an episode; returns the phases that it went through.
    private static func course(_ seed: Int) -> Set<EpisodePhase.Name> {
        var reached: Set<EpisodePhase.Name> = []
        var random = SplitMix64(seed: UInt64(seed))
        var rig = Rig()
        rig.policy.successGate = SuccessGate()
        var durable: Set<Int> = []
        var ends = 0
        var steps = rig.tell(.began)
        for _ in 0..<80 {
            for step in steps {
                switch step {
                case .record(let id, let intent):
                    #expect(id == rig.id && !durable.contains(intent.sequence))
                case .send(let id, _):
                    #expect(id == rig.id && durable.contains(rig.episode.phase.intent.sequence))
                case .ended: ends += 1
                case .report, .write, .ask, .withdraw, .poll, .trace, .match, .compare, .giveBack,
                    .charge,
                    .decided,
                    .forgetDefinition, .denialReported, .refusedInParallel, .notTaken, .succeeded:
                    break
                }
            }
            let begun = steps.count(where: \.beginsCall)
            #expect(begun <= 1)
            #expect((rig.episode.phase.deadline == nil) == rig.episode.isEnded)
            #expect(ends == (rig.episode.isEnded ? 1 : 0))
            #expect(rig.episode.record.counts.own >= 0 && rig.episode.record.counts.late >= 0)
            reached.insert(rig.episode.phase.name)
            rig.now = rig.now + .seconds(Int(random.next() % 200))
            if case .recording(_, let intent, _, _) = rig.episode.phase, random.next() % 2 == 0 {
                durable.insert(intent.sequence)
                steps = rig.tell(.intentRecorded(rig.id, .durable, isCalling: false))
            } else {
                steps = rig.tell(Self.input(&random, rig))
            }
        }
        return reached
    }

    private static func input(_ random: inout SplitMix64, _ rig: Rig) -> EpisodeInput {
        var stage = rig.episode.stage
        let poll = CallID(number: rig.calls + random.next() % 100)
        switch random.next() % 16 {
        case 0, 1: return .due
        case 2, 3: return .evidenceRead(poll, .read([.failed(stage)], at: nil))
        case 4: return .intentRecorded(rig.id, .failed("no"), isCalling: false)
        case 5, 6: return .turn
        case 7: return .retryAnswered(rig.id, .accepted(requestID: nil, at: nil))
        case 8: return .retryAnswered(rig.id, .unknown("lost"))
        case 9: return .reconsider
        case 10: return .patternsMatched(rig.id, [:])
        case 11: return random.next() % 20 == 0 ? .over(.notRetried, .notWatched) : .definitionRead
        case 12:
            if stage.latest?.status == .failed { stage.startsAgain() }
        case 13: stage.failsAgain("queue full", at: rig.time)
        case 14:
            if random.next() % 8 == 0 { stage.latest?.status = .succeeded }
        case 15: return .precedentsRead(rig.id, random.next() % 8 == 0 ? Rig.hopeless : nil)
        default: break
        }
        return .shown(stage, Rig.edition, by: poll)
    }
}

extension EpisodeStep {
    fileprivate var beginsCall: Bool {
        switch self {
        case .trace, .match, .compare, .record, .send: true
        case .report, .write, .ask, .withdraw, .poll, .giveBack, .charge, .decided,
            .forgetDefinition,
            .denialReported, .refusedInParallel, .notTaken, .succeeded, .ended:
            false
        }
    }
}

extension [EpisodeStep] {
    /// The reports, in order.
    fileprivate var events: [ReportKind] {
        compactMap { if case .report(let report) = $0 { report.kind } else { nil } }
    }

    /// The requested calls to AWS, in order.
    fileprivate var asked: [PendingCall] {
        compactMap { if case .ask(let pendingCall, _) = $0 { pendingCall } else { nil } }
    }
}

extension ActionRow {
    /// The history's row of a stage's one action.
    fileprivate static func failed(_ stage: StageSnapshot) -> ActionRow {
        ActionRow(
            stage: stage.name,
            action: stage.actions[0],
            category: "Build",
            provider: "CodeBuild",
            pipelineVersion: 1
        )
    }
}

extension EpisodePhase {
    /// The intent that is being written or sent.
    fileprivate var intent: Intent {
        switch self {
        case .recording(_, let intent, _, _), .queued(let intent, _), .calling(_, let intent, _),
            .verifying(let intent, _, _, _), .settling(let intent, _, _, _):
            intent
        case .resuming, .gathering, .tracing, .matching, .comparing, .pending, .deferred,
            .rechecking, .running,
            .ended:
            preconditionFailure("\(self) has no intent")
        }
    }
}
