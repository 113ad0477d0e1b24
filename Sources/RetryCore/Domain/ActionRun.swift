package import Primitives

/// Where one attempt of an action ran, as far as reading its cause needs it.
package struct ActionRun: Hashable, Sendable {
    /// `input.region`; nil: the pipeline's own.
    package var region: String?
    /// `externalExecutionId`: a build, a deployment, an ARN.
    package var externalID: String?
    /// The resolved configuration, of ``RunConfiguration/keys`` only.
    package var configuration: [String: String]
    /// `logStreamARN` of a Commands action.
    package var logStreamARN: String?
    /// When the attempt began; what happened earlier belongs to another one.
    package var started: WallTime?

    /// Creates a run; all may be absent.
    package init(
        region: String? = nil,
        externalID: String? = nil,
        configuration: [String: String] = [:],
        logStreamARN: String? = nil,
        started: WallTime? = nil
    ) {
        self.region = region
        self.externalID = externalID
        self.configuration = configuration
        self.logStreamARN = logStreamARN
        self.started = started
    }
}
