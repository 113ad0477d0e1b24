import Primitives
import WireFormats

/// A batch of builds of CodeBuild.
struct BuildBatch: JSONReadable, Hashable, Sendable {
    private(set) var id: String?
    private(set) var arn: String?
    private(set) var projectName: String?
    private(set) var buildBatchStatus: String?
    private(set) var phases: [BuildPhase] = []
    private(set) var buildGroups: [BuildGroup] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, arn, projectName, buildBatchStatus, phases, buildGroups
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .id: id = try reader.text()
            case .arn: arn = try reader.text()
            case .projectName: projectName = try reader.text()
            case .buildBatchStatus: buildBatchStatus = try reader.text()
            case .phases: phases = try reader.list()
            case .buildGroups: buildGroups = try reader.list()
            }
        }
    }

    /// The id of the build that made the batch fail: the one that was requested first.
    var failedBuild: String? {
        let failed = buildGroups.filter { group in
            guard let status = group.current?.buildStatus, !group.ignoresFailure else {
                return false
            }
            return !["SUCCEEDED", "IN_PROGRESS", ""].contains(status)
        }
        let first = failed.min { left, right in
            guard let left = left.current?.requestedOn, let right = right.current?.requestedOn
            else { return false }
            return left < right
        }
        guard let arn = first?.current?.arn.flatMap(ARN.init) else { return nil }
        // `build/PROJECT:UUID`
        return arn.resource.split(separator: "/", maxSplits: 1).last.map(String.init)
    }
}

/// A build of a batch with its repetitions.
struct BuildGroup: JSONReadable, Hashable, Sendable {
    private(set) var ignoresFailure = false
    private(set) var current: BuildSummary?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case ignoreFailure, currentBuildSummary
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .ignoreFailure: ignoresFailure = try reader.bool()
            case .currentBuildSummary: current = try reader.value()
            }
        }
    }
}

/// A build, as its batch names it.
struct BuildSummary: JSONReadable, Hashable, Sendable {
    private(set) var arn: String?
    private(set) var requestedOn: WallTime?
    private(set) var buildStatus: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case arn, requestedOn, buildStatus
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .arn: arn = try reader.text()
            case .requestedOn: requestedOn = try reader.time()
            case .buildStatus: buildStatus = try reader.text()
            }
        }
    }
}

extension CauseEvidence {
    /// Takes a batch; the build that failed in it says more.
    mutating func take(_ batch: BuildBatch) {
        resource = batch.id ?? batch.projectName
        if !take(firstFailedOf: batch.phases) { status = batch.buildBatchStatus }
        if ["SUBMITTED", "DOWNLOAD_BATCHSPEC"].contains(phase), batch.failedBuild == nil {
            ranUserCode = false
        }
        consoleURL = CauseEvidence.link(arn: batch.arn, id: batch.id, isBatch: true) ?? consoleURL
    }
}
