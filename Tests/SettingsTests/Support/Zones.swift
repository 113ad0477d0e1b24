import Settings

/// A TZif file of version 2 (RFC 8536) with these transitions and this footer.
func zoneFile(
    base: Int,
    transitions: [(at: Int64, offset: Int)] = [],
    footer: String,
    version: Character = "2",
    leaps: Int = 0
) -> [UInt8] {
    let offsets = [base] + transitions.map(\.offset)
    let abbreviation = Array("LMT\0".utf8)
    func header(_ times: Int, _ types: Int, _ leaps: Int) -> [UInt8] {
        var header = Array("TZif\(version)".utf8) + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leaps, times, types, 4] { header += bigEndian(Int64(count), 4) }
        return header
    }
    // The first block is for readers of version 1; it has one type and nothing else.
    var file = header(0, 1, 0) + bigEndian(0, 4) + [0, 0] + abbreviation
    file += header(transitions.count, offsets.count, leaps)
    for transition in transitions { file += bigEndian(transition.at, 8) }
    file += transitions.indices.map { UInt8($0 + 1) }
    for offset in offsets { file += bigEndian(Int64(offset), 4) + [0, 0] }
    file += abbreviation + [UInt8](repeating: 0, count: leaps * 12)
    return file + Array("\n\(footer)\n".utf8)
}

private func bigEndian(_ value: Int64, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// Time zones that do not depend on the machine.
let zones = ZoneDatabase(
    file: { name in
        switch name {
        case "Europe/Berlin": zoneFile(base: 3600, footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        case "America/New_York": zoneFile(base: -18_000, footer: "EST5EDT,M3.2.0,M11.1.0")
        case "Asia/Kolkata": zoneFile(base: 19_800, footer: "IST-5:30")
        case "Broken/File": Array("TZif".utf8)
        default: nil
        }
    },
    names: { ["America/New_York", "Asia/Kolkata", "Europe/Berlin", "Broken/File"] }
)
