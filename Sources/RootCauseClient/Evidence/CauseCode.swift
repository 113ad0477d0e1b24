import Primitives

/// Error codes inside the texts of services.
enum CauseCode {
    /// The code that a text begins with, as in `CannotPullContainerError: ...`.
    static func leading(in text: String) -> String? {
        let word = text.prefix { $0 != ":" && $0 != " " }
        guard word.utf8.count < min(100, text.utf8.count), word.allSatisfy(\.isLetter),
            ["Error", "Exception"].contains(where: { word.hasSuffix($0) && word != $0 })
        else { return nil }
        return String(word)
    }

    /// The code of a resource handler or of the service behind it, as in
    /// `(Service: S3, ... HandlerErrorCode: Throttling)` and `Error Code: AccessDenied`.
    static func handler(in text: String) -> String? {
        let places = ["HandlerErrorCode:", "Error Code:"].compactMap { text.firstRange(of: $0) }
        guard let place = places.min(by: { $0.lowerBound < $1.lowerBound }) else { return nil }
        let code = text[place.upperBound...].drop { $0 == " " }.prefix { character in
            character.isASCII
                && (character.isLetter || character.isNumber || character == ":"
                    || character == "-")
        }
        return code.isEmpty ? nil : String(code.prefix(100))
    }
}
