import AWSClient
import Primitives

/// Reads the newest operation of a stack set, and the account and Region that failed in it.
struct StackSetReading: CauseSource {
    private enum Step: Sendable {
        case operations
        case results
    }

    var next: CauseCall?
    private var step = Step.operations
    private let name: String
    private let caller: String?
    private let start: WallTime?

    /// Creates a reading; nil where no stack set is named.
    init?(_ subject: CauseSubject) {
        guard let name = subject.setting("StackSetName") else { return nil }
        self.name = name
        caller = subject.setting("CallAs")
        start = subject.startTime
        next = CauseCall(.listStackSetOperations, input([("MaxResults", 10)]))
    }

    private func input(_ more: [(String, JSONInput?)]) -> JSONInput {
        .members(
            [("StackSetName", .text(name)), ("CallAs", caller.map(JSONInput.text))] + more
        )
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        evidence.resource = name
        let summaries = try XMLElement.answer(body).members(of: "Summaries")
        switch step {
        case .operations: takeOperations(summaries, into: &evidence)
        case .results:
            // Those of the accounts that were left out after it are CANCELLED.
            let failed = summaries.first { $0.child("Status") == "FAILED" }
            if let failed { evidence.take(stackSetResult: failed) }
        }
    }

    private mutating func takeOperations(
        _ summaries: [XMLElement],
        into evidence: inout CauseEvidence
    ) {
        let recent = summaries.filter { summary in
            guard let start,
                let time = summary.child("CreationTimestamp").flatMap(WallTime.init(lenient:))
            else { return true }
            return time >= start
        }
        guard let operation = recent.first, let id = operation.child("OperationId") else { return }
        evidence.phase = operation.child("Action")
        evidence.status = operation.child("Status")
        evidence.message = operation.child("StatusReason", limit: CauseText.message)
        step = .results
        next = CauseCall(
            .listStackSetOperationResults,
            input([
                ("OperationId", .text(id)),
                ("Filters", [["Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"]]),
            ])
        )
    }
}

extension CauseEvidence {
    /// Takes the result of one account and Region.
    mutating func take(stackSetResult element: XMLElement) {
        let place = [element.child("Account"), element.child("Region")].compactMap(\.self)
        resource = ([resource].compactMap(\.self) + place).joined(separator: "/")
        status = element.child("Status")
        guard let reason = element.child("StatusReason", limit: CauseText.message) else { return }
        message = reason
        code = CauseCode.handler(in: reason)
        // `ResourceLogicalId:L, ResourceType:T, ResourceStatusReason:R`
        logicalID = CauseEvidence.part("ResourceLogicalId:", of: reason)
        resourceType = CauseEvidence.part("ResourceType:", of: reason)
    }

    private static func part(_ name: String, of text: String) -> String? {
        guard let place = text.firstRange(of: name) else { return nil }
        let value = text[place.upperBound...].prefix { $0 != "," && $0 != " " && $0 != ";" }
        return value.isEmpty ? nil : String(value)
    }
}
