import Primitives
import WireFormats

/// A phase of a build or a batch, as far as it says how it ended.
struct BuildPhase: JSONReadable, Hashable, Sendable {
    private(set) var phaseType: String?
    private(set) var phaseStatus: String?
    private(set) var contexts: [PhaseContext] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case phaseType, phaseStatus, contexts
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .phaseType: phaseType = try reader.text()
            case .phaseStatus: phaseStatus = try reader.text()
            case .contexts: contexts = try reader.list()
            }
        }
    }

    /// Whether it ended, and not well; the phase that ends a build has no status.
    var hasFailed: Bool {
        guard let phaseStatus, !phaseStatus.isEmpty else { return false }
        return !["SUCCEEDED", "IN_PROGRESS"].contains(phaseStatus)
    }

    /// The first context that says anything; builds that were stopped have none.
    var context: PhaseContext? {
        contexts.first { $0.statusCode?.isEmpty == false || $0.message?.isEmpty == false }
    }
}

/// Why a phase ended as it did.
struct PhaseContext: JSONReadable, Hashable, Sendable {
    private(set) var statusCode: String?
    private(set) var message: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case statusCode, message
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .statusCode: statusCode = try reader.text()
            case .message: message = try reader.text(CauseText.message)
            }
        }
    }
}

extension CauseEvidence {
    /// Takes the first phase that failed; false where none did.
    mutating func take(firstFailedOf phases: [BuildPhase]) -> Bool {
        guard let failed = phases.first(where: \.hasFailed) else { return false }
        phase = failed.phaseType
        status = failed.phaseStatus
        code = failed.context?.statusCode.flatMap { $0.isEmpty ? nil : $0 }
        message = failed.context?.message.flatMap { $0.isEmpty ? nil : $0 }
        return true
    }
}
