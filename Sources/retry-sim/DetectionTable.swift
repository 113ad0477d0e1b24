import FoundationEssentials
import RetrySimulation

/// The output of `retry-sim detection`: one row for each count of pipelines and each watcher.
struct DetectionTable {
    private struct Row: Encodable {
        var pipelines: Int
        var watcher: String
        var failures: Int
        var decided: Int
        var missed: Int
        var pending: Int
        var mean: Double?
        var p50: Double?
        var p99: Double?
        var max: Double?
        /// The speed-up over even polling, by the means.
        var sooner: Double?
        var requestsPerSecond: Double
        var burst: Double
        var movingShare: Double
        var longestUnseen: Double
        var activeShare: Double
    }

    private var rows: [Row] = []

    /// Runs every watcher on one question.
    mutating func measure(_ options: DetectionOptions) {
        let even = Detection.run(.even, options)
        for watcher in Watcher.allCases {
            let outcome = watcher == .even ? even : Detection.run(watcher, options)
            var row = DetectionTable.row(outcome, options)
            if let mean = row.mean, let evenMean = even.mean { row.sooner = evenMean / mean }
            rows.append(row)
        }
    }

    private static func row(_ outcome: DetectionOutcome, _ options: DetectionOptions) -> Row {
        Row(
            pipelines: options.pipelines,
            watcher: outcome.watcher.rawValue,
            failures: outcome.failures,
            decided: outcome.latencies.count,
            missed: outcome.missed,
            pending: outcome.pending,
            mean: outcome.mean,
            p50: outcome.percentile(0.5),
            p99: outcome.percentile(0.99),
            max: outcome.percentile(1),
            sooner: nil,
            requestsPerSecond: outcome.requestRate,
            burst: outcome.burst,
            movingShare: outcome.movingShare,
            longestUnseen: Double(outcome.longestUnseen) / 1000,
            activeShare: outcome.activeShare
        )
    }

    /// One JSON array.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(rows), as: UTF8.self)
    }

    /// Lines of equal columns, times in seconds.
    var lines: [String] {
        let heads = [
            "pipelines", "watcher", "failures", "missed", "pending", "mean", "p50", "p99", "max",
            "sooner", "req/s", "on moving", "unseen",
        ]
        let cells = rows.map { row in
            [
                "\(row.pipelines)", row.watcher, "\(row.failures)", "\(row.missed)",
                "\(row.pending)", tenths(row.mean), tenths(row.p50), tenths(row.p99),
                tenths(row.max), tenths(row.sooner) + "x", hundredths(row.requestsPerSecond),
                "\(Int((row.movingShare * 100).rounded()))%", tenths(row.longestUnseen),
            ]
        }
        return ([heads] + cells).map { line in
            zip(heads, line).map { head, cell in
                let width = max(head.count, 8)
                return String(repeating: " ", count: max(0, width - cell.count)) + cell
            }
            .joined(separator: "  ")
        }
    }

    private func tenths(_ number: Double?) -> String {
        guard let number else { return "-" }
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private func hundredths(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
