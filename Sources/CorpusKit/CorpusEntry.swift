import FoundationEssentials

/// One labelled failure of a corpus: a line of JSON.
package struct CorpusEntry: Decodable, Sendable {
    /// A name that stays.
    package let id: String
    /// The action's provider.
    package let provider: String
    /// Where the text stands, such as `log tail`.
    package let place: String
    /// CodePipeline's error code, where the text is its message.
    package let code: String?
    /// What the provider's API says beside the text.
    package let structured: [String: Scalar]
    /// The text.
    package let text: String
    /// What CodePipeline itself says of it, where it is known.
    package let message: String?
    /// What a retry brings: a class, or `unknown`.
    package let label: String
    /// The kind of what passes; nil for other labels.
    package let passing: String?
    /// How long that takes, as a class.
    package let wait: String?
    /// Entries with the same group have nearly the same words and different labels.
    package let twin: String?

    private enum CodingKeys: String, CodingKey {
        case id, provider, code, structured, text, label, wait, twin
        case place = "stands_in"
        case message = "message_in_codepipeline"
        case passing = "class"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        id = try values.decode(String.self, forKey: .id)
        provider = try values.decode(String.self, forKey: .provider)
        place = try values.decode(String.self, forKey: .place)
        code = try values.decodeIfPresent(String.self, forKey: .code)
        structured = try values.decodeIfPresent([String: Scalar].self, forKey: .structured) ?? [:]
        text = try values.decode(String.self, forKey: .text)
        message = try values.decodeIfPresent(String.self, forKey: .message)
        label = try values.decode(String.self, forKey: .label)
        passing = try values.decodeIfPresent(String.self, forKey: .passing)
        wait = try values.decodeIfPresent(String.self, forKey: .wait)
        twin = try values.decodeIfPresent(String.self, forKey: .twin)
    }

    /// Reads a corpus: one entry a line.
    package static func read(_ text: String) throws -> [CorpusEntry] {
        let decoder = JSONDecoder()
        return try text.split(separator: "\n").map { line in
            try decoder.decode(CorpusEntry.self, from: Data(line.utf8))
        }
    }
}
