import AWSClient
import Primitives

extension XMLElement {
    /// Reads an answer of AWS Query.
    static func answer(_ body: [UInt8]) throws(UnreadableAnswer) -> XMLElement {
        do throws(XMLError) {
            return try XMLElement(parsing: body)
        } catch {
            throw UnreadableAnswer(error.reason)
        }
    }

    /// The elements of a list, each `member`.
    func members(of name: String) -> [XMLElement] {
        first(name)?.children.filter { $0.name == "member" } ?? []
    }

    /// The text of a child; nil where there is none or an empty one.
    func child(_ name: String, limit: Int = CauseText.name) -> String? {
        guard let text = children.first(where: { $0.name == name })?.text, !text.isEmpty else {
            return nil
        }
        return text.cut(toUTF8: limit)
    }
}
