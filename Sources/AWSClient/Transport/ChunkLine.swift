/// The grammar of the lines of the chunked coding beside the size (RFC 9112, 7.1).
///
/// What they say is ignored, but a line of another form may be one that another reader takes for
/// the end of the body, or for its middle.
enum ChunkLine {
    /// Whether a line, without its end, has the form of a header.
    static func isTrailer(_ line: [UInt8]) -> Bool {
        let name = line.prefix { $0.isTokenCharacter }
        guard !name.isEmpty, name.endIndex < line.endIndex,
            line[name.endIndex] == UInt8(ascii: ":")
        else { return false }
        return !line[name.endIndex...].contains { $0.isControl }
    }

    /// Whether what follows a size consists of extensions: `;name`, `;name=value`, `;name="text"`.
    static func areExtensions(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            guard rest.popFirst() == UInt8(ascii: ";"), skipToken(&rest) else { return false }
            guard rest.first == UInt8(ascii: "=") else { continue }
            rest.removeFirst()
            let isValue = rest.first == UInt8(ascii: "\"") ? skipText(&rest) : skipToken(&rest)
            guard isValue else { return false }
        }
        return true
    }

    /// Skips a token; false where there is none.
    private static func skipToken(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let token = rest.prefix { $0.isTokenCharacter }
        rest = rest[token.endIndex...]
        return !token.isEmpty
    }

    /// Skips a text in quotes, at whose first quote it stands; false where it has no end.
    private static func skipText(_ rest: inout ArraySlice<UInt8>) -> Bool {
        rest.removeFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\"), rest.popFirst()?.isControl != false { return false }
            if byte.isControl { return false }
        }
        return false
    }
}
