/// The providers of actions whose service is read, by CodePipeline's names.
enum CauseProvider: String, Hashable, Sendable, CaseIterable {
    case build = "CodeBuild"
    case commands = "Commands"
    case stack = "CloudFormation"
    case stackSet = "CloudFormationStackSet"
    case stackInstances = "CloudFormationStackInstances"
    case catalog = "ServiceCatalog"
    case deployment = "CodeDeploy"
    case blueGreen = "CodeDeployToECS"
    case service = "ECS"
    case stateMachine = "StepFunctions"
    case environment = "ElasticBeanstalk"

    init?(_ name: String) {
        self.init(rawValue: name)
    }

    /// The course of a reading; nil where the action does not say what ran.
    func source(_ subject: CauseSubject) -> (any CauseSource)? {
        switch self {
        case .build: BuildReading(subject)
        case .commands: commands(subject)
        case .stack: StackReading(subject)
        case .stackSet, .stackInstances: StackSetReading(subject)
        case .catalog: RecordReading(subject)
        case .deployment: DeploymentReading(subject)
        case .blueGreen: BlueGreenReading(subject)
        case .service: ServiceReading(subject)
        case .stateMachine: ExecutionReading(subject)
        case .environment: EnvironmentReading(subject)
        }
    }

    private func commands(_ subject: CauseSubject) -> (any CauseSource)? {
        let arn = subject.logStreamARN ?? subject.externalExecutionID
        guard let stream = arn.flatMap(LogStream.init(arn:)) else { return nil }
        return LogReading(stream, lines: subject.logLines)
    }
}
