import Primitives

/// When an import makes its next call: at a rate of its own, beside that of the polls.
struct ImportPace: Hashable, Sendable {
    /// The shortest time between two calls: two a second, so a year of 1,000 pipelines with one
    /// attempt a day takes half an hour.
    static let shortest = Duration.milliseconds(500)
    /// The longest, when AWS limits the rate.
    static let longest = Duration.seconds(60)

    /// The current time between two calls.
    private(set) var gap = ImportPace.shortest

    /// AWS limited the rate: twice as long from now on.
    mutating func slowDown() { gap = min(gap * 2, ImportPace.longest) }

    /// A call was answered: an eighth shorter.
    mutating func recover() { gap = max(gap - gap / 8, ImportPace.shortest) }
}
