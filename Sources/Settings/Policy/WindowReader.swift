package import Primitives
import RetryCore
import YAML

/// Reads `windows`; it knows the zones of one load, so that each file is read once.
struct WindowReader {
    let environment: SettingsEnvironment
    private var known: [String: ZoneRules] = [:]

    init(environment: SettingsEnvironment) {
        self.environment = environment
    }

    mutating func windows(_ field: Field) -> [WindowDraft] {
        guard let items = field.items(expected: "a list of windows") else { return [] }
        var windows: [WindowDraft] = []
        for item in items {
            guard let window = window(item) else { continue }
            windows.append(WindowDraft(window: window, position: item.position, key: item.key))
        }
        return windows
    }

    private mutating func window(_ field: Field) -> Window? {
        guard let section = field.section(SettingsKeys.window) else { return nil }
        let zone: ZoneRules? =
            if let field = section["time_zone"] { self.zone(field) } else { .utc }
        let effect: Window.Effect
        let time: Field
        if let allow = section["allow"] {
            section.refuse(["deny"], beside: "allow", expected: "one of the two")
            (effect, time) = (.allow, allow)
        } else if let deny = section["deny"] {
            (effect, time) = (.deny, deny)
        } else {
            section.lacks(["allow", "deny"], expected: "one of them with a time")
            return nil
        }
        guard let text = time.text(expected: WindowText.expected, most: 200) else { return nil }
        do {
            let spans = try WindowText.parse(text)
            guard let zone else { return nil }
            return Window(effect: effect, spans: spans, zone: zone)
        } catch {
            time.reject(error.problem, expected: error.expected, suggestion: error.suggestion)
            return nil
        }
    }

    private mutating func zone(_ field: Field) -> ZoneRules? {
        let expected = "a name of the time zone database such as Europe/Berlin"
        guard let name = field.text(expected: expected, most: 64) else { return nil }
        // UTC needs no database.
        if name == "UTC" { return .utc }
        if let zone = known[name] { return zone }
        let zones = environment.zones
        guard ZoneDatabase.isName(name), let bytes = zones.file(name) else {
            unknown(name, field, expected: expected)
            return nil
        }
        let rules = TimeZoneFile.rules(name: name, bytes: bytes, now: environment.now)
        guard let rules else {
            field.reject(
                "is \(ErrorLog.shown(name)), whose file in the database is not readable",
                expected: expected
            )
            return nil
        }
        known[name] = rules
        return rules
    }

    private func unknown(_ name: String, _ field: Field, expected: String) {
        let names = environment.zones.names()
        guard !names.isEmpty else {
            field.reject(
                "is \(ErrorLog.shown(name)), and there is no time zone database",
                expected: "UTC, or the package tzdata to be installed"
            )
            return
        }
        // Common mistakes: only the city, or blanks instead of underscores.
        let city = name.split(separator: "/").last.map(String.init) ?? name
        let asked = city.lowercased().replacing(" ", with: "_")
        let same = names.first { $0.lowercased().split(separator: "/").last ?? "" == asked }
        field.reject(
            "is \(ErrorLog.shown(name)), which is not a time zone",
            expected: expected,
            suggestion: Suggestion.nearest(to: name, among: names) ?? same
        )
    }
}

/// The environment that reading a config file depends on.
package struct SettingsEnvironment: Sendable {
    /// Where time zones are read from.
    package var zones: ZoneDatabase
    /// The time, by which the years of a time zone are chosen.
    package var now: WallTime

    /// Creates an environment; the zones default to the operating system's.
    package init(zones: ZoneDatabase = .system, now: WallTime) {
        self.zones = zones
        self.now = now
    }
}
