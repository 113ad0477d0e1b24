import Primitives
import WireFormats

/// Reads a service of ECS: its deployment, the tasks that stopped, or without any the deployment's
/// life cycle.
struct ServiceReading: CauseSource {
    private enum Step: Sendable {
        case service
        case list
        case tasks
        case deployments
        case deployment
    }

    var next: CauseCall?
    private var step: Step
    private let cluster: String
    private let service: String
    private let region: String
    private let start: WallTime?
    private var rollout: String?

    /// Creates a reading of an action that deploys to a service; nil where none is named.
    init?(_ subject: CauseSubject) {
        guard let cluster = subject.setting("ClusterName"),
            let service = subject.setting("ServiceName")
        else { return nil }
        self.init(cluster: cluster, service: service, subject, step: .service)
        next = CauseCall(
            .describeServices,
            ["cluster": .text(cluster), "services": [.text(service)]]
        )
    }

    /// Creates a reading of a service's stopped tasks alone; nil for an ARN that is none of a
    /// service in a cluster.
    init?(tasksOf serviceARN: String, _ subject: CauseSubject) {
        guard let arn = ARN(serviceARN), arn.service == "ecs" else { return nil }
        let parts = arn.resource.split(separator: "/").map(String.init)
        guard parts.count == 3, parts[0] == "service" else { return nil }
        self.init(cluster: parts[1], service: parts[2], subject, step: .list)
        next = stoppedTasks
    }

    private init(cluster: String, service: String, _ subject: CauseSubject, step: Step) {
        self.cluster = cluster
        self.service = service
        region = subject.region
        start = subject.startTime
        self.step = step
    }

    private var stoppedTasks: CauseCall {
        CauseCall(
            .listTasks,
            [
                "cluster": .text(cluster), "serviceName": .text(service),
                "desiredStatus": "STOPPED",
            ]
        )
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        switch step {
        case .service: try takeService(body, into: &evidence)
        case .list: try takeList(body)
        case .tasks: try takeTasks(body, into: &evidence)
        case .deployments: try takeDeployments(body, into: &evidence)
        case .deployment:
            let page: ServiceDeploymentPage = try JSONReader.answer(body)
            if let deployment = page.deployments.first { evidence.take(deployment) }
        }
    }

    mutating func take(_ gap: CauseGap, into evidence: inout CauseEvidence) {
        evidence.gaps.append(gap)
        switch step {
        // The tasks may be allowed where the service is not, and the other way round.
        case .service where gap.kind == .denied: readTasks()
        case .list, .tasks: readDeployments()
        case .service, .deployments, .deployment: break
        }
    }

    private mutating func takeService(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: ServicePage = try JSONReader.answer(body)
        guard let found = page.services.first else {
            let gap = CauseGap(.describeServices, .missing, "there is no service \(service)")
            evidence.gaps.append(gap)
            return
        }
        evidence.take(found, since: start, region: region)
        rollout = found.rollout?.id
        readTasks()
    }

    private mutating func readTasks() {
        step = .list
        next = stoppedTasks
    }

    private mutating func takeList(_ body: [UInt8]) throws(UnreadableAnswer) {
        readDeployments()
        let list: TaskList = try JSONReader.answer(body)
        guard !list.arns.isEmpty else { return }
        step = .tasks
        next = CauseCall(
            .describeTasks,
            ["cluster": .text(cluster), "tasks": .list(list.arns.map { .text($0) })]
        )
    }

    private mutating func takeTasks(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        readDeployments()
        let page: TaskPage = try JSONReader.answer(body)
        guard evidence.take(page, rollout: rollout, since: start) else { return }
        next = nil
    }

    /// Sets the call for the deployments, which say why where no task does.
    private mutating func readDeployments() {
        step = .deployments
        next = CauseCall(
            .listServiceDeployments,
            ["service": .text(service), "cluster": .text(cluster)]
        )
    }

    private mutating func takeDeployments(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: ServiceDeploymentPage = try JSONReader.answer(body)
        guard let newest = page.newest(since: start) else { return }
        evidence.take(newest)
        guard let arn = newest.arn else { return }
        step = .deployment
        next = CauseCall(
            .describeServiceDeployments,
            ["serviceDeploymentArns": [.text(arn)]]
        )
    }
}
