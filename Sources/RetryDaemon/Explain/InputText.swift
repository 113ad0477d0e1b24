/// Converts the bytes of a file to UTF-8 text, or describes what they are instead.
enum InputText {
    /// The text in UTF-8 without a byte order mark.
    ///
    /// - Throws: ``ExplainError`` when its first bytes cannot begin a JSON object or list.
    static func utf8(
        _ raw: [UInt8],
        in name: String,
        expecting expected: String
    ) throws(ExplainError) -> [UInt8] {
        if let format = packed.first(where: { raw.starts(with: $0.magic) }) {
            throw ExplainError("\(name): is compressed (\(format.name)); decompress it first")
        }
        let bytes = decoded(raw)
        guard let first = bytes.first(where: { $0 > 0x20 }) else {
            throw ExplainError("\(name): is empty; did the command fail? \(expected)")
        }
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let place = InputPlace(of: error.byteOffsets.lowerBound, in: bytes)
            throw ExplainError("\(name):\(place): is neither UTF-8 nor UTF-16; save it as UTF-8")
        }
        guard first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else { return bytes }
        if let format = format(String(decoding: bytes.prefix(4096), as: UTF8.self)) {
            throw ExplainError("\(name): \(format); \(expected)")
        }
        return bytes
    }

    private static let packed: [(magic: [UInt8], name: String)] = [
        ([0x1F, 0x8B], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0x42, 0x5A, 0x68], "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58], "xz"), ([0x50, 0x4B, 0x03, 0x04], "zip"),
    ]

    /// UTF-16 is what `>` of Windows PowerShell writes.
    private static func decoded(_ raw: [UInt8]) -> [UInt8] {
        if raw.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(raw.dropFirst(3)) }
        if raw.starts(with: [0xFF, 0xFE]) { return utf16(raw.dropFirst(2), isBigEndian: false) }
        if raw.starts(with: [0xFE, 0xFF]) { return utf16(raw.dropFirst(2), isBigEndian: true) }
        // JSON begins with an ASCII character, so a zero beside it gives the byte order.
        guard raw.count >= 2 else { return raw }
        if raw[1] == 0, raw[0] != 0 { return utf16(raw[...], isBigEndian: false) }
        if raw[0] == 0, raw[1] != 0 { return utf16(raw[...], isBigEndian: true) }
        return raw
    }

    private static func utf16(_ raw: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8] {
        let bytes = Array(raw)
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// A description of a text that is not JSON, as the first half of a sentence.
    private static func format(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }
        guard let line = lines.first else { return nil }
        if lines.contains(where: { $0.hasPrefix("An error occurred (") }) {
            return "contains an error of the AWS CLI instead of an answer"
        }
        if line.hasPrefix("usage:") || line.hasPrefix("Unable to locate credentials") {
            return "contains a message of the AWS CLI instead of an answer"
        }
        if line.hasPrefix("<") { return "is HTML or XML" }
        if line.hasPrefix("---------") || line.hasPrefix("|") || line.hasPrefix("+-") {
            return "is a table (--output table)"
        }
        if line.contains("\t"), line.first?.isUppercase == true || line.first?.isNumber == true {
            return "is tab-separated text (--output text)"
        }
        let key = line.drop { $0 == "-" || $0 == " " }.prefix { $0.isLetter || $0.isNumber }
        let rest = line.drop { $0 == "-" || $0 == " " }.dropFirst(key.count)
        if line == "---" || !key.isEmpty && rest.hasPrefix(":") { return "is YAML (--output yaml)" }
        return nil
    }
}
