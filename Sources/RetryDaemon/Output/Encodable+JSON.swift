import FoundationEssentials

extension Encodable {
    /// The value as JSON of several lines, its members by name, for people and jq.
    ///
    /// Only for values of texts and finite numbers: these always have a form in JSON.
    var printedJSON: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            preconditionFailure("a \(Self.self) of texts and numbers has no JSON: \(error)")
        }
    }
}
