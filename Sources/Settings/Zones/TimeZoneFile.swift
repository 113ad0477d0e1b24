import Primitives
import RetryCore

/// Reads a TZif file (RFC 8536, versions 2 to 4) into the offsets that a window needs.
enum TimeZoneFile {
    /// The zone's offsets from the year before `now` to ten years after it.
    ///
    /// Nil when the bytes are no TZif file of version 2 or later, or when it counts leap seconds.
    static func rules(name: String, bytes: [UInt8], now: WallTime) -> ZoneRules? {
        guard let table = table(bytes) else { return nil }
        let year = CivilDate(daysSinceEpoch: now.milliseconds.flooredDivision(by: 86_400_000).0)
            .year
        var all = table.transitions
        if let footer = table.footer, let rule = PosixZone(footer) {
            let last = all.last?.at ?? Int64.min
            for year in (year - 1)...(year + 10) {
                all += rule.transitions(year: year).filter { $0.at > last }
            }
            if all.isEmpty { all = [(Int64.min, rule.standard)] }
        }
        let years = secondsSinceEpoch(year: year - 1)..<secondsSinceEpoch(year: year + 11)
        return cut(all, base: table.base, name: name, to: years)
    }

    /// Removes what lies outside of a time, and transitions that change nothing.
    private static func cut(
        _ all: [(at: Int64, offset: Int)],
        base: Int,
        name: String,
        to range: Range<Int64>
    ) -> ZoneRules {
        var base = base
        var kept: [ZoneRules.Transition] = []
        for (at, offset) in all where at < range.upperBound {
            guard at >= range.lowerBound else {
                base = offset
                continue
            }
            let time = WallTime(milliseconds: at * 1000)
            // A zone that is always in daylight-saving time ends and begins it at one instant.
            if kept.last?.at == time { kept.removeLast() }
            if offset != kept.last?.offset ?? base {
                kept.append(ZoneRules.Transition(at: time, offset: offset))
            }
        }
        return ZoneRules(name: name, base: base, transitions: kept)
    }

    private static func secondsSinceEpoch(year: Int64) -> Int64 {
        (CivilDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0) * 86_400
    }

    private struct Table {
        var base: Int
        var transitions: [(at: Int64, offset: Int)]
        var footer: String?
    }

    private struct Counts {
        let leaps: Int
        let times: Int
        let types: Int
        /// The bytes of the data block that follow its header.
        let size: Int
        /// The bytes of one time: 4 in the first block, 8 in the second.
        let width: Int

        init?(_ bytes: ArraySlice<UInt8>, width: Int) {
            guard bytes.count >= 44, bytes.starts(with: Array("TZif".utf8)) else { return nil }
            let counts = (0..<6).map { index in
                TimeZoneFile.number(bytes.dropFirst(20 + 4 * index).prefix(4))
            }
            // No real file comes near; the limit keeps the sizes below from overflowing.
            guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
            leaps = Int(counts[2])
            times = Int(counts[3])
            types = Int(counts[4])
            self.width = width
            size =
                times * (width + 1) + types * 6 + Int(counts[5]) + leaps * (width + 4)
                + Int(counts[1]) + Int(counts[0])
        }
    }

    private static func table(_ bytes: [UInt8]) -> Table? {
        guard let first = Counts(bytes[...], width: 4), bytes[4] >= UInt8(ascii: "2") else {
            return nil
        }
        let second = bytes.dropFirst(44 + first.size)
        guard let counts = Counts(second, width: 8), counts.leaps == 0, counts.types > 0 else {
            return nil
        }
        let data = second.dropFirst(44)
        guard data.count >= counts.size else { return nil }
        let offsets = (0..<counts.types).map { index in
            let record = data.dropFirst(counts.times * 9 + index * 6).prefix(4)
            return Int(number(record))
        }
        let times = (0..<counts.times).map { number(data.dropFirst($0 * 8).prefix(8)) }
        let types = data.dropFirst(counts.times * 8).prefix(counts.times).map(Int.init)
        guard offsets.allSatisfy({ (-90_000...93_600).contains($0) }),
            types.allSatisfy({ $0 < offsets.count }),
            zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }),
            // The year 9999; no window is evaluated beyond it, and milliseconds might overflow.
            times.last ?? 0 < 253_402_300_800
        else { return nil }
        let transitions = zip(times, types).map { (at: $0, offset: offsets[$1]) }
        let footer = data.dropFirst(counts.size)
        return Table(base: offsets[0], transitions: transitions, footer: line(footer))
    }

    /// The footer's text between its two line ends.
    private static func line(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.first == UInt8(ascii: "\n") else { return nil }
        let text = bytes.dropFirst().prefix { $0 != UInt8(ascii: "\n") }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }

    /// A big-endian number with sign, of four or eight bytes.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        var value: Int64 = bytes.first.map { $0 >= 0x80 } == true ? -1 : 0
        for byte in bytes { value = value << 8 | Int64(byte) }
        return value
    }
}
