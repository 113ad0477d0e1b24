/// Reads a deployment of CodeDeploy to ECS, and the tasks that stopped where they are its cause.
struct BlueGreenReading: CauseSource {
    private var deployment: DeploymentReading
    private var service: ServiceReading?
    private let subject: CauseSubject

    var next: CauseCall? {
        get { service?.next ?? deployment.next }
        set {
            service?.next = newValue
            if service == nil { deployment.next = newValue }
        }
    }

    /// Creates a reading; nil without a deployment's id.
    init?(_ subject: CauseSubject) {
        guard let deployment = DeploymentReading(subject) else { return nil }
        self.deployment = deployment
        self.subject = subject
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        guard service == nil else {
            try service?.take(body, into: &evidence)
            return
        }
        try deployment.take(body, into: &evidence)
        // The new tasks are started in Install; a script has its own log.
        guard deployment.next == nil, evidence.lifecycleEvent == "Install",
            let target = deployment.targetARN
        else { return }
        service = ServiceReading(tasksOf: target, subject)
    }

    mutating func take(_ gap: CauseGap, into evidence: inout CauseEvidence) {
        if service == nil {
            deployment.take(gap, into: &evidence)
        } else {
            service?.take(gap, into: &evidence)
        }
    }
}
