package import Primitives

/// One line of `windows`: a weekly time in which retries are allowed or denied.
package struct Window: Hashable, Sendable {
    /// Whether the window opens or closes.
    package enum Effect: String, Hashable, Sendable, CaseIterable {
        /// Retries are allowed in it, and outside every allow window they are not.
        case allow
        /// Retries are not allowed in it, even if another window allows them.
        case deny
    }

    /// Whether the window opens or closes.
    package var effect: Effect
    /// The weekly spans, in the zone's local time.
    package var spans: [WeeklySpan]
    /// The zone whose local time applies.
    package var zone: ZoneRules

    /// Creates a window.
    package init(effect: Effect, spans: [WeeklySpan], zone: ZoneRules) {
        self.effect = effect
        self.spans = spans
        self.zone = zone
    }
}

/// A span of local time on one weekday; one that passes midnight belongs to its first day.
package struct WeeklySpan: Hashable, Sendable {
    /// The weekday, from 0 for Monday to 6 for Sunday.
    package var weekday: Int
    /// Minutes after midnight at which it begins, 0 to 1439.
    package var start: Int
    /// Minutes after the same midnight at which it ends, excluded; up to 2880.
    package var end: Int

    /// Creates a span.
    package init(weekday: Int, start: Int, end: Int) {
        self.weekday = weekday
        self.start = start
        self.end = end
    }
}

/// A time zone as data: its offsets from UTC over time.
package struct ZoneRules: Hashable, Sendable {
    /// A time from which an offset applies.
    package struct Transition: Hashable, Sendable {
        /// When it begins to apply.
        package let at: WallTime
        /// Seconds east of UTC.
        package let offset: Int

        /// Creates a transition.
        package init(at: WallTime, offset: Int) {
            self.at = at
            self.offset = offset
        }
    }

    /// The IANA name, such as `Europe/Berlin`.
    package var name: String
    /// The offset before the first transition, in seconds east of UTC.
    package var base: Int
    /// The transitions in order of time, as far ahead as the zone database foresees.
    package var transitions: [Transition]

    /// Creates a zone.
    package init(name: String, base: Int, transitions: [Transition]) {
        self.name = name
        self.base = base
        self.transitions = transitions
    }

    /// Universal time.
    package static let utc = ZoneRules(name: "UTC", base: 0, transitions: [])
}
