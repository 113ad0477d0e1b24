import AWSClient
import Primitives
import WireFormats

/// An event of an Elastic Beanstalk environment, in XML or as the AWS CLI prints it.
struct EnvironmentEvent: JSONReadable, Hashable, Sendable {
    private(set) var time: WallTime?
    private(set) var message = ""
    private(set) var environment: String?
    private(set) var severity: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case time = "EventDate"
        case message = "Message"
        case environment = "EnvironmentName"
        case severity = "Severity"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .time: time = try reader.time()
            case .message: message = try reader.text(CauseText.message)
            case .environment: environment = try reader.text()
            case .severity: severity = try reader.text()
            }
        }
    }

    init(_ element: XMLElement) {
        time = element.child(CodingKeys.time.rawValue).flatMap(WallTime.init(lenient:))
        message = element.child(CodingKeys.message.rawValue, limit: CauseText.message) ?? ""
        environment = element.child(CodingKeys.environment.rawValue)
        severity = element.child(CodingKeys.severity.rawValue)
    }

    /// Whether it reports an error.
    var isError: Bool { ["ERROR", "FATAL"].contains(severity) }

    /// Whether it only says that another error ended the deployment.
    var isConsequence: Bool {
        ["Failed to deploy ", "Unsuccessful command execution"].contains(where: message.hasPrefix)
    }

    /// The exit code in `Command failed on instance. Return code: 1 Output: ...`.
    var exitCode: Int? {
        guard let place = message.firstRange(of: "Return code: ") else { return nil }
        return Int(message[place.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}

/// The answer of DescribeEvents.
struct EnvironmentPage: JSONReadable, Hashable, Sendable {
    private(set) var events: [EnvironmentEvent] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case events = "Events"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .events: events = try reader.list()
            }
        }
    }
}

extension CauseEvidence {
    /// Takes the events of an environment, newest first: the first error since a time that is no
    /// consequence of another; without a time the newest.
    mutating func take(_ events: [EnvironmentEvent], since start: WallTime?) {
        let errors = events.filter(\.isError).filter { event in
            guard let start, let time = event.time else { return true }
            return time >= start
        }
        let roots = errors.filter { !$0.isConsequence }
        let first = start == nil ? roots.first : roots.last
        guard let event = first ?? errors.first else { return }
        resource = event.environment
        status = event.severity
        message = event.message
        exitCode = event.exitCode
        if event.exitCode != nil { ranUserCode = true }
    }
}
