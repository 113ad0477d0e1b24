import AWSClient
import Primitives

/// Reads a stack of CloudFormation: the change set, the first failure of the newest operation, in
/// nested stacks too, and the stack's status.
struct StackReading: CauseSource {
    private enum Step: Sendable {
        case changeSet
        case operations
        case events
        case stack
    }

    /// How deep nested stacks are followed.
    static let depthLimit = 4
    /// How many pages of one stack's events are read.
    static let pageLimit = 5

    var next: CauseCall?
    private var step = Step.operations
    private let start: WallTime?
    private let changeSet: String?
    private let mode: String?
    private let region: String
    /// The action's stack, then the nested ones on the way to the failure.
    private var stacks: [String]
    private var scan: OperationScan
    private var pages = 0
    /// Whether DescribeEvents is not there or not allowed.
    private var usesStackEvents = false

    /// Creates a reading; nil where no stack is named.
    init?(_ subject: CauseSubject) {
        let arn = subject.externalID.flatMap(ARN.init)
        let isStack = arn?.service == "cloudformation" && arn?.resource.hasPrefix("stack/") == true
        let id = isStack ? subject.externalID : subject.setting("StackName")
        guard let stack = id else { return nil }
        stacks = [stack]
        start = subject.startTime
        scan = OperationScan(since: start)
        region = subject.region
        mode = subject.setting("ActionMode")
        changeSet = mode?.hasPrefix("CHANGE_SET_") == true ? subject.setting("ChangeSetName") : nil
        if let changeSet {
            step = .changeSet
            next = CauseCall(
                .describeChangeSet,
                ["ChangeSetName": .text(changeSet), "StackName": .text(stack)]
            )
        } else {
            readFailures()
        }
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        if evidence.resource == nil { show(in: &evidence) }
        switch step {
        case .changeSet: try takeChangeSet(body, into: &evidence)
        case .operations, .events: try takeEvents(body, into: &evidence)
        case .stack:
            let answer = try XMLElement.answer(body)
            guard let element = answer.members(of: "Stacks").first else {
                throw UnreadableAnswer("there is no stack in it")
            }
            evidence.take(Stack(element))
        }
    }

    mutating func take(_ gap: CauseGap, into evidence: inout CauseEvidence) {
        if evidence.resource == nil { show(in: &evidence) }
        switch step {
        case .changeSet:
            if gap.kind == .missing, let changeSet {
                evidence.changeSet = ChangeSetFacts(name: changeSet, exists: false)
            } else {
                evidence.gaps.append(gap)
            }
            readFailures()
        case .operations:
            switch gap.kind {
            case .throttled, .late, .credentials, .missing, .bounded: endStack(gap, &evidence)
            // Denied, or unknown to this partition or to an emulator: the older call has the
            // same.
            case .denied, .refused, .unreadable, .unreachable: readStackEvents()
            }
        case .events: endStack(gap, &evidence)
        case .stack: evidence.gaps.append(gap)
        }
    }

    private func show(in evidence: inout CauseEvidence) {
        evidence.resource = stacks[0]
        evidence.actionMode = mode
        evidence.consoleURL = ConsoleLink(region: region)?.stack(stacks[0]) ?? evidence.consoleURL
    }

    private mutating func takeChangeSet(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        readFailures()
        guard let found = ChangeSet(try XMLElement.answer(body)), let changeSet else {
            throw UnreadableAnswer("there is no change set in it")
        }
        let facts = found.facts(named: changeSet)
        evidence.take(facts)
        let isUnused = facts.status == "FAILED" || facts.executionStatus == "AVAILABLE"
        // Nothing of it was executed: no event of the stack belongs to it.
        if isUnused { readStack() }
    }

    private mutating func takeEvents(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: StackEventPage
        do throws(UnreadableAnswer) {
            page = StackEventPage(try XMLElement.answer(body))
        } catch {
            if step == .operations {
                readStackEvents()
            } else if evidence.stackStatus == nil {
                readStack()
            }
            throw error
        }
        scan.take(page.events)
        pages += 1
        if !scan.isComplete, let token = page.nextToken {
            guard pages >= StackReading.pageLimit else { return readFailures(after: token) }
            let operation: AWSOperation =
                usesStackEvents ? .describeStackEvents : .describeOperationEvents
            evidence.gaps.append(CauseGap(operation, .bounded, "there are more pages of events"))
        }
        conclude(&evidence)
    }

    /// Decides what follows the events of a stack.
    private mutating func conclude(_ evidence: inout CauseEvidence) {
        let isNested = stacks.count > 1
        let stackStatus = evidence.stackStatus
        let operation = evidence.phase
        let hasFailure = evidence.take(scan)
        if isNested {
            // These are facts of the action's stack, not of one in it.
            (evidence.stackStatus, evidence.phase) = (stackStatus, operation ?? evidence.phase)
        }
        // A resource that failed was begun; validations and hooks come before.
        if scan.failure?.status?.hasSuffix("_FAILED") == true { evidence.ranUserCode = true }
        if let nested = scan.failure?.nestedStack {
            if stacks.contains(nested) {
                // A circle, as no true stack has it.
            } else if stacks.count <= StackReading.depthLimit {
                return descend(to: nested)
            } else {
                let text = "stacks are nested deeper than \(StackReading.depthLimit)"
                evidence.gaps.append(CauseGap(.describeStackEvents, .bounded, text))
            }
        }
        if !hasFailure, !isNested, !usesStackEvents {
            // The older events also have the stack's own, and its status.
            return readStackEvents()
        }
        if evidence.stackStatus == nil { readStack() }
    }

    /// Begins with the events of a nested stack.
    private mutating func descend(to nested: String) {
        stacks.append(nested)
        begin()
    }

    /// Begins with the current stack once more, by the older call.
    private mutating func readStackEvents() {
        usesStackEvents = true
        begin()
    }

    private mutating func begin() {
        scan = OperationScan(since: start)
        pages = 0
        readFailures()
    }

    /// Ends the reading of a stack whose events cannot be read.
    private mutating func endStack(_ gap: CauseGap, _ evidence: inout CauseEvidence) {
        evidence.gaps.append(gap)
        if evidence.stackStatus == nil, gap.kind != .throttled { readStack() }
    }

    private mutating func readFailures(after token: String? = nil) {
        let stack = stacks[stacks.count - 1]
        step = usesStackEvents ? .events : .operations
        next = CauseCall(
            usesStackEvents ? .describeStackEvents : .describeOperationEvents,
            .members([
                ("StackName", .text(stack)),
                ("Filters", usesStackEvents ? nil : ["FailedEvents": true]),
                ("NextToken", token.map(JSONInput.text)),
            ])
        )
    }

    private mutating func readStack() {
        step = .stack
        next = CauseCall(.describeStacks, ["StackName": .text(stacks[0])])
    }
}
