package import Primitives

/// Why the reader leaves a document to the general decoder: it is malformed, unusual or rare.
@usableFromInline package struct UnusualJSONError: Error, Hashable, Sendable {
    /// Creates the error.
    @inlinable package init() {}
}

/// Reads a JSON text once, from front to back, without building a tree of it.
///
/// It accepts less than RFC 8259 and never more, so that every decoder accepts whatever it accepts:
/// UTF-8 and escapes are checked even in unused members. It gives no reasons; the general decoder
/// does.
@usableFromInline package struct JSONReader: ~Copyable {
    @usableFromInline package let bytes: JSONBytes
    /// The index of the next byte.
    @usableFromInline package var place = 0
    @usableFromInline var depth = 0

    /// Deeper documents are left to the general decoder; GetPipelineState nests to ten.
    @usableFromInline static let maxDepth = 64

    /// Creates a reader at the first byte.
    @inlinable package init(_ bytes: consuming JSONBytes) {
        self.bytes = bytes
    }

    /// Passes white space; the byte behind it, which is not passed.
    @inline(__always)
    @inlinable package mutating func token() -> UInt8 {
        let next = bytes[place]
        guard next <= .space else { return next }
        return tokenAfterSpace()
    }

    @inlinable mutating func tokenAfterSpace() -> UInt8 {
        while true {
            let next = bytes[place]
            guard next == .space || next == .lineFeed || next == .carriageReturn || next == .tab
            else { return next }
            place += 1
        }
    }

    /// Consumes a byte that must come next.
    @inline(__always)
    @inlinable package mutating func pass(_ byte: UInt8) throws(UnusualJSONError) {
        guard token() == byte else { throw UnusualJSONError() }
        place += 1
    }

    /// Checks that only white space is left.
    @inlinable package mutating func end() throws(UnusualJSONError) {
        _ = token()
        guard place == bytes.count else { throw UnusualJSONError() }
    }

    /// Passes the opening bracket of an object or a list.
    @inlinable package mutating func open(_ bracket: UInt8) throws(UnusualJSONError) {
        try pass(bracket)
        depth += 1
        guard depth <= JSONReader.maxDepth else { throw UnusualJSONError() }
    }

    /// Skips to the next item; false at the closing bracket, which is consumed.
    @inline(__always)
    @inlinable package mutating func next(isFirst: Bool, closing bracket: UInt8)
        throws(UnusualJSONError) -> Bool
    {
        let byte = token()
        if byte == bracket {
            place += 1
            depth -= 1
            return false
        }
        if !isFirst { try pass(.comma) }
        return true
    }
}

@available(*, unavailable) extension JSONReader: Sendable {}

// MARK: - Values

extension JSONReader {
    /// Reads a whole document.
    @inlinable package static func document<Value: JSONReadable>(_ bytes: [UInt8]) -> Value? {
        do throws(UnusualJSONError) {
            return try JSONBytes.reading(bytes) { reader throws(UnusualJSONError) in
                let value = try Value(reading: &reader)
                try reader.end()
                return value
            }
        } catch {
            return nil
        }
    }

    /// Reads a value of a kind that knows how.
    @inlinable package mutating func value<Value: JSONReadable>(
        of: Value.Type = Value.self
    ) throws(UnusualJSONError) -> Value {
        try Value(reading: &self)
    }

    /// Reads a list; null elements are omitted.
    @inlinable package mutating func list<Element: JSONReadable>(
        of: Element.Type = Element.self
    ) throws(UnusualJSONError) -> [Element] {
        try open(.openingBracket)
        var elements: [Element] = []
        var isFirst = true
        while try next(isFirst: isFirst, closing: .closingBracket) {
            isFirst = false
            if token() == .letterN {
                try pass(literal: "null")
            } else {
                elements.append(try Element(reading: &self))
            }
        }
        return elements
    }

    /// Reads a map of texts; null values are omitted.
    package mutating func map() throws(UnusualJSONError) -> [String: String] {
        try open(.openingBrace)
        var values: [String: String] = [:]
        var names: Set<String> = []
        var isFirst = true
        while try next(isFirst: isFirst, closing: .closingBrace) {
            isFirst = false
            let name = try string()
            try pass(.colon)
            // Which of two members of one name counts is left to the general decoder.
            guard names.insert(name).inserted else { throw UnusualJSONError() }
            if token() == .letterN {
                try pass(literal: "null")
            } else {
                values[name] = try string()
            }
        }
        return values
    }

    /// Passes a list; returns whether any of its elements is not null.
    package mutating func hasElements() throws(UnusualJSONError) -> Bool {
        try open(.openingBracket)
        var (isFirst, hasElements) = (true, false)
        while try next(isFirst: isFirst, closing: .closingBracket) {
            isFirst = false
            if token() != .letterN { hasElements = true }
            try skip()
        }
        return hasElements
    }

    /// Reads `true` or `false`.
    package mutating func bool() throws(UnusualJSONError) -> Bool {
        let isTrue = token() == .letterT
        try pass(literal: isTrue ? "true" : "false")
        return isTrue
    }

    /// Reads a timestamp; nil where the value is none that can be computed with.
    package mutating func time() throws(UnusualJSONError) -> WallTime? {
        if token() == .quote { return WallTime(lenient: try string()) }
        return WallTime(epochSeconds: try double())
    }

    /// Passes a value of any kind, checking its form.
    @usableFromInline package mutating func skip() throws(UnusualJSONError) {
        switch token() {
        case .quote: _ = try passString()
        case .openingBrace:
            try open(.openingBrace)
            var isFirst = true
            while try next(isFirst: isFirst, closing: .closingBrace) {
                isFirst = false
                _ = try passString()
                try pass(.colon)
                try skip()
            }
        case .openingBracket:
            try open(.openingBracket)
            var isFirst = true
            while try next(isFirst: isFirst, closing: .closingBracket) {
                isFirst = false
                try skip()
            }
        case .letterN: try pass(literal: "null")
        case .letterT, .letterF: _ = try bool()
        case _: _ = try number()
        }
    }

    @usableFromInline mutating func pass(literal: StaticString) throws(UnusualJSONError) {
        for index in 0..<literal.utf8CodeUnitCount {
            let byte = unsafe literal.utf8Start[index]
            guard bytes[place] == byte else { throw UnusualJSONError() }
            place += 1
        }
    }
}

/// A value that can be read from a JSON text.
@usableFromInline package protocol JSONReadable {
    /// Reads the value; it gives up unless the result is certain to equal that of `Decodable`.
    init(reading reader: inout JSONReader) throws(UnusualJSONError)
}

extension UInt8 {
    @usableFromInline static let tab: UInt8 = 0x09
    @usableFromInline static let lineFeed: UInt8 = 0x0a
    @usableFromInline static let carriageReturn: UInt8 = 0x0d
    @usableFromInline static let space: UInt8 = 0x20
    @usableFromInline static let quote: UInt8 = 0x22
    @usableFromInline static let plus: UInt8 = 0x2b
    @usableFromInline static let comma: UInt8 = 0x2c
    @usableFromInline static let minus: UInt8 = 0x2d
    @usableFromInline static let dot: UInt8 = 0x2e
    @usableFromInline static let slash: UInt8 = 0x2f
    @usableFromInline static let zero: UInt8 = 0x30
    @usableFromInline static let colon: UInt8 = 0x3a
    @usableFromInline static let openingBracket: UInt8 = 0x5b
    @usableFromInline static let backslash: UInt8 = 0x5c
    @usableFromInline static let closingBracket: UInt8 = 0x5d
    @usableFromInline static let letterB: UInt8 = 0x62
    @usableFromInline static let letterE: UInt8 = 0x65
    @usableFromInline static let letterF: UInt8 = 0x66
    @usableFromInline static let letterN: UInt8 = 0x6e
    @usableFromInline static let letterR: UInt8 = 0x72
    @usableFromInline static let letterT: UInt8 = 0x74
    @usableFromInline static let letterU: UInt8 = 0x75
    @usableFromInline static let openingBrace: UInt8 = 0x7b
    @usableFromInline static let closingBrace: UInt8 = 0x7d
}
