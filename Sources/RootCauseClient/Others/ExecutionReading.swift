import Primitives
import WireFormats

/// Reads an execution of a state machine.
struct ExecutionReading: CauseSource {
    var next: CauseCall?
    private let arn: String

    /// Creates a reading; nil without an execution's ARN.
    init?(_ subject: CauseSubject) {
        guard let arn = subject.externalID, ARN(arn)?.service == "states" else { return nil }
        self.arn = arn
        next = CauseCall(.describeExecution, ["executionArn": .text(arn)])
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let execution: Execution = try JSONReader.answer(body)
        guard execution.arn == arn else {
            throw UnreadableAnswer("it is of another execution")
        }
        evidence.take(execution)
    }
}

/// An execution of a state machine; neither input nor output is read.
struct Execution: JSONReadable, Hashable, Sendable {
    private(set) var arn: String?
    private(set) var status: String?
    private(set) var error: String?
    private(set) var cause: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case executionArn, status, error, cause
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .executionArn: arn = try reader.text()
            case .status: status = try reader.text()
            case .error: error = try reader.text()
            case .cause: cause = try reader.text(CauseText.message)
            }
        }
    }
}

extension CauseEvidence {
    /// Takes an execution of a state machine.
    mutating func take(_ execution: Execution) {
        resource = execution.arn
        status = execution.status
        code = execution.error
        message = execution.cause
        // What has a status has begun.
        if execution.status != nil { ranUserCode = true }
        guard let text = execution.arn, let arn = ARN(text) else { return }
        consoleURL = ConsoleLink(region: arn.region)?.execution(text) ?? consoleURL
    }
}
