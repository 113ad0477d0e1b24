import Primitives
import RetryCore

/// The oracle's own computation of things for which the engine has code.
///
/// Shared code would share its mistakes: the engine's baselines, globs, scopes and counts are not
/// used.
enum Own {
    /// The state's attempts of a stage.
    static func baseline(of stage: StageSnapshot) -> StageBaseline {
        var ids: Set<ActionExecutionID> = []
        var latest: WallTime?
        for action in stage.actions {
            if let id = action.executionID { ids.insert(id) }
            guard let time = action.lastStatusChange else { continue }
            latest = latest.map { $0 < time ? time : $0 } ?? time
        }
        return StageBaseline(
            manualRetries: stage.counters.manual,
            actionExecutions: ids,
            lastStatusChange: latest
        )
    }

    /// Whether a name matches a pattern in which `*` matches any text.
    static func matches(_ name: some StringProtocol, _ pattern: some StringProtocol) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        let rest = pattern.dropFirst()
        guard first == "*" else {
            return name.first == first && matches(name.dropFirst(), rest)
        }
        return (0...name.count).contains { matches(name.dropFirst($0), rest) }
    }

    /// Whether a pause holds an episode.
    static func holds(_ scope: PauseScope, _ key: EpisodeKey) -> Bool {
        if let target = scope.target, target != key.pipeline.target { return false }
        if let pipeline = scope.pipeline, pipeline != key.pipeline.pipeline { return false }
        if let stage = scope.stage, stage != key.stage { return false }
        return true
    }

    /// Whether AWS may have executed an intent, by the state that the ledger stores for it.
    static func mayHaveRun(_ intent: Intent) -> Bool {
        intent.state.rawValue != "not_executed"
    }

    /// The mode of a retry by a list of modes: the last one repeats.
    static func mode(_ number: Int, of modes: [RetryMode]) -> RetryMode? {
        modes.isEmpty ? nil : modes[min(max(number, 1), modes.count) - 1]
    }
}

/// A pause as the oracle keeps it: by the true time of its end.
struct HeldPause: Hashable, Sendable {
    /// By how many milliseconds an end may be wrong: clocks drift, and the last answer's Date has
    /// whole seconds.
    static let slack: Int64 = 5000

    var scope: PauseScope
    /// True milliseconds; nil: until a person lifts it.
    var endsAt: Int64?
    /// Whether it was put on before the daemon's newest start: then AWS's time ends it.
    var isFromLedger = false

    init(scope: PauseScope, endsAt: Int64?) {
        self.scope = scope
        self.endsAt = endsAt
    }

    /// A pause from the ledger, whose end is a time of day.
    init(scope: PauseScope, until: WallTime?) {
        self.scope = scope
        endsAt = until.map { ($0 - HostClock.epoch).wholeMilliseconds }
        isFromLedger = true
    }

    /// Whether it certainly holds an episode at a time.
    func holds(_ key: EpisodeKey, at time: Int64) -> Bool {
        Own.holds(scope, key) && endsAt.map { time < $0 - HeldPause.slack } ?? true
    }
}

extension StagePolicy {
    /// The lists of modes that can apply to a retry: the policy's and its rules'.
    var modeLists: [[RetryMode]] {
        [modes]
            + rules.compactMap { rule in
                switch rule.action {
                case .never: nil
                case .retry(let limits): limits.modes
                }
            }
    }
}

/// When the calls of the last minute were made, the oldest first.
struct CallTimes: Sendable {
    private var times: [Int64] = []
    /// Where the last minute and the last five seconds begin among them.
    private var minute = 0
    private var fiveSeconds = 0

    /// Counts a call; returns how many there were in a minute and in five seconds.
    mutating func add(_ time: Int64) -> (inMinute: Int, inFiveSeconds: Int) {
        times.append(time)
        while times[minute] < time - 60_000 { minute += 1 }
        while times[fiveSeconds] < time - 5000 { fiveSeconds += 1 }
        if minute > 64 {
            times.removeFirst(minute)
            fiveSeconds -= minute
            minute = 0
        }
        return (times.count - minute, times.count - fiveSeconds)
    }
}
