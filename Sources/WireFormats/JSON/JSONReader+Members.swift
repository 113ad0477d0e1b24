/// A name of up to 32 bytes, as numbers that compare at once.
@usableFromInline package struct JSONName: Hashable, Sendable {
    /// The longest name that is distinguished from others.
    @usableFromInline package static let maxCount = 32

    /// How many bytes it has.
    @usableFromInline package let count: Int
    /// The bytes in words, the first lowest, padded with zeros.
    @usableFromInline package var words = SIMD4<UInt64>()

    /// The name of a text.
    @inlinable package init(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(bytes.count <= JSONName.maxCount, "\(text) is longer than a name may be")
        count = bytes.count
        for (index, byte) in bytes.enumerated() {
            words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8)
        }
    }

    /// Whether the name is in a document at a position; its length is known to be right.
    @inline(__always)
    @inlinable package func stands(in bytes: borrowing JSONBytes, at place: Int) -> Bool {
        var rest = count
        var index = 0
        while rest > 0 {
            let word = JSONName.word(bytes, at: place &+ 8 &* index, count: min(8, rest))
            guard word == words[index] else { return false }
            rest &-= 8
            index &+= 1
        }
        return true
    }

    /// This many bytes from a position, padded with zeros.
    @inline(__always)
    @inlinable static func word(_ bytes: borrowing JSONBytes, at place: Int, count: Int) -> UInt64 {
        if let word = bytes.word(at: place) { return word & (.max &>> UInt64(64 &- 8 &* count)) }
        var word: UInt64 = 0
        for index in 0..<count { word |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        return word
    }
}

/// The members that an object is read for.
///
/// Names are compared by bytes where `String` compares by canonical equivalence. For these names it
/// is the same: no other text is equivalent to an ASCII text without `K`, `;` and the backtick.
@usableFromInline package struct JSONMembers<Key: CodingKey & CaseIterable & Sendable>: Sendable {
    /// The keys in the order of ``names``.
    @usableFromInline package let keys = Array(Key.allCases)
    /// The names of the keys.
    @usableFromInline package let names: [JSONName]

    /// Creates the table of all keys.
    @inlinable package init(of: Key.Type = Key.self) {
        names = keys.map { JSONName($0.stringValue) }
        precondition(keys.count <= UInt32.bitWidth, "a cursor has a bit for each of 32 keys")
    }
}

/// How far an object is read.
@usableFromInline package struct JSONCursor: Sendable {
    /// Whether nothing of the object is read.
    @usableFromInline var isFirst = true
    /// A bit for each key that was there.
    @usableFromInline var seen: UInt32 = 0
    /// The key that is likely to be next: the one behind the last.
    @usableFromInline var likely = 0

    @inlinable init() {}
}

extension JSONReader {
    /// Passes the opening brace of an object.
    @inlinable package mutating func object() throws(UnusualJSONError) -> JSONCursor {
        try open(.openingBrace)
        return JSONCursor()
    }

    /// Skips everything up to the value of the next known member that is not null.
    ///
    /// - Returns: The member's key, or nil after the object's end.
    @inlinable package mutating func member<Key>(
        _ members: JSONMembers<Key>,
        _ cursor: inout JSONCursor
    ) throws(UnusualJSONError) -> Key? {
        while try next(isFirst: cursor.isFirst, closing: .closingBrace) {
            cursor.isFirst = false
            let name = try passString()
            // An escape can spell any key.
            guard !name.hasEscape else { throw UnusualJSONError() }
            try pass(.colon)
            guard let index = index(of: name.part, in: members.names, from: cursor.likely) else {
                try skip()
                continue
            }
            // Which of two members of one name counts is left to the general decoder.
            let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: index)
            guard cursor.seen & bit == 0 else { throw UnusualJSONError() }
            cursor.seen |= bit
            cursor.likely = index + 1
            if token() == .letterN {
                try pass(literal: "null")
                continue
            }
            return members.keys[index]
        }
        return nil
    }

    /// The index of the name in a part of the document, searched from a likely one on.
    @inline(__always)
    @inlinable func index(of part: Range<Int>, in names: [JSONName], from likely: Int) -> Int? {
        let count = part.count
        var index = likely
        for _ in 0..<names.count {
            if index >= names.count { index = 0 }
            if names[index].count == count, names[index].stands(in: bytes, at: part.lowerBound) {
                return index
            }
            index += 1
        }
        return nil
    }
}
