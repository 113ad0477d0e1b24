import Glibc

/// An IPv4 or IPv6 address as its bytes, for rules about where a request may go.
package struct IPAddress: Hashable, Sendable {
    /// Four or sixteen bytes in network order.
    package let bytes: [UInt8]

    /// Reads the dotted or the colon form, without brackets, zone or port.
    package init?(_ text: String) {
        let isVersion6 = text.utf8.contains(UInt8(ascii: ":"))
        guard
            let bytes = isVersion6
                ? read(text, AF_INET6, length: 16) : read(text, AF_INET, length: 4)
        else { return nil }
        self.bytes = bytes
    }

    /// Whether it is this machine: 127.0.0.0/8, ::1, or the former written as IPv6.
    package var isLoopback: Bool {
        let plain = unmapped
        return plain.count == 4 ? plain[0] == 127 : plain == IPAddress.loopback6
    }

    /// Whether it is of this link: 169.254.0.0/16 or fe80::/10.
    package var isLinkLocal: Bool {
        let plain = unmapped
        return plain.count == 4
            ? plain[0] == 169 && plain[1] == 254 : plain[0] == 0xFE && plain[1] & 0xC0 == 0x80
    }

    /// Whether it is of EC2's local services: fd00:ec2::/32.
    package var isEC2Local: Bool { bytes.starts(with: [0xFD, 0x00, 0x0E, 0xC2]) }

    /// Whether the first `bits` bits are those of `network`, of the same family.
    package func isWithin(_ network: IPAddress, bits: Int) -> Bool {
        guard bytes.count == network.bytes.count, (0...bytes.count * 8).contains(bits) else {
            return false
        }
        return zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
            let covered = min(8, max(0, bits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> covered)
            return pair.0 & mask == pair.1 & mask
        }
    }

    private var unmapped: [UInt8] {
        let prefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        return bytes.count == 16 && bytes.starts(with: prefix) ? Array(bytes[12...]) : bytes
    }

    private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]
}

/// The bytes that inet_pton(3) reads, so that every rule and the connection mean one address.
private func read(_ text: String, _ family: Int32, length: Int) -> [UInt8]? {
    // A zero byte would end the text for C and not for us.
    guard !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: length)
    return unsafe inet_pton(family, text, &bytes) == 1 ? bytes : nil
}
