import Primitives
import RetryCore

/// The alphabet: possible answers and events of the world at a node.
extension EpisodeNode {
    var moves: [Move] {
        var moves: [Move] = [.deadline, .crash(keepsAll: true)]
        if !unsynced.isEmpty { moves.append(.crash(keepsAll: false)) }
        for effect in waiting { moves += answers(to: effect) }
        if engine.status.pauses.isEmpty {
            let pause = Pause(scope: PauseScope(), reason: "freeze", uid: 0, until: nil)
            moves.append(.event(.paused(pause), world: .nothing))
        } else {
            moves.append(.event(.resumed(PauseScope(), uid: 0), world: .nothing))
        }
        let fewer = EpisodeNode.configuration(retries: 1)
        moves.append(.event(.reloaded(fewer), world: .nothing))
        return moves
    }

    private func answers(to effect: Effect) -> [Move] {
        switch effect {
        case .readState(let id, _, let known): states(id, known)
        case .readDefinition(let id, _):
            [plain(.definitionRead(id, .read(definition, at: wall)))]
        case .readEvidence(let id, _, _):
            [
                plain(.evidenceRead(id, .read([row], at: wall))),
                plain(.evidenceRead(id, .failed(failure(.serverError)))),
            ]
        case .listExecutions(let id, _, _, _):
            [plain(.executionsListed(id, .executions([], at: wall)))]
        case .readExecution(let id, _, _): [plain(.executionRead(id, .read(nil, at: wall)))]
        case .listPipelines(let id, _): [plain(.pipelinesListed(id, .read(["p"], at: wall)))]
        case .readCauses(let id, _, let requests, _):
            [plain(.causesRead(id, causes(of: requests))), plain(.causesRead(id, [:]))]
        case .readPrecedents(let id, let question):
            [plain(.precedentsRead(id, past(of: question))), plain(.precedentsRead(id, nil))]
        case .matchPatterns(let id, let queries):
            [
                plain(.patternsMatched(id, found(queries))),
                plain(.patternsMatched(id, [:])),
            ]
        case .recordIntent(let id, let intent):
            [
                .event(.intentRecorded(id, .durable), world: .stored(intent)),
                plain(.intentRecorded(id, .failed("full"))),
            ]
        case .retry(let id, _, _): retries(id)
        case .recall, .record, .report: []
        }
    }

    /// What rules a retry out, if the policy asks for it.
    private func past(of question: PrecedentQuestion) -> Precedents {
        let counts = TrialCounts(recovered: 0, trials: 7)
        let gate = question.levels.first.map { GateEvidence(level: $0, counts: counts, idle: 0) }
        return Precedents(gate: gate)
    }

    private func causes(of requests: [CauseRequest]) -> [ActionExecutionID: CauseReport] {
        let root = RootCause(provider: "CodeBuild", phase: "BUILD", line: "flaky")
        let report = CauseReport(cause: ActionCause(root), answered: ["codebuild"])
        return Dictionary(uniqueKeysWithValues: requests.map { ($0.attempt, report) })
    }

    /// A state, or that it is the known one.
    private func answer(
        _ snapshot: PipelineSnapshot,
        _ known: StateDigest?
    ) -> ReadAnswer<PolledState> {
        let digest = snapshot.digest
        return digest == known
            ? .read(.unchanged, at: wall) : .state(snapshot, digest: digest, at: wall)
    }

    private func states(_ id: CallID, _ known: StateDigest?) -> [Move] {
        func read(_ status: StageStatus, _ execution: ExecutionID = "first") -> Event {
            .stateRead(id, answer(snapshot(status, execution, attempt), known))
        }
        var moves = [
            plain(read(.failed)), plain(read(.inProgress)), plain(read(.succeeded)),
            plain(read(.stopped)), plain(read(.failed, "second")),
            plain(.stateRead(id, .failed(failure(.serverError)))),
        ]
        if manual >= attempt {
            let again = snapshot(.failed, "first", attempt + 1)
            moves.append(.event(.stateRead(id, answer(again, known)), world: .failsAgain))
        }
        return moves
    }

    private func retries(_ id: CallID) -> [Move] {
        let accepted = RetryAnswer.accepted(requestID: "r", at: wall)
        let refusals: [RetryRefusal] = [.conflict, .notRetryable, .notLatest, .accessDenied]
        return [
            .event(.retryAnswered(id, accepted), world: .retried),
            .event(.retryAnswered(id, .unknown("lost")), world: .retried),
        ]
            + refusals.map {
                .event(.retryAnswered(id, .refused($0, failure(.invalid))), world: .refused)
            }
    }

    private func found(_ queries: [PatternQuery]) -> [PatternQuery: PatternFinding] {
        Dictionary(uniqueKeysWithValues: queries.map { ($0, .matches) })
    }

    private func plain(_ event: Event) -> Move { .event(event, world: .nothing) }

    private func failure(_ kind: CallFailure.Kind) -> CallFailure {
        CallFailure(kind: kind, operation: .getPipeline, message: "\(kind)")
    }
}

// MARK: AWS's state

extension EpisodeNode {
    func snapshot(
        _ status: StageStatus,
        _ execution: ExecutionID,
        _ attempt: Int,
        version: Int = 1
    ) -> PipelineSnapshot {
        let stage = StageSnapshot(
            name: "Build",
            latest: StageExecution(id: execution, status: status),
            actions: [action(attempt, status == .failed ? .failed : .inProgress)],
            counters: RetryCounters(manual: execution == "first" ? manual : 0)
        )
        return PipelineSnapshot(version: version, stages: [stage])
    }

    private func action(_ attempt: Int, _ status: ActionStatus) -> ActionSnapshot {
        ActionSnapshot(
            name: "Compile",
            executionID: ActionExecutionID("a\(attempt)"),
            status: status,
            lastStatusChange: EpisodeNode.epoch + .seconds(60 * (attempt - 1)),
            code: "JobFailed",
            message: "flaky"
        )
    }

    var row: ActionRow {
        ActionRow(
            stage: "Build",
            action: action(attempt, .failed),
            category: "Build",
            provider: "CodeBuild",
            started: EpisodeNode.epoch + .seconds(60 * (attempt - 1)),
            pipelineVersion: 1,
            run: ActionRun(externalID: "p:\(attempt)")
        )
    }

    var definition: PipelineDefinition {
        PipelineDefinition(
            version: 1,
            executionMode: .superseded,
            account: "111122223333",
            stages: [
                "Build": StageDefinition(
                    actions: ["Compile": ActionKind(category: "Build", provider: "CodeBuild")]
                )
            ]
        )
    }

    /// A healthy world's answer to an effect: a retry helps, and the stage succeeds.
    func soundAnswer(to effect: Effect) -> Move {
        switch effect {
        case .readState(let id, _, let known):
            let status: StageStatus = manual > 0 || spent > 0 ? .succeeded : .failed
            return plain(.stateRead(id, answer(snapshot(status, "first", attempt), known)))
        case .retry(let id, _, _):
            let accepted = RetryAnswer.accepted(requestID: "r", at: wall)
            return .event(.retryAnswered(id, accepted), world: .retried)
        case .readDefinition, .readEvidence, .listExecutions, .readExecution, .listPipelines,
            .readCauses, .readPrecedents, .matchPatterns, .recall, .recordIntent, .record, .report:
            return answers(to: effect)[0]
        }
    }
}
