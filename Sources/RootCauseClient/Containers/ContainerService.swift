import Primitives
import WireFormats

/// A service of ECS with its deployments and events.
struct ContainerService: JSONReadable, Hashable, Sendable {
    private(set) var arn: String?
    private(set) var name: String?
    private(set) var deployments: [Rollout] = []
    private(set) var events: [ServiceEvent] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case serviceArn, serviceName, deployments, events
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .serviceArn: arn = try reader.text()
            case .serviceName: name = try reader.text()
            case .deployments: deployments = try reader.list()
            case .events: events = try reader.list()
            }
        }
    }

    /// The deployment that failed, else the current one.
    ///
    /// After a rollback the current one restores what was before.
    var rollout: Rollout? {
        deployments.first { $0.state == "FAILED" } ?? deployments.first { $0.status == "PRIMARY" }
    }

    /// The first event since a time that reports a failure.
    func failure(since start: WallTime?) -> String? {
        let phrases = [
            "unable to", "failed", "unhealthy", "circuit breaker", "rolling back", "error",
        ]
        // They come newest first.
        let recent = events.prefix { event in
            guard let start, let time = event.createdAt else { return true }
            return time >= start
        }
        return recent.last { event in
            let text = event.message.lowercased()
            return phrases.contains(where: text.contains)
        }?.message
    }
}

/// A deployment as its service lists it.
struct Rollout: JSONReadable, Hashable, Sendable {
    private(set) var id: String?
    private(set) var status: String?
    private(set) var state: String?
    private(set) var reason: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, status, rolloutState, rolloutStateReason
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .id: id = try reader.text()
            case .status: status = try reader.text()
            case .rolloutState: state = try reader.text()
            case .rolloutStateReason: reason = try reader.text(CauseText.message)
            }
        }
    }
}

/// A line of a service's history.
struct ServiceEvent: JSONReadable, Hashable, Sendable {
    private(set) var createdAt: WallTime?
    private(set) var message = ""

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case createdAt, message
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .createdAt: createdAt = try reader.time()
            case .message: message = try reader.text(CauseText.message)
            }
        }
    }
}

/// The answer of DescribeServices.
struct ServicePage: JSONReadable, Hashable, Sendable {
    private(set) var services: [ContainerService] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case services
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .services: services = try reader.list()
            }
        }
    }
}

extension CauseEvidence {
    /// Takes a service: the state of its deployment, and its first event that reports a failure.
    mutating func take(_ service: ContainerService, since start: WallTime?, region: String?) {
        let arn = service.arn.flatMap(ARN.init)
        resource = service.arn ?? service.name
        let rollout = service.rollout
        status = rollout?.state
        if let reason = rollout?.reason, reason.contains("rolling back"),
            service.deployments.contains(where: { $0.state == "IN_PROGRESS" })
        {
            activity = .rollingBack
        }
        let hasFailed = rollout?.state == "FAILED"
        message = service.failure(since: start) ?? (hasFailed ? rollout?.reason : nil)
        // `service/CLUSTER/NAME`
        let parts = arn?.resource.split(separator: "/").map(String.init) ?? []
        guard let region = region ?? arn?.region, parts.count == 3 else { return }
        consoleURL = ConsoleLink(region: region)?.service(parts[2], cluster: parts[1]) ?? consoleURL
    }
}
