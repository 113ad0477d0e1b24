import AWSClient
import Primitives
import WireFormats

/// The answers of DescribeStackEvents and DescribeEvents, newest first.
struct StackEventPage: JSONReadable, Hashable, Sendable {
    private(set) var events: [StackEvent] = []
    private(set) var nextToken: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case stackEvents = "StackEvents"
        case operationEvents = "OperationEvents"
        case nextToken = "NextToken"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .stackEvents, .operationEvents: events = try reader.list()
            case .nextToken: nextToken = try reader.text()
            }
        }
        sort()
    }

    init(_ answer: XMLElement) {
        let names = [CodingKeys.stackEvents, .operationEvents].map(\.rawValue)
        events = names.flatMap(answer.members).map(StackEvent.init)
        let token = answer.first(CodingKeys.nextToken.rawValue)?.text
        nextToken = token.flatMap { $0.isEmpty ? nil : $0 }
        sort()
    }

    /// Puts the newest first; events without a time, and of equal times, stay as they are.
    private mutating func sort() {
        let isOrdered = zip(events, events.dropFirst()).allSatisfy { left, right in
            guard let left = left.time, let right = right.time else { return true }
            return left >= right
        }
        guard !isOrdered, events.allSatisfy({ $0.time != nil }) else { return }
        events = events.enumerated().sorted { left, right in
            guard let first = left.element.time, let second = right.element.time else {
                return left.offset < right.offset
            }
            return first == second ? left.offset < right.offset : first > second
        }.map(\.element)
    }
}
