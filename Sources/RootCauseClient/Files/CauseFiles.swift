import Primitives
import WireFormats

/// Why a file tells nothing of a cause.
package struct CauseFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problem.
    package let description: String
}

/// The cause that files of the AWS CLI tell, in whatever order they are given.
package struct CauseFiles: Sendable {
    /// The longest file, in bytes.
    package static let sizeLimit = 64 << 20

    private var batches: [BuildBatch] = []
    private var builds: [Build] = []
    private var messages: [String] = []
    private var events: [StackEvent] = []
    private var stacks: [Stack] = []
    private var changeSet: ChangeSet?
    private var deployment: Deployment?
    private var targets: DeploymentTargetPage?
    private var services: [ContainerService] = []
    private var tasks: TaskPage?
    private var serviceDeployments: ServiceDeploymentPage?
    private var execution: Execution?
    private var environmentEvents: [EnvironmentEvent] = []
    private var record: CatalogRecord?
    private let lines: Int

    /// Creates a reader without files.
    ///
    /// - Parameter lines: How many lines of a log are kept.
    package init(logLines lines: Int = LogTail.standardLines) {
        self.lines = lines
    }

    /// Takes a file as the AWS CLI printed it with `--output json`.
    ///
    /// - Returns: What it is.
    /// - Throws: ``CauseFileError`` for anything else; nothing is taken then.
    @discardableResult
    package mutating func take(_ bytes: [UInt8]) throws(CauseFileError) -> CauseDocument {
        guard bytes.count <= CauseFiles.sizeLimit else {
            throw CauseFileError(description: "it is longer than \(CauseFiles.sizeLimit >> 20) MiB")
        }
        guard let document = CauseDocument(bytes) else {
            throw CauseFileError(
                description: "it is none of the JSON documents that tell of a cause; expected the "
                    + "output of one of: " + CauseFiles.commands
            )
        }
        do throws(UnreadableAnswer) {
            try take(bytes, as: document)
        } catch {
            throw CauseFileError(
                description: "it has \(document.rawValue), but the rest is not what the AWS CLI "
                    + "prints there"
            )
        }
        return document
    }

    private static let commands =
        "codebuild batch-get-builds or batch-get-build-batches; logs get-log-events; "
        + "cloudformation describe-stack-events, describe-events, describe-stacks or "
        + "describe-change-set; deploy get-deployment or batch-get-deployment-targets; "
        + "ecs describe-services, describe-tasks or describe-service-deployments; "
        + "stepfunctions describe-execution; elasticbeanstalk describe-events; "
        + "servicecatalog describe-record"

    private mutating func take(
        _ bytes: [UInt8],
        as document: CauseDocument
    ) throws(UnreadableAnswer) {
        switch document {
        case .builds: builds += try JSONReader.answer(bytes, of: BuildPage.self).builds
        case .batches:
            batches += try JSONReader.answer(bytes, of: BuildBatchPage.self).buildBatches
        case .logEvents: messages += try JSONReader.answer(bytes, of: LogEvents.self).messages
        case .stackEvents, .operationEvents:
            events += try JSONReader.answer(bytes, of: StackEventPage.self).events
        case .stacks: stacks += try JSONReader.answer(bytes, of: StackPage.self).stacks
        case .changeSet: changeSet = try JSONReader.answer(bytes)
        case .deployment:
            deployment = try JSONReader.answer(bytes, of: DeploymentPage.self).deployment
        case .deploymentTargets: targets = try JSONReader.answer(bytes)
        case .services: services += try JSONReader.answer(bytes, of: ServicePage.self).services
        case .tasks: tasks = try JSONReader.answer(bytes)
        case .serviceDeployments: serviceDeployments = try JSONReader.answer(bytes)
        case .execution: execution = try JSONReader.answer(bytes)
        case .environmentEvents:
            environmentEvents += try JSONReader.answer(bytes, of: EnvironmentPage.self).events
        case .record: record = try JSONReader.answer(bytes, of: RecordPage.self).record
        }
    }

    /// What the files tell; of several services the last of the list in ``CauseDocument`` counts.
    package var evidence: CauseEvidence {
        var evidence = CauseEvidence()
        takeBuilds(into: &evidence)
        takeStacks(into: &evidence)
        takeDeployment(into: &evidence)
        takeService(into: &evidence)
        takeOthers(into: &evidence)
        return evidence
    }

    private func takeBuilds(into evidence: inout CauseEvidence) {
        if !batches.isEmpty || !builds.isEmpty { evidence.provider = "CodeBuild" }
        let batch = batches.first { $0.buildBatchStatus != "SUCCEEDED" } ?? batches.first
        if let batch { evidence.take(batch) }
        let build =
            builds.first { $0.id != nil && $0.id == batch?.failedBuild }
            ?? builds.first { $0.phases.contains(where: \.hasFailed) } ?? builds.first
        if let build { evidence.take(build) }
        guard !messages.isEmpty else { return }
        evidence.take(logOf: messages, lines: lines)
    }

    private func takeStacks(into evidence: inout CauseEvidence) {
        guard !events.isEmpty || !stacks.isEmpty || changeSet != nil else { return }
        evidence.provider = "CloudFormation"
        if let changeSet { evidence.take(changeSet.facts(named: changeSet.name ?? "")) }
        var tree = StackTree(events)
        evidence.resource = tree.root ?? changeSet?.stackID
        var current = tree.root
        var isRoot = true
        while let stack = current {
            var scan = OperationScan(since: nil)
            scan.take(tree.remove(stack))
            let (status, operation) = (evidence.stackStatus, evidence.phase)
            _ = evidence.take(scan)
            if !isRoot { (evidence.stackStatus, evidence.phase) = (status, operation) }
            isRoot = false
            current = scan.failure?.nestedStack
        }
        let stack = stacks.first { $0.id != nil && $0.id == evidence.resource } ?? stacks.first
        if let stack { evidence.take(stack) }
    }

    private func takeDeployment(into evidence: inout CauseEvidence) {
        guard deployment != nil || targets != nil else { return }
        evidence.provider = "CodeDeploy"
        if let deployment { evidence.take(deployment, region: nil) }
        if let targets { evidence.take(targets, lines: lines) }
    }

    private func takeService(into evidence: inout CauseEvidence) {
        let service = services.first
        guard service != nil || tasks != nil || serviceDeployments != nil else { return }
        if evidence.provider.isEmpty { evidence.provider = "ECS" }
        if let service { evidence.take(service, since: nil, region: nil) }
        if let newest = serviceDeployments?.newest(since: nil) { evidence.take(newest) }
        if let tasks { _ = evidence.take(tasks, rollout: service?.rollout?.id, since: nil) }
    }

    private func takeOthers(into evidence: inout CauseEvidence) {
        if let execution {
            evidence.provider = "StepFunctions"
            evidence.take(execution)
        }
        if !environmentEvents.isEmpty {
            evidence.provider = "ElasticBeanstalk"
            evidence.take(environmentEvents, since: nil)
        }
        if let record {
            evidence.provider = "ServiceCatalog"
            evidence.take(record)
        }
    }
}
