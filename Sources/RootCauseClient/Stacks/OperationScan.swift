import Primitives

/// Finds the first failure of a stack's newest operation among its events, newest first.
///
/// It keeps a few events, however many there are.
struct OperationScan: Hashable, Sendable {
    /// The status that the stack has, where an event says it.
    private(set) var stackStatus: String?
    /// The type of the operation, such as `UPDATE_STACK`.
    private(set) var operation: String?
    /// Whether all events of the operation were seen.
    private(set) var isComplete = false
    private let start: WallTime?
    private var first: StackEvent?
    private var firstCancelled: StackEvent?
    private var ownFailure: StackEvent?
    /// The operation that events are taken of; a rollback belongs to the one before.
    private var operationID: String?
    private var isRollback = false
    private var isBegun = false

    /// Creates a scan.
    ///
    /// - Parameter start: What happened before belongs to earlier operations.
    init(since start: WallTime?) {
        self.start = start
    }

    /// The failure that came first.
    var failure: StackEvent? { first ?? firstCancelled }

    /// What the stack itself says, where no resource failed.
    var stackFailure: StackEvent? { ownFailure }

    /// Takes further events, each older than those before.
    mutating func take(_ events: [StackEvent]) {
        for event in events where !isComplete { take(event) }
    }

    private mutating func take(_ event: StackEvent) {
        if event.isOfStack, stackStatus == nil { stackStatus = event.status }
        if let start, let time = event.time, time < start {
            isComplete = true
            return
        }
        guard belongs(event) else {
            isComplete = true
            return
        }
        if event.isOfStack {
            takeOwn(event)
        } else if event.isFailure {
            if !event.isConsequence {
                first = event
            } else if !event.isPlainCancellation {
                firstCancelled = event
            }
        }
    }

    private mutating func takeOwn(_ event: StackEvent) {
        let status = event.status ?? ""
        let hasFailed = status.hasSuffix("_FAILED") || status.hasSuffix("ROLLBACK_IN_PROGRESS")
        if hasFailed, event.reason != nil { ownFailure = event }
        guard event.beginsOperation else { return }
        operation = operation ?? OperationScan.type(of: status)
        isComplete = true
    }

    /// Whether an event is of the newest operation, or of the one that a rollback ended.
    private mutating func belongs(_ event: StackEvent) -> Bool {
        guard let id = event.operationID else { return true }
        let rollsBack = ["ROLLBACK", "CONTINUE_ROLLBACK"].contains(event.operationType)
        if isBegun, id != operationID {
            guard isRollback else { return false }
            isBegun = false
        }
        guard !isBegun else { return true }
        (operationID, isRollback, isBegun) = (id, rollsBack, true)
        if !rollsBack { operation = event.operationType ?? operation }
        return true
    }

    private static func type(of status: String) -> String? {
        switch status {
        case "CREATE_IN_PROGRESS": "CREATE_STACK"
        case "UPDATE_IN_PROGRESS": "UPDATE_STACK"
        case "DELETE_IN_PROGRESS": "DELETE_STACK"
        case "IMPORT_IN_PROGRESS": "IMPORT_STACK"
        case "REVIEW_IN_PROGRESS": "CREATE_CHANGESET"
        case _: nil
        }
    }
}

extension CauseEvidence {
    /// Takes what a scan found; false where it found no failure.
    mutating func take(_ scan: OperationScan) -> Bool {
        if let operation = scan.operation { phase = operation }
        if let stackStatus = scan.stackStatus { take(stackStatus: stackStatus) }
        if let event = scan.failure {
            status = event.status ?? event.hookStatus ?? event.validationStatus
            code = event.failureCode
            message = event.failureReason
            resourceType = event.resourceType
            logicalID = event.logicalID
            return true
        }
        guard let event = scan.stackFailure else { return false }
        status = event.status
        message = event.reason
        code = event.reason.flatMap(CauseCode.handler)
        return true
    }

    /// Takes the status of the action's stack.
    mutating func take(stackStatus text: String) {
        stackStatus = text
        if text.hasSuffix("_IN_PROGRESS"), text.contains("ROLLBACK") { activity = .rollingBack }
    }
}
