import Glibc

/// `retryd-bench MODE [--KEY VALUE]...` measures one part of the program and prints one line of
/// JSON, as the benchmark's peers do.
@main
struct RetrydBench {
    static func main() async {
        do throws(BenchError) {
            let options = try BenchOptions(Array(CommandLine.arguments.dropFirst()))
            let figures =
                switch options.mode {
                case .poll: try await PollBench(options).run()
                case .engine: try EngineBench(options).run()
                case .decision: try DecisionBench(options).run()
                case .cause: try CauseBench(options).run()
                case .ledger: try LedgerBench(options).run()
                }
            print(figures.line)
        } catch {
            print(error.description)
            exit(error.status)
        }
    }
}

/// The kind of measurement.
enum BenchMode: String, CaseIterable {
    /// Polls through the client, the transport and the mapping, in a closed loop.
    case poll
    /// The engine with healthy pipelines under virtual time.
    case engine
    /// From a Failed answer to the decision, inside the engine.
    case decision
    /// From a service's answer to the cause of a failure.
    case cause
    /// Durable intents and plain writes of the ledger.
    case ledger
}

/// Why there is nothing to print.
struct BenchError: Error, CustomStringConvertible {
    let description: String
    /// 64 for wrong use, 1 for a measurement that failed.
    var status: Int32 = 1

    init(_ description: String, status: Int32 = 1) {
        self.description = description
        self.status = status
    }
}

/// `--KEY VALUE` pairs after the mode.
struct BenchOptions {
    let mode: BenchMode
    private let values: [String: String]

    init(_ arguments: [String]) throws(BenchError) {
        let modes = BenchMode.allCases.map(\.rawValue).joined(separator: "|")
        let usage = BenchError("usage: retryd-bench \(modes) [--KEY VALUE]...", status: 64)
        guard let mode = arguments.first.flatMap(BenchMode.init(rawValue:)) else { throw usage }
        self.mode = mode
        var values: [String: String] = [:]
        var rest = arguments.dropFirst()
        while let key = rest.popFirst() {
            guard key.hasPrefix("--"), let value = rest.popFirst() else { throw usage }
            values[String(key.dropFirst(2))] = value
        }
        self.values = values
    }

    func text(_ key: String) throws(BenchError) -> String {
        guard let value = values[key] else { throw BenchError("--\(key) is missing", status: 64) }
        return value
    }

    func number(_ key: String, default fallback: Int) throws(BenchError) -> Int {
        guard let text = values[key] else { return fallback }
        guard let number = Int(text), number > 0 else {
            throw BenchError("--\(key) \(text): expected a number above 0", status: 64)
        }
        return number
    }

    /// A number that decides by its absence.
    func number(_ key: String) throws(BenchError) -> Int? {
        values[key] == nil ? nil : try number(key, default: 1)
    }
}
