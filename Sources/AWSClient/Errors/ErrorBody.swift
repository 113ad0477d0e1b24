import FoundationEssentials

/// The error in an answer's body, in JSON, XML or any other text.
struct ErrorBody {
    /// The member or element `code`.
    private(set) var code: String?
    /// The member `__type`.
    private(set) var type: String?
    /// The text for people.
    private(set) var message: String?
    /// The id in the body, which the Query protocol has.
    private(set) var requestID: String?

    /// Reads a body; unknown formats become the message.
    init(_ bytes: [UInt8]) {
        let text = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard let first = text.first else { return }
        if first == UInt8(ascii: "{") {
            readJSON(bytes)
        } else if first == UInt8(ascii: "<") {
            readXML(bytes)
        }
        if code == nil, type == nil, message == nil {
            message = String(decoding: text.prefix(ErrorBody.textLimit), as: UTF8.self)
        }
    }

    private static let textLimit = 4096

    private mutating func readJSON(_ bytes: [UInt8]) {
        do {
            let body = try JSONDecoder().decode(JSONErrorBody.self, from: Data(bytes))
            code = body.code
            type = body.type
            message = body.message
        } catch {
            // Broken JSON is shown as it is: the message of a proxy or of a truncated answer.
            message = String(decoding: bytes.prefix(ErrorBody.textLimit), as: UTF8.self)
        }
    }

    /// Takes `Code`, `Message` and `RequestId` wherever they occur; HTML has none of them.
    private mutating func readXML(_ bytes: [UInt8]) {
        do {
            let root = try XMLElement(parsing: bytes)
            code = root.first("Code")?.text
            message = root.first("Message")?.text
            if code == nil, root.name.hasSuffix("Exception") { code = root.name }
            requestID = root.first("RequestId")?.text ?? root.first("RequestID")?.text
        } catch {
            message = String(decoding: bytes.prefix(ErrorBody.textLimit), as: UTF8.self)
        }
    }
}

/// The members of a JSON error body; a member of another type counts as absent.
private struct JSONErrorBody: Decodable {
    let code: String?
    let type: String?
    let message: String?

    private enum CodingKeys: String, CodingKey {
        case code
        case type = "__type"
        case message
        case capitalMessage = "Message"
        case errorMessage
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) -> String? {
            do {
                return try members.decodeIfPresent(String.self, forKey: key)
            } catch {
                // A type other than text counts as absent.
                return nil
            }
        }
        code = text(.code)
        type = text(.type)
        message = text(.message) ?? text(.capitalMessage) ?? text(.errorMessage)
    }
}
