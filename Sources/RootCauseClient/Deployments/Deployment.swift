import WireFormats

/// A deployment of CodeDeploy.
struct Deployment: JSONReadable, Hashable, Sendable {
    private(set) var deploymentID: String?
    private(set) var applicationName: String?
    private(set) var deploymentGroupName: String?
    private(set) var status: String?
    private(set) var error: DeploymentError?
    private(set) var rollback: DeploymentRollback?
    private(set) var overview: DeploymentOverview?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case deploymentId, applicationName, deploymentGroupName, status, errorInformation
        case rollbackInfo, deploymentOverview
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .deploymentId: deploymentID = try reader.text()
            case .applicationName: applicationName = try reader.text()
            case .deploymentGroupName: deploymentGroupName = try reader.text()
            case .status: status = try reader.text()
            case .errorInformation: error = try reader.value()
            case .rollbackInfo: rollback = try reader.value()
            case .deploymentOverview: overview = try reader.value()
            }
        }
    }

    /// Whether it still changes anything.
    var isUnderWay: Bool {
        status.map { !["Succeeded", "Failed", "Stopped"].contains($0) } ?? false
    }

    /// The deployment that restores the former revision.
    var rollbackID: String? {
        rollback?.rollbackDeploymentID.flatMap { $0.isEmpty || $0 == deploymentID ? nil : $0 }
    }
}

/// Why a deployment failed.
struct DeploymentError: JSONReadable, Hashable, Sendable {
    private(set) var code: String?
    private(set) var message: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case code, message
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .code: code = try reader.text()
            case .message: message = try reader.text(CauseText.message)
            }
        }
    }
}

/// The deployment that follows a failed one.
struct DeploymentRollback: JSONReadable, Hashable, Sendable {
    private(set) var rollbackDeploymentID: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case rollbackDeploymentId
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .rollbackDeploymentId: rollbackDeploymentID = try reader.text()
            }
        }
    }
}

/// How many targets a deployment has in each state.
struct DeploymentOverview: JSONReadable, Hashable, Sendable {
    private var begun = 0
    private(set) var failed = 0

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case inProgress = "InProgress"
        case succeeded = "Succeeded"
        case failed = "Failed"
        case ready = "Ready"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            let count = min(1 << 20, max(0, try reader.int()))
            begun += count
            switch member {
            case .failed: failed = count
            case .inProgress, .succeeded, .ready: break
            }
        }
    }

    /// Whether any target was begun with.
    var hasBegun: Bool { begun > 0 }
}

/// The answer of GetDeployment.
struct DeploymentPage: JSONReadable, Hashable, Sendable {
    private(set) var deployment: Deployment?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case deploymentInfo
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .deploymentInfo: deployment = try reader.value()
            }
        }
    }
}

extension CauseEvidence {
    /// Takes a deployment: its error, and whether any target was begun with.
    mutating func take(_ deployment: Deployment, region: String?) {
        let names = [
            deployment.applicationName, deployment.deploymentGroupName, deployment.deploymentID,
        ]
        resource = names.compactMap(\.self).joined(separator: "/")
        status = deployment.status
        code = deployment.error?.code
        message = deployment.error?.message
        if let overview = deployment.overview, !overview.hasBegun { ranUserCode = false }
        guard let region, let id = deployment.deploymentID else { return }
        consoleURL = ConsoleLink(region: region)?.deployment(id) ?? consoleURL
    }
}
