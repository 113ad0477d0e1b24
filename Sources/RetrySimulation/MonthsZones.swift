import Primitives
package import RetryCore

/// The zones of the generated windows, by the transitions that the zone database of the operating
/// system lists; a test compares them.
package enum MonthsZones {
    /// Both clock changes in the north, on two dates, one in the south, and none.
    package static let all: [ZoneRules] = [berlin, newYork, sydney, kolkata]

    private static let berlin = zone(
        "Europe/Berlin",
        base: 3600,
        [
            (1_774_746_000, 7200), (1_792_890_000, 3600), (1_806_195_600, 7200),
            (1_824_944_400, 3600), (1_837_645_200, 7200), (1_856_394_000, 3600),
            (1_869_094_800, 7200), (1_887_843_600, 3600), (1_901_149_200, 7200),
            (1_919_293_200, 3600),
        ]
    )
    private static let newYork = zone(
        "America/New_York",
        base: -18_000,
        [
            (1_772_953_200, -14_400), (1_793_512_800, -18_000), (1_805_007_600, -14_400),
            (1_825_567_200, -18_000), (1_836_457_200, -14_400), (1_857_016_800, -18_000),
            (1_867_906_800, -14_400), (1_888_466_400, -18_000), (1_899_356_400, -14_400),
            (1_919_916_000, -18_000),
        ]
    )
    private static let sydney = zone(
        "Australia/Sydney",
        base: 39_600,
        [
            (1_775_318_400, 36_000), (1_791_043_200, 39_600), (1_806_768_000, 36_000),
            (1_822_492_800, 39_600), (1_838_217_600, 36_000), (1_853_942_400, 39_600),
            (1_869_667_200, 36_000), (1_885_996_800, 39_600), (1_901_721_600, 36_000),
            (1_917_446_400, 39_600),
        ]
    )
    private static let kolkata = zone("Asia/Kolkata", base: 19_800, [])

    private static func zone(
        _ name: String,
        base: Int,
        _ changes: [(at: Int64, offset: Int)]
    ) -> ZoneRules {
        ZoneRules(
            name: name,
            base: base,
            transitions: changes.map { change in
                ZoneRules.Transition(
                    at: WallTime(milliseconds: change.at * 1000),
                    offset: change.offset
                )
            }
        )
    }
}
