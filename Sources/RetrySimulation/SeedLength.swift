/// How long the phase with faults of a seed is, in events, unless the options say.
///
/// An error that is found at all is mostly found soon, and a short seed costs a third of a full
/// one: in the same time short seeds find more. What takes many steps only the full ones see.
enum SeedLength {
    private static let full = 1500
    private static let short = 250
    /// How many seeds are full ones.
    private static let shareOfFull = 0.05
    /// Of how many seeds one runs over months, which takes as long as fifty short ones.
    static let spacingOfMonths: UInt64 = 500
    /// How many of those are full ones: what takes a year no other seed sees.
    private static let shareOfFullMonths = 0.1

    /// The length of a seed, drawn from an RNG of its own.
    static func ticks(of seed: UInt64, overMonths: Bool) -> Int {
        var rng = SimulationRNG(seed: seed, "length")
        return rng.chance(overMonths ? shareOfFullMonths : shareOfFull) ? full : short
    }
}
