import AWSClient
import Primitives

/// Reads the errors of an Elastic Beanstalk environment.
struct EnvironmentReading: CauseSource {
    var next: CauseCall?
    private let start: WallTime?

    /// How many events are read; newest first.
    private static let records = 50

    /// Creates a reading; nil where no environment is named.
    init?(_ subject: CauseSubject) {
        guard let application = subject.setting("ApplicationName"),
            let environment = subject.setting("EnvironmentName")
        else { return nil }
        start = subject.startTime
        next = CauseCall(
            .describeEnvironmentEvents,
            .members([
                ("ApplicationName", .text(application)), ("EnvironmentName", .text(environment)),
                ("Severity", "ERROR"), ("MaxRecords", .number(EnvironmentReading.records)),
                ("StartTime", start.map { .text($0.rfc3339) }),
            ])
        )
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let events = try XMLElement.answer(body).members(of: "Events")
        evidence.take(events.map(EnvironmentEvent.init), since: start)
    }
}
