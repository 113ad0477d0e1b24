import WireFormats

/// One page of a log stream (GetLogEvents).
struct LogEvents: JSONReadable {
    /// The messages, oldest first.
    private(set) var messages: [String] = []
    /// The token of the page before.
    private(set) var nextBackwardToken: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case events, nextBackwardToken
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .events: messages = try reader.list(of: LogEvent.self).map(\.message)
            case .nextBackwardToken: nextBackwardToken = try reader.text()
            }
        }
    }
}

/// A message of a log.
private struct LogEvent: JSONReadable {
    private(set) var message = ""

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case message
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            // A message may have several lines, and all of them count.
            case .message: message = try reader.text(LogTail.totalBytes)
            }
        }
    }
}
