import Primitives
@testable import RetryCore

/// The effects of an engine, one per line, with the seconds since the start.
struct Transcript {
    /// Whether anything is kept: tests that run for months of time do without.
    var isKept = false
    private var lines: [(at: Instant, text: String, times: Int, last: Instant)] = []

    /// Takes one effect; the same one repeated is one line, and so are polls that alternate with
    /// other polls.
    mutating func note(_ effect: Effect, _ now: Instant) {
        guard isKept else { return }
        for text in Transcript.lines(of: effect) {
            let polls = lines.reversed().prefix { $0.text.hasPrefix("GetPipelineState") }
            let near = polls.isEmpty ? lines.indices.suffix(1) : lines.indices.suffix(polls.count)
            if let index = near.last(where: { lines[$0].text == text }) {
                lines[index].times += 1
                lines[index].last = now
            } else {
                lines.append((now, text, 1, now))
            }
        }
    }

    /// Notes an event of the world.
    mutating func note(_ world: String, _ now: Instant) {
        lines.append((now, "-- \(world)", 1, now))
    }

    var text: String {
        lines.map { line in
            let again =
                line.times > 1 ? " (\(line.times) times until \(Transcript.text(line.last)))" : ""
            return "\(Transcript.text(line.at)) \(line.text)\(again)\n"
        }.joined()
    }

    private static func text(_ instant: Instant) -> String {
        let milliseconds = (instant - .origin).wholeMilliseconds
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    private static func lines(of effect: Effect) -> [String] {
        switch effect {
        case .readState(_, let key, let known):
            ["GetPipelineState \(key)\(known == nil ? "" : ", if it changed")"]
        case .readDefinition(_, let key): ["GetPipeline \(key)"]
        case .readEvidence(_, let key, let id):
            ["ListActionExecutions \(key) \(id.text.prefix(8))"]
        case .listExecutions(_, let key, _, _): ["ListPipelineExecutions \(key)"]
        case .readExecution(_, let key, let execution):
            ["GetPipelineExecution \(key) \(execution)"]
        case .listPipelines(_, let name): ["ListPipelines \(name)"]
        case .readCauses(_, let key, let requests, _):
            ["ask for \(requests.count) causes of \(short(key))"]
        case .readPrecedents(_, let question): ["compare \(short(question.episode))"]
        case .matchPatterns(_, let queries): ["match \(queries.count) patterns"]
        case .recall(_, let key): ["recall \(short(key))"]
        case .recordIntent(_, let intent): ["record \(line(of: intent))"]
        case .retry(_, let key, let mode): ["RetryStageExecution \(short(key)) \(mode.rawValue)"]
        case .record(let writes): writes.map { "write \(line(of: $0))" }
        case .report(let report):
            ["\(report.level) \(report.kind.rawValue): \(report.message)"]
        }
    }

    private static func short(_ key: EpisodeKey) -> String {
        "\(key.pipeline)/\(key.stage) \(key.execution.text.prefix(8))"
    }

    private static func line(of intent: Intent) -> String {
        "intent \(intent.sequence) of \(short(intent.episode)): number \(intent.number), "
            + "\(intent.mode.rawValue), \(intent.state)"
    }

    private static func line(of write: LedgerWrite) -> String {
        switch write {
        case .intent(let intent): return line(of: intent)
        case .pause(let pause):
            return "pause \(pause.scope) until \(pause.until.map(\.description) ?? "resume")"
        case .resume(let scope): return "resume \(scope)"
        case .episode(let record):
            let end = record.outcome.map { outcome in
                let reason = record.reason.map { " \($0)" } ?? ""
                return ", \(outcome)\(reason) at \(record.endedAt?.description ?? "no time")"
            }
            return "episode \(short(record.key)): since \(record.firstFailure), "
                + "same \(record.sameErrorRun), known \(record.counts.own), "
                + "late \(record.counts.late), foreign \(record.counts.foreign)\(end ?? "")"
        }
    }
}
