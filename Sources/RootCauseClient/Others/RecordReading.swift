import Primitives
import WireFormats

/// Reads a request to Service Catalog.
struct RecordReading: CauseSource {
    var next: CauseCall?

    /// Creates a reading; nil without a record's id.
    init?(_ subject: CauseSubject) {
        guard let id = subject.externalID, id.hasPrefix("rec-") else { return nil }
        next = CauseCall(.describeRecord, ["Id": .text(id)])
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: RecordPage = try JSONReader.answer(body)
        guard let record = page.record else {
            throw UnreadableAnswer("there is no RecordDetail in it")
        }
        evidence.take(record)
    }
}

/// The answer of DescribeRecord; its outputs are not read.
struct RecordPage: JSONReadable, Hashable, Sendable {
    private(set) var record: CatalogRecord?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case record = "RecordDetail"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .record: record = try reader.value()
            }
        }
    }
}

/// A request to Service Catalog with its errors.
struct CatalogRecord: JSONReadable, Hashable, Sendable {
    private(set) var name: String?
    private(set) var type: String?
    private(set) var status: String?
    private(set) var errors: [RecordError] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name = "ProvisionedProductName"
        case type = "RecordType"
        case status = "Status"
        case errors = "RecordErrors"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .name: name = try reader.text()
            case .type: type = try reader.text()
            case .status: status = try reader.text()
            case .errors: errors = try reader.list()
            }
        }
    }
}

/// An error of a request.
struct RecordError: JSONReadable, Hashable, Sendable {
    private(set) var code: String?
    private(set) var description: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case code = "Code"
        case description = "Description"
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .code: code = try reader.text()
            case .description: description = try reader.text(CauseText.message)
            }
        }
    }
}

extension CauseEvidence {
    /// Takes a request to Service Catalog: its first error.
    mutating func take(_ record: CatalogRecord) {
        resource = record.name
        phase = record.type
        status = record.status
        code = record.errors.first?.code
        message = record.errors.first?.description
    }
}
