/// An IPv4 or IPv6 address as its bytes, for rules about where a request may go.
package struct IPAddress: Hashable, Sendable {
    /// Four or sixteen bytes in network order.
    package let bytes: [UInt8]

    /// Reads the dotted or the colon form, without brackets, zone or port.
    package init?(_ text: String) {
        guard let bytes = text.contains(":") ? readIPv6(text) : readIPv4(text[...]) else {
            return nil
        }
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

private func readIPv4(_ text: Substring) -> [UInt8]? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
        part.utf8.allSatisfy { (48...57).contains($0) } && part.utf8.count <= 3
            ? UInt8(part) : nil
    }
    return parts.count == 4 && numbers.count == 4 ? numbers : nil
}

private func readIPv6(_ text: String) -> [UInt8]? {
    guard let gap = text.range(of: "::") else {
        guard let bytes = readGroups(text[...], endsText: true), bytes.count == 16 else {
            return nil
        }
        return bytes
    }
    guard text[gap.upperBound...].range(of: "::") == nil,
        let head = readGroups(text[..<gap.lowerBound], endsText: false),
        let tail = readGroups(text[gap.upperBound...], endsText: true),
        head.count + tail.count <= 14
    else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
}

/// The bytes of colon-separated groups; the last of the whole text may be dotted.
private func readGroups(_ text: Substring, endsText: Bool) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    var bytes: [UInt8] = []
    let groups = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, group) in groups.enumerated() {
        if endsText, index == groups.count - 1, let dotted = readIPv4(group) {
            bytes += dotted
        } else {
            guard (1...4).contains(group.utf8.count), group.first != "+", group.first != "-",
                let number = UInt16(group, radix: 16)
            else { return nil }
            bytes += [UInt8(number >> 8), UInt8(number & 0xFF)]
        }
    }
    return bytes
}
