/// The position of a string in a document.
@usableFromInline package struct JSONStringPart: Sendable {
    /// The bytes between the quotes.
    @usableFromInline package let part: Range<Int>
    /// Whether there is an escape in it.
    @usableFromInline package let hasEscape: Bool

    @inlinable init(part: Range<Int>, hasEscape: Bool) {
        self.part = part
        self.hasEscape = hasEscape
    }
}

extension JSONReader {
    /// Reads a string.
    @inlinable package mutating func string() throws(UnusualJSONError) -> String {
        let found = try passString()
        return found.hasEscape ? unescaped(found.part) : bytes.text(found.part)
    }

    /// Passes a string, checking its UTF-8 and its escapes.
    @inline(__always)
    @inlinable package mutating func passString() throws(UnusualJSONError) -> JSONStringPart {
        try pass(.quote)
        let start = place
        place = plainEnd(from: start)
        var hasEscape = false
        if bytes[place] != .quote { hasEscape = try passOdd() }
        place += 1
        return JSONStringPart(part: start..<place - 1, hasEscape: hasEscape)
    }

    /// Passes the rest of a string up to its closing quote; whether there is an escape in it.
    @usableFromInline mutating func passOdd() throws(UnusualJSONError) -> Bool {
        var hasEscape = false
        while true {
            let byte = bytes[place]
            switch byte {
            case .quote: return hasEscape
            case .backslash:
                hasEscape = true
                _ = try passEscape()
            case 0x80...: try passSequence()
            // Also past the end, where every byte is zero.
            case ..<0x20: throw UnusualJSONError()
            case _: place = plainEnd(from: place)
            }
        }
    }

    /// The end of a run of ASCII without quotes, backslashes and control characters.
    @inline(__always)
    @inlinable func plainEnd(from start: Int) -> Int {
        var place = start
        while let word = bytes.word(at: place) {
            let oddBytes = word.oddBytes
            if oddBytes != 0 { return place + oddBytes.trailingZeroBitCount / 8 }
            place += 8
        }
        while bytes[place].isPlain { place += 1 }
        return place
    }

    /// Passes one character of two to four bytes (RFC 3629, section 4).
    private mutating func passSequence() throws(UnusualJSONError) {
        let second = bytes[place + 1]
        let count: Int? =
            switch (bytes[place], second) {
            case (0xc2...0xdf, 0x80...0xbf): 2
            case (0xe0, 0xa0...0xbf), (0xe1...0xec, 0x80...0xbf), (0xed, 0x80...0x9f),
                (0xee...0xef, 0x80...0xbf):
                3
            case (0xf0, 0x90...0xbf), (0xf1...0xf3, 0x80...0xbf), (0xf4, 0x80...0x8f): 4
            case _: nil
            }
        guard let count, count < 3 || bytes[place + 2] & 0xc0 == 0x80,
            count < 4 || bytes[place + 3] & 0xc0 == 0x80
        else { throw UnusualJSONError() }
        place += count
    }
}

// MARK: - Escapes

extension JSONReader {
    /// The text of a string that was passed, its escapes replaced.
    @usableFromInline mutating func unescaped(_ part: Range<Int>) -> String {
        let after = place
        defer { place = after }
        place = part.lowerBound
        var text = ""
        while place < part.upperBound {
            let start = place
            while place < part.upperBound, bytes[place] != .backslash { place += 1 }
            text += bytes.text(start..<place)
            guard place < part.upperBound else { break }
            do throws(UnusualJSONError) {
                text.unicodeScalars.append(try passEscape())
            } catch {
                preconditionFailure("an escape that was passed once is passed again")
            }
        }
        return text
    }

    /// Reads an escape; returns its character.
    private mutating func passEscape() throws(UnusualJSONError) -> Unicode.Scalar {
        let letter = bytes[place + 1]
        place += 2
        switch letter {
        case .quote, .backslash, .slash: return Unicode.Scalar(letter)
        case .letterB: return "\u{8}"
        case .letterF: return "\u{c}"
        case .letterN: return "\n"
        case .letterR: return "\r"
        case .letterT: return "\t"
        case .letterU: return try passCodePoint()
        case _: throw UnusualJSONError()
        }
    }

    /// Reads the four digits of `\u`, or the pair for a character beyond them.
    private mutating func passCodePoint() throws(UnusualJSONError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xd800...0xdbff).contains(first), bytes[place] == .backslash,
            bytes[place + 1] == .letterU
        else { throw UnusualJSONError() }
        place += 2
        let second = try hexadecimal()
        guard (0xdc00...0xdfff).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw UnusualJSONError() }
        return scalar
    }

    private mutating func hexadecimal() throws(UnusualJSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[place]
            let digit: UInt8 =
                switch byte {
                case 0x30...0x39: byte - 0x30
                case 0x41...0x46: byte - 0x37
                case 0x61...0x66: byte - 0x57
                case _: throw UnusualJSONError()
                }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }
}

extension UInt8 {
    /// Whether the byte is literal in a string.
    @inlinable var isPlain: Bool {
        self >= .space && self < 0x80 && self != .quote && self != .backslash
    }
}

extension UInt64 {
    /// The high bit of each of eight bytes that is not literal in a string.
    ///
    /// Exact for the lowest such byte; a borrow can set bits above it.
    @inlinable var oddBytes: UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = self ^ (ones &* UInt64(UInt8.quote))
        let backslashes = self ^ (ones &* UInt64(UInt8.backslash))
        let isControl = (self &- ones &* UInt64(UInt8.space)) & ~self
        let isQuote = (quotes &- ones) & ~quotes
        let isBackslash = (backslashes &- ones) & ~backslashes
        return (isControl | isQuote | isBackslash | self) & (ones &* 0x80)
    }
}
