import Primitives
import WireFormats

/// A target of a deployment, of any kind, with its lifecycle events.
struct DeploymentTarget: JSONReadable, Hashable, Sendable {
    private(set) var arn: String?
    private(set) var status: String?
    private(set) var events: [LifecycleEvent] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case instanceTarget, lambdaTarget, ecsTarget, cloudFormationTarget
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .instanceTarget, .lambdaTarget, .ecsTarget, .cloudFormationTarget:
                let body: Body = try reader.value()
                (arn, status, events) = (body.targetArn, body.status, body.lifecycleEvents)
            }
        }
    }

    /// What the kinds have in common.
    private struct Body: JSONReadable {
        private(set) var targetArn: String?
        private(set) var status: String?
        private(set) var lifecycleEvents: [LifecycleEvent] = []

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case targetArn, status, lifecycleEvents
        }

        private static let members = JSONMembers(of: CodingKeys.self)

        init(reading reader: inout JSONReader) throws(UnusualJSONError) {
            var cursor = try reader.object()
            while let member = try reader.member(Self.members, &cursor) {
                switch member {
                case .targetArn: targetArn = try reader.text()
                case .status: status = try reader.text()
                case .lifecycleEvents: lifecycleEvents = try reader.list()
                }
            }
        }
    }

    /// The first of its events that failed.
    var failedEvent: LifecycleEvent? { events.first { $0.status == "Failed" } }
}

/// One step of a target's life cycle.
struct LifecycleEvent: JSONReadable, Hashable, Sendable {
    private(set) var name: String?
    private(set) var status: String?
    private(set) var endTime: WallTime?
    private(set) var diagnostics: Diagnostics?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case lifecycleEventName, status, endTime, diagnostics
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .lifecycleEventName: name = try reader.text()
            case .status: status = try reader.text()
            case .endTime: endTime = try reader.time()
            case .diagnostics: diagnostics = try reader.value()
            }
        }
    }
}

/// What a script of a lifecycle event left.
struct Diagnostics: JSONReadable, Hashable, Sendable {
    private(set) var errorCode: String?
    private(set) var message: String?
    private(set) var logTail: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case errorCode, message, logTail
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .errorCode: errorCode = try reader.text()
            case .message: message = try reader.text(CauseText.message)
            case .logTail: logTail = try reader.text(LogTail.totalBytes)
            }
        }
    }
}

/// The answer of BatchGetDeploymentTargets.
struct DeploymentTargetPage: JSONReadable, Hashable, Sendable {
    private(set) var targets: [DeploymentTarget] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case deploymentTargets
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .deploymentTargets: targets = try reader.list()
            }
        }
    }

    /// The lifecycle event that failed first of all targets.
    var firstFailure: LifecycleEvent? {
        let failures = targets.compactMap(\.failedEvent)
        return failures.min { left, right in
            guard let left = left.endTime, let right = right.endTime else { return false }
            return left < right
        }
    }
}

/// The answer of ListDeploymentTargets.
struct DeploymentTargetList: JSONReadable, Hashable, Sendable {
    private(set) var ids: [String] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case targetIds
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .targetIds: ids = try reader.texts(limit: DeploymentTargetList.limit)
            }
        }
    }

    /// How many targets BatchGetDeploymentTargets takes.
    private static let limit = 25
}

extension CauseEvidence {
    /// Takes the lifecycle event that failed first; the deployment's own error stays where the
    /// event has none.
    mutating func take(_ page: DeploymentTargetPage, lines: Int) {
        guard let failure = page.firstFailure else { return }
        lifecycleEvent = failure.name
        phase = failure.name
        guard let diagnostics = failure.diagnostics else { return }
        if let text = diagnostics.logTail, !text.isEmpty {
            logLines = LogTail(of: [text], lines: lines).lines
        }
        if let text = diagnostics.message, !text.isEmpty { message = text }
        guard let code = diagnostics.errorCode, !code.isEmpty, code != "Success" else { return }
        diagnosticCode = code
        if ["ScriptFailed", "ScriptTimedOut"].contains(code) { ranUserCode = true }
    }
}
