import RetrySimulation

/// The command line.
struct Arguments {
    static let usage = """
        usage: retry-sim [--seed S] [--seeds COUNT] [--ticks N] [--faults all|none|a,b]
                         [--no-lag] [--no-later] [--lite] [--months] [--parallel]
                         [--lines N]
                         [--commit C]
                         [--digest] [--keep-going] [--compare-causes] [--verbose]
          --seed     the first seed, 1
          --seeds    how many seeds from there, 1
          --ticks    events of the phase with faults, by default drawn from the seed
          --no-lag   without reads that are late or no answer
          --no-later without the faults that came later, which hide others by their number
          --lite     300 ticks
          --months   over months of virtual time instead of hours, as one of 500 seeds
          --parallel every pipeline in PARALLEL mode
          --lines    how many of the last events a failure tells, 40
          --commit   what a failure names as the commit, by default the one checked out
          --digest   prints a number that two equal runs share
          --keep-going  runs all seeds and tells each that breaks a law in a line
          --compare-causes  runs each seed with causes and without, and each decision that
                     waits for one in both ways
          --verbose  prints each seed before it runs
        or: retry-sim detection, which measures how soon failures are seen
        faults: \(SimulatedFault.allCases.map(\.word).sorted().joined(separator: " "))
        """

    /// An error of a command line.
    struct Fault: Error {
        var text: String
    }

    private(set) var first: UInt64 = 1
    private(set) var count: UInt64 = 1
    private(set) var options = Simulation.Options()
    private(set) var commit = Commit.current()
    private(set) var isVerbose = false
    private(set) var keepsGoing = false
    private(set) var comparesCauses = false
    private var faults = "all"
    private var hasLags = true
    private var hasLater = true

    var seeds: Range<UInt64> { first..<first + count }

    /// The options that run a seed again.
    func replay(of seed: UInt64) -> String {
        "--seed \(seed) --ticks \(options.length(of: seed)) --faults \(faults)"
            + (hasLags ? "" : " --no-lag") + (hasLater ? "" : " --no-later")
            + (options.runsOverMonths(seed) ? " --months" : "")
            + (comparesCauses ? " --compare-causes" : "")
            + (options.isParallel ? " --parallel" : "")
    }

    static func read(_ words: [String]) -> Result<Arguments, Fault> {
        var arguments = Arguments()
        do throws(Fault) {
            try arguments.take(words)
            if !arguments.hasLags { arguments.options.faults.subtract(SimulatedFault.lags) }
            if !arguments.hasLater {
                arguments.options.faults.subtract(SimulatedFault.later)
            }
            return .success(arguments)
        } catch {
            return .failure(error)
        }
    }

    private mutating func take(_ words: [String]) throws(Fault) {
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--no-lag": hasLags = false
            case "--no-later": hasLater = false
            case "--lite": options.ticks = 300
            case "--months": options.span = .months
            case "--parallel": options.isParallel = true
            case "--digest": options.keepsDigest = true
            case "--verbose": isVerbose = true
            case "--keep-going": keepsGoing = true
            case "--compare-causes": comparesCauses = true
            case "--seed": first = try Arguments.number(&rest, word)
            case "--seeds": count = try Arguments.number(&rest, word)
            case "--ticks": options.ticks = Int(try Arguments.number(&rest, word))
            case "--lines": options.lines = Int(try Arguments.number(&rest, word))
            case "--commit": commit = try Arguments.value(&rest, word)
            case "--faults":
                faults = try Arguments.value(&rest, word)
                options.faults = try Arguments.faults(faults)
            case _: throw Fault(text: "unknown option '\(word)'")
            }
        }
    }

    /// The word after an option.
    static func value(
        _ rest: inout ArraySlice<String>,
        _ option: String
    ) throws(Fault) -> String {
        guard let value = rest.popFirst() else { throw Fault(text: "\(option) needs a value") }
        return value
    }

    /// A whole number from 0 to a million million, so that no sum overflows.
    static func number(
        _ rest: inout ArraySlice<String>,
        _ option: String
    ) throws(Fault) -> UInt64 {
        let text = try value(&rest, option)
        guard let number = UInt64(text), number <= 1_000_000_000_000 else {
            throw Fault(text: "\(option) takes a whole number up to 10^12, not '\(text)'")
        }
        return number
    }

    private static func faults(_ text: String) throws(Fault) -> Set<SimulatedFault> {
        if text == "all" { return Simulation.Options().faults }
        if text == "none" { return [] }
        var faults: Set<SimulatedFault> = []
        for word in text.split(separator: ",") {
            guard let fault = SimulatedFault(word: String(word)) else {
                throw Fault(text: "unknown fault '\(word)'")
            }
            faults.insert(fault)
        }
        return faults
    }
}
