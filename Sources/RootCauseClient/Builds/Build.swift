import WireFormats

/// A build of CodeBuild; neither its variables nor its source are read.
struct Build: JSONReadable, Hashable, Sendable {
    private(set) var id: String?
    private(set) var arn: String?
    private(set) var projectName: String?
    private(set) var buildStatus: String?
    private(set) var phases: [BuildPhase] = []
    private(set) var logs: BuildLogs?
    private(set) var autoRetryConfig: AutoRetry?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, arn, projectName, buildStatus, phases, logs, autoRetryConfig
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .id: id = try reader.text()
            case .arn: arn = try reader.text()
            case .projectName: projectName = try reader.text()
            case .buildStatus: buildStatus = try reader.text()
            case .phases: phases = try reader.list()
            case .logs: logs = try reader.value()
            case .autoRetryConfig: autoRetryConfig = try reader.value()
            }
        }
    }

    /// The phases in which a project's own commands run.
    private static let commandPhases: Set<String> = ["INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD"]

    /// The phases before them.
    private static let earlyPhases: Set<String> = [
        "SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE",
    ]

    /// The first phase that failed.
    private var failedPhase: String? { phases.first(where: \.hasFailed)?.phaseType }

    /// Whether the project's own commands ran; nil where the phases do not say.
    var ranCommands: Bool? {
        let hasBegun = phases.contains { phase in
            phase.phaseStatus != nil && Build.commandPhases.contains(phase.phaseType ?? "")
        }
        if hasBegun { return true }
        return failedPhase.map(Build.earlyPhases.contains) == true ? false : nil
    }

    /// The log stream, where the failed phase can have written to it.
    var usefulLog: LogStream? {
        guard let failedPhase, Build.commandPhases.contains(failedPhase) else { return nil }
        return LogStream(group: logs?.groupName, name: logs?.streamName)
    }
}

/// Where a build's log is.
struct BuildLogs: JSONReadable, Hashable, Sendable {
    private(set) var groupName: String?
    private(set) var streamName: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case groupName, streamName
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .groupName: groupName = try reader.text()
            case .streamName: streamName = try reader.text()
            }
        }
    }
}

/// CodeBuild's own retry of a build.
struct AutoRetry: JSONReadable, Hashable, Sendable {
    /// The ARN of the build that repeats this one.
    private(set) var nextAutoRetry: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case nextAutoRetry
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .nextAutoRetry: nextAutoRetry = try reader.text()
            }
        }
    }
}

extension CauseEvidence {
    /// Takes a build: the first phase that failed, whose status counts more than the build's.
    mutating func take(_ build: Build) {
        resource = build.id ?? build.projectName
        if !take(firstFailedOf: build.phases) { status = build.buildStatus }
        ranUserCode = build.ranCommands
        if build.autoRetryConfig?.nextAutoRetry?.isEmpty == false { activity = .retrying }
        consoleURL = CauseEvidence.link(arn: build.arn, id: build.id, isBatch: false) ?? consoleURL
    }

    /// The console's page of a build or batch.
    static func link(arn text: String?, id: String?, isBatch: Bool) -> String? {
        guard let id, let arn = text.flatMap(ARN.init) else { return nil }
        return ConsoleLink(region: arn.region)?.build(id, account: arn.account, isBatch: isBatch)
    }
}
