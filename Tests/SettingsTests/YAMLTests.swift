import RetryCore
import Settings
import Testing

/// The part of YAML that a config file may use, and its limits.
@Suite struct YAMLTests {
    @Test func `JSON is read as well`() throws {
        let json = """
            {"poll": {"interval": "1m", "max_rate": 0.5}, "dry_run": true,
             "pipelines": [{"name": "web",
              "stages": {"Deploy": "never", "Te\\u0073t": {"max_retries": 0}}}]}
            """
        let loaded = try settings(json)
        #expect(loaded.configuration.poll.interval == .seconds(60))
        #expect(loaded.configuration.poll.maxRate == 0.5)
        let entry = try #require(loaded.configuration.targets.first?.pipelines.first)
        #expect(entry.policy(of: "Deploy").never)
        #expect(entry.policy(of: "Test").maxRetries == 0)
    }

    @Test(arguments: [
        "\u{FEFF}pipelines: [{ name: web }]",
        "pipelines:\r\n  - name: web\r\n",
        "%YAML 1.2\n---\npipelines: [{ name: web }]\n...\n",
        "pipelines: [{ name: \"web\" }]",
        "pipelines: [{ name: 'web' }]",
        "pipelines:\n- name: |-\n    web\n",
        "? pipelines\n: - name: web\n",
    ])
    func `equivalent forms`(text: String) throws {
        let entries = try settings(text).configuration.targets.flatMap(\.pipelines)
        #expect(entries.map(\.selector) == [.name("web")])
    }

    @Test(arguments: [
        "no", "off", "y", "1.30.5", "2026-11-23", "1_000", "0b1", "1e", "e5", "a-", "_",
    ])
    func `a value that YAML 1_1 would convert stays a name`(name: String) throws {
        let entries = try settings("pipelines: [{ name: \(name) }]").configuration.targets
        #expect(entries.first?.pipelines.first?.selector == .name(PipelineName(name)))
    }

    @Test(arguments: [
        "null", "~", "Null", "true", "FALSE", "12", "-3", "0x1F", "0o17", "1.5", "1e3", ".inf",
    ])
    func `a value that YAML 1_2 reads as another type is not a name`(name: String) {
        #expect(errors("pipelines: [{ name: \(name) }]").count == 1)
        #expect(errors("pipelines: [{ name: \"a\(name.filter { $0 != "~" })\" }]").count == 0)
    }

    @Test(arguments: [
        ("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86_400), ("1h30m", 5400),
        ("1d2h3m4s", 93_784), ("\"30s\"", 30), ("090s", 90), ("366d", 31_622_400),
    ])
    func `durations`(text: String, seconds: Int) throws {
        let loaded = try settings("poll: { interval: \(text) }\npipelines: [{ name: a }]")
        #expect(loaded.configuration.poll.interval == .seconds(seconds))
    }

    @Test(arguments: [
        "30", "s", "1.5h", "-5s", "5 s", "1m1h", "1s1s", "30ms", "5M", "1w",
        "99999999999999999999d",
        "0d0s", "367d", "''", "[1s]",
    ])
    func `not a duration`(text: String) {
        #expect(errors("poll: { interval: \(text) }\npipelines: [{ name: a }]").count == 1)
    }

    @Test(arguments: [
        ("5", 5.0), ("0.25", 0.25), (".5", 0.5), ("5.", 5), ("+2", 2), ("1e2", 100), ("2.5E+1", 25),
    ])
    func `numbers`(text: String, value: Double) throws {
        let loaded = try settings("poll: { max_rate: \(text) }\npipelines: [{ name: a }]")
        #expect(loaded.configuration.poll.maxRate == value)
    }

    @Test func `an alias stands for a whole value`() throws {
        let loaded = try settings(
            """
            policies:
              a: { backoff: &slow { kind: fixed, initial: 5m } }
              b: { backoff: *slow }
            pipelines: [{ name: x, policy: a }, { name: y, policy: b }]
            """
        )
        let entries = loaded.configuration.targets.flatMap(\.pipelines)
        #expect(entries[0].policy.backoff == entries[1].policy.backoff)
        #expect(entries[1].policy.backoff.initial == .seconds(300))
    }

    @Test func `an anchor that is set again applies from there on`() throws {
        let loaded = try settings(
            "poll: { interval: &t 10s, active_interval: &t 5s }\n"
                + "budget: { retries: 1, per: *t }\npipelines: [{ name: x }]"
        )
        #expect(loaded.configuration.budget?.per == .seconds(5))
    }

    @Test func `aliases may expand to 10,000 nodes and not one more`() {
        // The list has 100 nodes including itself; each alias expands to all of them.
        let list = "[" + [String](repeating: "x", count: 99).joined(separator: ",") + "]"
        func text(_ count: Int) -> String {
            let aliases = [String](repeating: "*l", count: count).joined(separator: ",")
            return "pipelines: [{ match: a, except: &l \(list) }]\ndry_run: [\(aliases)]"
        }
        #expect(errors(text(100)) == ["c.yaml:2:10: dry_run: is a list; expected true or false"])
        #expect(
            errors(text(101)).contains {
                $0.hasSuffix(
                    "the aliases up to here stand for more than 10000 nodes; "
                        + "expected fewer or smaller aliases"
                )
            }
        )
    }

    @Test func `a bomb of aliases is rejected before it is followed`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...60 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        // As a key too: a tree that hashes its keys would follow them all.
        text += "? *a60\n: 1\npipelines: *a60\n"
        #expect(errors(text).contains { $0.contains("stand for more than 10000 nodes") })
    }

    @Test func `an alias inside its own anchor names nothing yet`() {
        let found = errors("pipelines: &p [*p]")
        #expect(found.count == 1)
        #expect(found.first?.contains("the alias *p names no anchor before it") == true)
    }

    @Test(arguments: [("[", "]"), ("{a: ", "}")])
    func `deep nesting is rejected at 64 levels, and libyaml limits the rest`(
        open: String,
        close: String
    ) {
        for depth in [65, 500, 5000] {
            let text =
                "dry_run: " + String(repeating: open, count: depth)
                + String(repeating: close, count: depth) + "\npipelines: [{ name: a }]"
            #expect(!errors(text).isEmpty)
        }
    }

    @Test func `many short pipelines do not count as aliases`() throws {
        let lines = (0..<9000).map { "  - name: pipeline-\($0)" }.joined(separator: "\n")
        let loaded = try settings("pipelines:\n" + lines)
        #expect(loaded.configuration.targets.first?.pipelines.count == 9000)
    }

    @Test func `text of the file cannot forge lines of output`() {
        let found = errors("\"dry\\nc.yaml:1:1: run\\e[31m\": 1\npipelines: [{ name: a }]")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("c.yaml:1:1: dry\\u{a}c.yaml:1:1: run\\u{1b}[31m: ") == true)
    }
}
