/// Percent-encoding as Signature Version 4 defines it: all but `A-Z a-z 0-9 - . _ ~`.
package enum PercentEncoding {
    /// The bytes of `text` encoded, with capital hex digits; `/` stays when `keepingSlashes`.
    package static func encode(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String
    {
        let isPlain = text.utf8.allSatisfy {
            $0.isUnreserved || (keepingSlashes && $0 == UInt8(ascii: "/"))
        }
        guard !isPlain else { return String(text) }
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte.isUnreserved || (keepingSlashes && byte == UInt8(ascii: "/")) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes that `text` encodes; a percent sign without two hex digits stays as it is.
    package static func decode(_ text: some StringProtocol) -> [UInt8] {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = bytes[index + 1].hexValue, let low = bytes[index + 2].hexValue
            {
                out.append(high << 4 | low)
                index += 3
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }

    /// Decodes and encodes again, so that every text has one form.
    package static func canonical(_ text: some StringProtocol) -> String {
        encode(String(decoding: decode(text), as: UTF8.self))
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}

extension UInt8 {
    fileprivate var isUnreserved: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        case _: false
        }
    }

    fileprivate var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        case _: nil
        }
    }
}
