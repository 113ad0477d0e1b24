extension UInt8 {
    /// Whether it is allowed in a header's name or a method (RFC 9110, 5.6.2).
    var isTokenCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E: true
        case _: false
        }
    }

    /// Whether it is a control character other than the tab.
    var isControl: Bool { (self < 0x20 && self != 0x09) || self == 0x7F }

    /// The letter in lower case; every other byte as it is.
    var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension String {
    /// Whether both are the same but for the case of ASCII letters, as header names compare.
    func isEqualIgnoringCase(_ other: String) -> Bool {
        // Most names differ in length already, which costs nothing to see.
        guard utf8.count == other.utf8.count else { return false }
        let (left, right) = (utf8.span, other.utf8.span)
        for index in left.indices where left[index] != right[index] {
            guard left[index].lowercasedASCII == right[index].lowercasedASCII else { return false }
        }
        return true
    }

    /// Whether it sorts before the other as bytes, ASCII letters taken in lower case.
    func precedesIgnoringCase(_ other: String) -> Bool {
        let (left, right) = (utf8.span, other.utf8.span)
        for index in 0..<min(left.count, right.count) {
            let (one, two) = (left[index].lowercasedASCII, right[index].lowercasedASCII)
            if one != two { return one < two }
        }
        return left.count < right.count
    }
}
