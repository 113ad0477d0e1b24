import Primitives
import WireFormats

/// Reads a deployment of CodeDeploy: its error, the first lifecycle event that failed, and whether
/// a rollback is under way.
struct DeploymentReading: CauseSource {
    private enum Step: Sendable {
        case deployment
        case targets
        case events
        case rollback
    }

    var next: CauseCall?
    private var step = Step.deployment
    private let id: String
    private let region: String
    private let lines: Int
    private var rollbackID: String?
    /// The ARN of a target whose lifecycle event failed.
    private(set) var targetARN: String?

    /// Creates a reading; nil without a deployment's id.
    init?(_ subject: CauseSubject) {
        guard let id = subject.externalID else { return nil }
        self.id = id
        region = subject.region
        lines = subject.logLines
        next = CauseCall(.getDeployment, ["deploymentId": .text(id)])
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        switch step {
        case .deployment: try takeDeployment(body, into: &evidence)
        case .targets: try takeTargets(body)
        case .events:
            readRollback()
            let page: DeploymentTargetPage = try JSONReader.answer(body)
            evidence.take(page, lines: lines)
            targetARN = page.targets.first { $0.failedEvent != nil }?.arn
        case .rollback:
            let rollback = try JSONReader.answer(body, of: DeploymentPage.self).deployment
            if rollback?.isUnderWay == true { evidence.activity = .rollingBack }
        }
    }

    mutating func take(_ gap: CauseGap, into evidence: inout CauseEvidence) {
        switch step {
        case .deployment, .rollback: break
        case .targets, .events: readRollback()
        }
        evidence.gaps.append(gap)
    }

    private mutating func takeDeployment(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: DeploymentPage = try JSONReader.answer(body)
        guard let deployment = page.deployment else {
            throw UnreadableAnswer("there is no deploymentInfo in it")
        }
        guard deployment.deploymentID ?? id == id else {
            throw UnreadableAnswer("it is of another deployment")
        }
        evidence.take(deployment, region: region)
        rollbackID = deployment.rollbackID
        // A deployment that never began has no targets.
        guard deployment.overview?.hasBegun ?? true else { return readRollback() }
        step = .targets
        next = CauseCall(
            .listDeploymentTargets,
            ["deploymentId": .text(id), "targetFilters": ["TargetStatus": ["Failed"]]]
        )
    }

    private mutating func takeTargets(_ body: [UInt8]) throws(UnreadableAnswer) {
        readRollback()
        let list: DeploymentTargetList = try JSONReader.answer(body)
        guard !list.ids.isEmpty else { return }
        step = .events
        next = CauseCall(
            .batchGetDeploymentTargets,
            ["deploymentId": .text(id), "targetIds": .list(list.ids.map { .text($0) })]
        )
    }

    /// Sets the call that says whether the rollback has ended, if there is one.
    private mutating func readRollback() {
        guard let rollbackID else { return }
        step = .rollback
        next = CauseCall(.getDeployment, ["deploymentId": .text(rollbackID)])
    }
}
