import Primitives

/// A target's current state.
package struct TargetStatus: Hashable, Sendable {
    /// The target's name.
    package var name: TargetName
    /// Its Region.
    package var region: String
    /// How many pipelines of it are watched.
    package var pipelines: Int
    /// Those that cannot be read, or have no state to act on, in order.
    package var lost: [PipelineName]
    /// Why calls to it fail, in a word such as AWS's error code; nil when they succeed.
    package var degradation: String?
    /// The current request rate, in requests per second.
    package var rate: Double

    /// Creates a status.
    package init(
        name: TargetName,
        region: String,
        pipelines: Int,
        lost: [PipelineName],
        degradation: String?,
        rate: Double
    ) {
        self.name = name
        self.region = region
        self.pipelines = pipelines
        self.lost = lost
        self.degradation = degradation
        self.rate = rate
    }
}
