import AttemptLedger
import Primitives
import RetryCore

/// A time some seconds after 2026-11-23T00:00:00Z.
func time(_ seconds: Int64) -> WallTime {
    WallTime(milliseconds: 1_795_392_000_000 + seconds * 1000)
}

/// So many days in seconds.
func days(_ count: Int64) -> Int64 { count * 86_400 }

/// An episode of pipeline `web`, stage `Deploy`.
func key(_ execution: String = "e1") -> EpisodeKey {
    EpisodeKey(
        pipeline: PipelineKey(target: "prod", pipeline: "web"),
        stage: "Deploy",
        execution: ExecutionID(execution)
    )
}

/// A baseline with two attempts.
func baseline(_ retries: Int = 0) -> StageBaseline {
    StageBaseline(
        manualRetries: retries,
        actionExecutions: ["a1", "a2"],
        lastStatusChange: time(-5)
    )
}

/// An intent of an episode.
func intent(
    _ sequence: Int = 1,
    of execution: String = "e1",
    at recordedAt: WallTime = time(0),
    state: IntentState = .open
) -> Intent {
    Intent(
        episode: key(execution),
        sequence: sequence,
        number: sequence,
        policy: "default",
        rule: "queue full",
        mode: .failedActions,
        before: baseline(),
        recordedAt: recordedAt,
        state: state,
        cost: sequence.isMultiple(of: 2)
            ? nil : RetryCost(minutes: sequence, price: sequence)
    )
}

/// A record of an episode; ended when `endedAt` is given.
func episode(
    _ execution: String = "e1",
    seen: WallTime = time(0),
    endedAt: WallTime? = nil
) -> EpisodeRecord {
    var record = EpisodeRecord(
        key: key(execution),
        firstFailure: seen + .seconds(-3),
        firstSeen: seen,
        foreignRetries: 2
    )
    if let endedAt {
        record.outcome = .recovered
        record.endedAt = endedAt
    }
    return record
}

/// An episode record in which nothing is empty.
func fullEpisode() -> EpisodeRecord {
    var record = episode(endedAt: time(90))
    record.outcome = .notRetried
    record.reason = .approvalRejected
    record.counts.own = 3
    record.counts.late = 1
    record.sameErrorRun = 4
    record.isParallel = true
    record.lastFingerprint = Fingerprint(reduced: "code:JobFailed|no space left on 'é\n'")
    record.lastFailure = baseline(7)
    record.causes = [cause()]
    return record
}

/// A cause in which nothing is empty.
func cause(_ action: ActionName = "Deploy", of attempt: ActionExecutionID = "a2") -> AttemptCause {
    AttemptCause(
        action: action,
        attempt: attempt,
        root: RootCause(
            provider: "CloudFormation",
            resource: "web-é",
            phase: "UPDATE",
            status: "UPDATE_FAILED",
            code: "Throttling",
            line: "Rate exceeded; DROP TABLE causes",
            command: "make 'deploy'",
            exitStatus: -1,
            stack: StackCause(
                resourceType: "AWS::S3::Bucket",
                status: "UPDATE_ROLLBACK_COMPLETE",
                actionMode: "CHANGE_SET_EXECUTE",
                changeSet: .gone
            ),
            deploymentCode: "HEALTH_CONSTRAINTS",
            url: "https://console.aws.amazon.com/",
            ranUserCode: false
        )
    )
}

/// A pause of one pipeline.
func pause(_ pipeline: PipelineName? = "web", until: WallTime? = time(60)) -> Pause {
    Pause(
        scope: PauseScope(target: "prod", pipeline: pipeline),
        reason: "freeze; DROP TABLE pauses",
        uid: .max,
        until: until
    )
}

/// A ledger on disk, opened without an error.
func open(
    _ directory: TemporaryDirectory,
    now: WallTime = time(0),
    options: LedgerOptions = LedgerOptions()
) throws(LedgerError) -> Ledger.Opening {
    try Ledger.open(directory: directory.path, now: now, processID: 4711, options: options)
}

/// All rows in a directory's ledger, after a restart.
func stored(
    _ directory: TemporaryDirectory,
    options: LedgerOptions = LedgerOptions()
) throws(LedgerError) -> LedgerSnapshot {
    let ledger = try open(directory, options: options).ledger
    defer { ledger.close() }
    return try ledger.snapshot()
}

extension AttemptStore {
    /// Takes all old rows away that may go.
    func pruneAll(now: WallTime) throws(LedgerError) {
        while try prune(now: now) {}
    }
}

extension SplitMix64 {
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
