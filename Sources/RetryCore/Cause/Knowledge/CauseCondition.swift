/// What must hold of a cause: every part that is given; a list means any of it.
///
/// Words of structure are compared exactly, phrases are searched in the line and the message.
struct CauseCondition: Hashable, Sendable {
    /// Providers, such as `CodeBuild`.
    var providers: Set<String> = []
    /// Phases or lifecycle events.
    var phases: Set<String> = []
    /// Statuses of a phase, task or execution.
    var statuses: Set<String> = []
    /// The service's error codes.
    var codes: Set<String> = []
    /// CodeDeploy's codes of a deployment.
    var deploymentCodes: Set<String> = []
    /// Exit statuses of the command or container.
    var exits: Set<Int> = []
    /// Types of the resource that failed first.
    var resourceTypes: Set<String> = []
    /// Statuses of the stack.
    var stackStatuses: Set<String> = []
    /// Modes of the action.
    var actionModes: Set<String> = []
    /// Modes of the action that it must not have.
    var unlessActionModes: Set<String> = []
    /// The fate of the change set.
    var changeSet: StackCause.ChangeSet?
    /// Whether the action's own work began.
    var ran: Bool?
    /// Phrases of which one is in the line or the message.
    var says: [Phrase] = []
    /// Phrases of which one more is there.
    var also: [Phrase] = []
    /// Phrases of which none is there.
    var unless: [Phrase] = []
    /// Phrases of which one is in the command that failed.
    var command: [Phrase] = []

    /// Whether the structure of a cause is as this asks.
    func holds(structureOf cause: RootCause) -> Bool {
        let stack = cause.stack
        return CauseCondition.holds(providers, cause.provider)
            && CauseCondition.holds(phases, cause.phase)
            && CauseCondition.holds(statuses, cause.status)
            && CauseCondition.holds(codes, cause.code)
            && CauseCondition.holds(deploymentCodes, cause.deploymentCode)
            && CauseCondition.holds(exits, cause.exitStatus)
            && CauseCondition.holds(resourceTypes, stack?.resourceType)
            && CauseCondition.holds(stackStatuses, stack?.status)
            && CauseCondition.holds(actionModes, stack?.actionMode)
            && stack?.actionMode.map(unlessActionModes.contains) != true
            && (changeSet == nil || changeSet == stack?.changeSet)
            && (ran == nil || ran == cause.ranUserCode)
    }

    /// Whether it asks for words at all; a row that does not is one of structure alone.
    var asksForText: Bool { !says.isEmpty || !also.isEmpty || !command.isEmpty }

    private static func holds<Value>(_ expected: Set<Value>, _ value: Value?) -> Bool {
        expected.isEmpty || value.map(expected.contains) == true
    }
}
