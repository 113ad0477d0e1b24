import RetrySimulation

/// Runs the engine against the model of CodePipeline under virtual time and faults.
///
/// Exit status: 0 no violation, 1 a law was broken, 64 usage.
@main
enum RetrySim {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        if words.first == "detection" { detect(words.dropFirst()) }
        switch Arguments.read(Array(words)) {
        case .failure(let fault): misuse(fault, Arguments.usage)
        case .success(let arguments):
            let isSound = arguments.comparesCauses ? compare(arguments) : run(arguments)
            Output.exit(isSound ? 0 : 1)
        }
    }

    private static func misuse(_ fault: Arguments.Fault, _ usage: String) -> Never {
        Output.standardError.write("retry-sim: \(fault.text)\n\(usage)")
        Output.exit(64)
    }

    /// Measures how soon failures are seen.
    private static func detect(_ words: ArraySlice<String>) -> Never {
        switch DetectionArguments.read(words) {
        case .failure(let fault): misuse(fault, DetectionArguments.usage)
        case .success(let arguments):
            var table = DetectionTable()
            for count in arguments.counts {
                var options = arguments.options
                options.pipelines = count
                table.measure(options)
            }
            do {
                let lines = arguments.isJSON ? [try table.json()] : table.lines
                for line in lines { Output.standardOutput.write(line) }
            } catch {
                Output.standardError.write("retry-sim: \(error)")
                Output.exit(1)
            }
            Output.exit(0)
        }
    }

    /// Runs the seeds up to the first that breaks a law; returns whether none does.
    private static func run(_ arguments: Arguments) -> Bool {
        var tally = Tally()
        let seconds = Output.seconds { tally = runAll(arguments) }
        guard tally.isSound else { return false }
        let rate = Int(Double(arguments.seeds.count) / max(seconds, 0.001))
        Output.standardOutput.write(
            "\(arguments.seeds.count) seeds from \(arguments.seeds.lowerBound), "
                + "\(tally.ticks) ticks, \(tally.retries) retries, \(tally.outcomes) outcomes: "
                + "nothing is wrong (\(rate) seeds per second)"
        )
        return true
    }

    /// Runs the seeds with causes and without, up to the first that breaks a law; returns whether
    /// none does.
    private static func compare(_ arguments: Arguments) -> Bool {
        var all = Simulation.Compared()
        for seed in arguments.seeds {
            if arguments.isVerbose { Output.standardError.write("seed \(seed)") }
            let result = Simulation.compare(seed: seed, arguments.options)
            all.add(result)
            guard let violation = result.violation else { continue }
            guard arguments.keepsGoing else {
                report(violation, seed, arguments)
                return false
            }
            let line = "seed \(seed): \(violation.law): \(violation.detail)"
            Output.standardOutput.write(line)
        }
        guard all.violation == nil else { return false }
        let parts = [
            "\(arguments.seeds.count) seeds from \(arguments.seeds.lowerBound)",
            "each with causes and without",
            "\(all.asked) decisions waited for one",
            "\(all.compared) of them were made without an answer, too, \(all.disturbed) disturbed",
            "the latest came \(all.latest) ms later",
            "\(all.retriedByCause) retried only with it, \(all.leftByCause) only without",
            "\(all.shared) failures in both runs, \(all.guarded) of them left by a guard in both",
            "\(all.retriesWith) retries with causes, \(all.retriesWithout) without",
        ]
        Output.standardOutput.write(parts.joined(separator: "; ") + ": nothing is wrong")
        return true
    }

    private struct Tally {
        var isSound = true
        var ticks = 0
        var retries = 0
        var outcomes = 0
    }

    private static func runAll(_ arguments: Arguments) -> Tally {
        var tally = Tally()
        for seed in arguments.seeds {
            if arguments.isVerbose { Output.standardError.write("seed \(seed)") }
            let outcome = Simulation.run(seed: seed, arguments.options)
            if let violation = outcome.violation {
                tally.isSound = false
                guard arguments.keepsGoing else {
                    report(violation, seed, arguments)
                    return tally
                }
                let line = "seed \(seed): \(violation.law): \(violation.detail)"
                Output.standardOutput.write(line)
            }
            tally.ticks += outcome.ticks
            tally.retries += outcome.retries
            tally.outcomes += outcome.outcomes
            if arguments.options.keepsDigest {
                for line in outcome.lines { Output.standardOutput.write(line) }
                Output.standardOutput.write("seed \(seed) digest \(outcome.digest)")
            }
        }
        return tally
    }

    private static func report(
        _ violation: Simulation.Violation,
        _ seed: UInt64,
        _ arguments: Arguments
    ) {
        for line in violation.lines { Output.standardOutput.write(line) }
        Output.standardOutput.write(
            """

            broken: \(violation.law)
            \(violation.detail)
            seed \(seed), commit \(arguments.commit), tick \(violation.tick)
            replay: retry-sim \(arguments.replay(of: seed))
            """
        )
    }
}
