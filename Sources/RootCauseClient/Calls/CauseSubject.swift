package import Primitives

/// The failed action whose cause is read.
package struct CauseSubject: Hashable, Sendable {
    /// The action's provider, as its type names it: `CodeBuild`, `CloudFormation`, `Commands`.
    package var provider: String
    /// The Region that the action ran in.
    package var region: String
    /// The id of the run in the provider: a build, a deployment, an ARN.
    package var externalExecutionID: String?
    /// The action's resolved configuration, as far as it names what ran.
    package var configuration: [String: String]
    /// The log stream of a Commands action.
    package var logStreamARN: String?
    /// The console's page of the run, from CodePipeline.
    package var externalExecutionURL: String?
    /// When the action began; what happened earlier belongs to another attempt.
    package var startTime: WallTime?
    /// How many lines of a log are read; 0 to 1000.
    package var logLines: Int

    /// Creates a subject.
    package init(
        provider: String,
        region: String,
        externalExecutionID: String? = nil,
        configuration: [String: String] = [:],
        logStreamARN: String? = nil,
        externalExecutionURL: String? = nil,
        startTime: WallTime? = nil,
        logLines: Int = LogTail.standardLines
    ) {
        self.provider = provider
        self.region = region
        self.externalExecutionID = externalExecutionID
        self.configuration = configuration
        self.logStreamARN = logStreamARN
        self.externalExecutionURL = externalExecutionURL
        self.startTime = startTime
        self.logLines = min(1000, max(0, logLines))
    }

    /// The value of a configuration key; nil where it is missing, empty or longer than any name.
    func setting(_ key: String) -> String? {
        CauseSubject.usable(configuration[key])
    }

    /// The run's id, where it can be one.
    var externalID: String? { CauseSubject.usable(externalExecutionID) }

    private static func usable(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text.utf8.count <= 2048 else { return nil }
        return text
    }
}
