import CodePipelineSimulator
import Primitives
import RetryCore

/// The last events, kept as values: they become text only after a violation.
struct Trace: Sendable {
    private enum Entry: Sendable {
        case fed(Event)
        case did(Effect)
        case served(ServedCall)
        case outside(String, ServiceModel.OutsideAction)
        case note(String)
    }

    private var entries: [(time: Int64, entry: Entry)] = []
    private var head = 0
    private let keepsDigest: Bool
    private let kept: Int
    private var hash = StableHash()
    /// How many effects were run.
    private(set) var effects = 0
    /// How many calls AWS performed or refused, that change something.
    private(set) var served = 0

    init(keepsDigest: Bool, lines: Int) {
        kept = max(0, lines)
        self.keepsDigest = keepsDigest
    }

    /// Equal in two runs exactly when they are the same; 0 unless it was requested.
    var digest: UInt64 { keepsDigest ? hash.value : 0 }

    /// Whether events are recorded at all.
    private var isRecording: Bool { keepsDigest || kept > 0 }

    mutating func fed(_ event: Event, at time: Int64) {
        if isRecording { add(.fed(event), time) }
    }

    mutating func did(_ effect: Effect, at time: Int64) {
        effects += 1
        if isRecording { add(.did(effect), time) }
    }

    mutating func served(_ call: ServedCall, at time: Int64) {
        served += 1
        if isRecording { add(.served(call), time) }
    }

    mutating func outside(
        _ pipeline: String,
        _ action: ServiceModel.OutsideAction,
        at time: Int64
    ) {
        if isRecording { add(.outside(pipeline, action), time) }
    }

    mutating func note(_ text: @autoclosure () -> String, at time: Int64) {
        if isRecording { add(.note(text()), time) }
    }

    private mutating func add(_ entry: Entry, _ time: Int64) {
        if keepsDigest { hash.add("\(time) \(Trace.text(entry))") }
        guard kept > 0 else { return }
        if entries.count < kept {
            entries.append((time, entry))
        } else {
            entries[head] = (time, entry)
            head = (head + 1) % kept
        }
    }

    /// The last events as lines, oldest first.
    var lines: [String] {
        (entries[head...] + entries[..<head]).map { time, entry in
            "\(Double(time) / 1000)s  \(Trace.text(entry))"
        }
    }

    private static func text(_ entry: Entry) -> String {
        switch entry {
        case .fed(let event): "-> \(event.brief)"
        case .did(let effect): "   \(effect.brief)"
        case .served(let call): "   AWS: \(call.brief)"
        case .outside(let pipeline, let action): "   ~ \(pipeline): \(action)"
        case .note(let text): "   ~ \(text)"
        }
    }
}

extension ServedCall {
    fileprivate var brief: String {
        let place = [pipeline, stage, execution.map { String($0.prefix(8)) }].compactMap(\.self)
            .joined(separator: "/")
        let effect = effectiveRetry.map { ", retry \($0) took effect" } ?? ""
        return "\(operation) \(place) by \(caller): \(outcome)\(effect)"
    }
}

extension Event {
    fileprivate var brief: String {
        switch self {
        case .stateRead(let id, .read(.unchanged, let at)):
            "state \(id) at \(at?.rfc3339 ?? "-"): unchanged"
        case .stateRead(let id, .read(.state(let snapshot, _), let at)):
            "state \(id) at \(at?.rfc3339 ?? "-"): \(snapshot.brief)"
        case .definitionRead(let id, .read(let definition, _)):
            "definition \(id): version \(definition.version ?? 0)"
        case .evidenceRead(let id, .read(let rows, _)):
            "evidence \(id): \(rows.count) rows: "
                + rows.map { "\($0.stage)/\($0.action.brief)" }.joined(separator: ", ")
        case .executionsListed(let id, .read(.unchanged, _)): "executions \(id): unchanged"
        case .executionsListed(let id, .read(.executions(let rows, _), _)):
            "executions \(id): \(rows.count) rows"
        case .executionRead(let id, .read(nil, _)): "execution \(id): there is none"
        case .executionRead(let id, .read(let reading?, _)):
            "execution \(id): \(reading.summary.status), \(reading.rows.count) rows: "
                + reading.rows.map { "\($0.stage)/\($0.action.brief)" }.joined(separator: ", ")
        case .stateRead(let id, .failed(let failure)),
            .definitionRead(let id, .failed(let failure)),
            .evidenceRead(let id, .failed(let failure)),
            .executionsListed(let id, .failed(let failure)),
            .executionRead(let id, .failed(let failure)):
            "failed \(id): \(failure.kind)"
        case .retryAnswered(let id, .refused(let refusal, _)): "retry \(id): refused \(refusal)"
        case .reloaded: "reloaded"
        case .patternsMatched(let id, let findings): "patterns \(id): \(findings.count) answers"
        case .causesRead(let id, let answers):
            "causes \(id): "
                + answers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.brief)" }
                .joined(separator: ", ")
        case .precedentsRead(let id, let found): "past \(id): \(found.map { "\($0)" } ?? "nothing")"
        case .pipelinesListed, .recalled, .intentRecorded, .retryAnswered, .ledgerFailed,
            .ledgerRecovered, .targetUnusable, .targetPlanned, .paused, .resumed,
            .deadlineReached:
            "\(self)"
        }
    }
}

extension CauseReport {
    fileprivate var brief: String {
        let stack = cause?.root.stack?.status.map { " (stack \($0))" } ?? ""
        let failures = failures.map { " \($0.service) \($0.kind.rawValue)" }.joined()
        return (cause?.root.line ?? "-") + stack + failures
    }
}

extension PipelineSnapshot {
    fileprivate var brief: String {
        let stages = stages.map { stage in
            let latest = stage.latest
            let id = latest.map { String($0.id.text.prefix(8)) } ?? "-"
            let actions = stage.actions.map(\.brief).joined(separator: ", ")
            return "\(stage.name)=\(id) \(latest?.status.text ?? "none") \(stage.counters.brief)"
                + (latest?.status == .failed ? " (\(actions))" : "")
        }
        return "v\(version ?? 0) " + stages.joined(separator: ", ")
    }
}

extension RetryCounters {
    fileprivate var brief: String { "\(manual)m\(automatic)a" }
}

extension ActionSnapshot {
    fileprivate var brief: String {
        let attempt = executionID.map { " \($0.text.prefix(4))" } ?? ""
        return "\(name) \(status.map { "\($0)" } ?? "-")\(attempt)"
    }
}

extension Effect {
    fileprivate var brief: String {
        switch self {
        case .recordIntent(let id, let intent): "record \(id) \(intent.brief)"
        case .record(let writes): "record " + writes.map(\.brief).joined(separator: "; ")
        case .matchPatterns(let id, _): "match \(id)"
        case .readCauses(let id, let key, let requests, _):
            "causes \(id) of \(key): \(requests.map(\.attempt))"
        case .readPrecedents(let id, let question): "past \(id) of \(question.episode)"
        case .readState(let id, let key, let known):
            "look \(id) at \(key)" + (known == nil ? "" : ", the last state is known")
        case .report(let report): "\(report.kind.rawValue): \(report.message)"
        case .readDefinition, .readEvidence, .listExecutions, .readExecution, .listPipelines,
            .recall, .retry:
            "\(self)"
        }
    }
}

extension LedgerWrite {
    fileprivate var brief: String {
        switch self {
        case .intent(let intent): intent.brief
        case .episode(let record):
            "episode \(record.key), outcome \(record.outcome?.rawValue ?? "none")"
        case .pause, .resume: "\(self)"
        }
    }
}

extension Intent {
    fileprivate var brief: String {
        "intent \(sequence) (retry \(number), rule \(rule?.text ?? "none")) of \(episode): "
            + state.rawValue
    }
}
