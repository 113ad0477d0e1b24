import RetrySimulation

/// The command line of `retry-sim detection`.
struct DetectionArguments {
    static let usage = """
        usage: retry-sim detection [--pipelines N[,N...]|curve] [--rate R] [--active SHARE]
                                   [--hours H] [--seed S] [--shadow] [--json]
          --pipelines  how many there are, 1000; curve: 100 to 10,000
          --rate       the budget in requests per second, 5
          --active     the share of the time for which an average pipeline runs, 0.05
          --hours      the virtual hours that are measured, after one of warm-up, 8
          --seed       the seed of the workload, 1
          --shadow     a failure stays a live episode until the next run
          --json       prints a JSON array
        """

    /// The counts that `curve` means.
    private static let curve = [100, 200, 500, 1000, 2000, 5000, 10_000]

    private(set) var options = DetectionOptions()
    private(set) var counts = [1000]
    private(set) var isJSON = false

    static func read(_ words: ArraySlice<String>) -> Result<DetectionArguments, Arguments.Fault> {
        var arguments = DetectionArguments()
        do throws(Arguments.Fault) {
            try arguments.take(words)
            return .success(arguments)
        } catch {
            return .failure(error)
        }
    }

    private mutating func take(_ words: ArraySlice<String>) throws(Arguments.Fault) {
        var rest = words
        while let word = rest.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--shadow": options.isShadow = true
            case "--pipelines":
                counts = try DetectionArguments.counts(Arguments.value(&rest, word))
            case "--rate": options.rate = try number(&rest, word, 0.01...1000)
            case "--active": options.activeShare = try number(&rest, word, 0.0001...0.5)
            case "--hours": options.hours = Int(try number(&rest, word, 1...1000))
            case "--seed": options.seed = try Arguments.number(&rest, word)
            case _: throw Arguments.Fault(text: "unknown option '\(word)'")
            }
        }
    }

    private static func counts(_ text: String) throws(Arguments.Fault) -> [Int] {
        if text == "curve" { return curve }
        var counts: [Int] = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let count = Int(word), (1...100_000).contains(count) else {
                throw Arguments.Fault(text: "--pipelines takes 1 to 100000, not '\(word)'")
            }
            counts.append(count)
        }
        return counts
    }

    private func number(
        _ rest: inout ArraySlice<String>,
        _ option: String,
        _ range: ClosedRange<Double>
    ) throws(Arguments.Fault) -> Double {
        let text = try Arguments.value(&rest, option)
        guard let number = Double(text), range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw Arguments.Fault(text: "\(option) takes a number from \(bounds), not '\(text)'")
        }
        return number
    }
}
