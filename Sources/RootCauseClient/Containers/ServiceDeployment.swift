import Primitives
import WireFormats

/// A deployment of a service, in brief or in full.
struct ServiceDeployment: JSONReadable, Hashable, Sendable {
    private(set) var arn: String?
    private(set) var status: String?
    private(set) var statusReason: String?
    private(set) var lifecycleStage: String?
    private(set) var createdAt: WallTime?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case serviceDeploymentArn, status, statusReason, lifecycleStage, createdAt
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .serviceDeploymentArn: arn = try reader.text()
            case .status: status = try reader.text()
            case .statusReason: statusReason = try reader.text(CauseText.message)
            case .lifecycleStage: lifecycleStage = try reader.text()
            case .createdAt: createdAt = try reader.time()
            }
        }
    }

    /// Whether it returns to what was before.
    var isRollingBack: Bool {
        ["ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"].contains(status)
    }
}

/// The answers of ListServiceDeployments and DescribeServiceDeployments.
struct ServiceDeploymentPage: JSONReadable, Hashable, Sendable {
    private(set) var deployments: [ServiceDeployment] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case serviceDeployments
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .serviceDeployments: deployments = try reader.list()
            }
        }
    }

    /// The newest deployment since a time.
    func newest(since start: WallTime?) -> ServiceDeployment? {
        let recent = deployments.filter { deployment in
            guard let start, let time = deployment.createdAt else { return true }
            return time >= start
        }
        return recent.max { left, right in
            guard let left = left.createdAt, let right = right.createdAt else { return false }
            return left < right
        }
    }
}

extension CauseEvidence {
    /// Takes a service's deployment: where it stopped and why.
    mutating func take(_ deployment: ServiceDeployment) {
        phase = deployment.lifecycleStage ?? phase
        status = deployment.status ?? status
        if let reason = deployment.statusReason, !reason.isEmpty { message = reason }
        if deployment.isRollingBack { activity = .rollingBack }
    }
}
