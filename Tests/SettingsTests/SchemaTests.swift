import FoundationEssentials
import RetryCore
import Settings
import Testing

/// The JSON Schema of the config file and the reader agree.
@Suite struct SchemaTests {
    private static let file = Result {
        let url = URL(filePath: SampleConfigs.folder + "pipeline-retryd.schema.json")
        return JSONSchema(try JSONDecoder().decode(JSON.self, from: try Data(contentsOf: url)))
    }

    private func schema() throws -> JSONSchema { try SchemaTests.file.get() }

    @Test(arguments: [
        ([], SettingsKeys.root), (["$defs", "aws"], SettingsKeys.aws),
        (["properties", "poll"], SettingsKeys.poll),
        (["$defs", "policy"], SettingsKeys.policy), (["$defs", "backoff"], SettingsKeys.backoff),
        (["$defs", "window"], SettingsKeys.window), (["$defs", "budget"], SettingsKeys.budget),
        (["$defs", "cost"], SettingsKeys.cost),
        (["$defs", "rule"], SettingsKeys.rule), (["$defs", "when"], SettingsKeys.when),
        (["$defs", "outage_hold"], SettingsKeys.outageHold),
        (["$defs", "success_gate", "anyOf", "1"], SettingsKeys.successGate),
        (["$defs", "root_cause"], SettingsKeys.rootCause),
        (["$defs", "endpoint_urls"], SettingsKeys.endpointURLs),
        (["$defs", "target"], SettingsKeys.target),
        (["$defs", "pipeline"], SettingsKeys.pipeline),
        (["$defs", "stage", "anyOf", "1"], SettingsKeys.stage),
    ])
    func `every mapping has the same keys in both`(path: [String], keys: [String]) throws {
        let mapping = try #require(try schema().root.at(path))
        #expect(Set(mapping["properties"]?.object?.keys.map { $0 } ?? []) == Set(keys))
        #expect(mapping["additionalProperties"] == .boolean(false))
    }

    @Test func `the built-in rules have the same names in both`() throws {
        let names = try schema().root.at(["$defs", "rule", "properties", "use", "enum"])
        let text = "policies: { default: { rules: [{ use: none-such }] } }\n"
        let error = try #require(errors(text + "pipelines: [{ name: a }]").first)
        let words = try #require(names?.array).compactMap(\.string)
        #expect(!words.isEmpty)
        let listed = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        #expect(error.hasSuffix("expected \(listed)"))
    }

    @Test(arguments: SettingsKeys.limits)
    func `a rule that never retries takes no limit, by reader and by schema`(key: String) throws {
        let sample = try #require(Documents.limits[key], "give \(key) a sample")
        let rule = #"{"name": "r", "when": {}, "\#(key)": \#(sample)"#
        let allowed = Documents.rule(rule + "}")
        #expect(errors(allowed) == [])
        #expect(try schema().accepts(allowed))
        let refused = Documents.rule(rule + #", "retry": "never"}"#)
        #expect(errors(refused).contains { $0.contains("cannot be combined with retry: never") })
        #expect(try !schema().accepts(refused))
    }

    /// The values of each key that has a choice.
    private static let choices: [String: [String]] = [
        "kind": Backoff.Kind.allCases.map(\.rawValue),
        "jitter": Backoff.Jitter.allCases.map(\.rawValue),
        "mode": RetryMode.allCases.map(\.rawValue),
        "when_newer_waiting": NewerWaiting.allCases.map(\.rawValue),
        "when_transition_disabled": TransitionDisabled.allCases.map(\.rawValue),
        "when_human_retried": HumanRetried.allCases.map(\.rawValue),
        "parallel": ParallelMode.allCases.map(\.rawValue),
        "when_approval_repeats": ApprovalRepeats.allCases.map(\.rawValue),
        "when_revision_failed_before": RevisionReaction.allCases.map(\.rawValue),
        "when_newer_revision_passed": RevisionReaction.allCases.map(\.rawValue),
        "otherwise": Otherwise.allCases.map(\.rawValue),
        "use": BuiltInRules.names,
        // Another value of these is the absence of the key.
        "retry": ["never"], "stop_after_same_error": ["off"],
    ]

    /// The choices of a schema by their keys, wherever they stand in it.
    private static func enums(_ schema: JSON, _ key: String) -> [(key: String, values: [String])] {
        let own = (schema["enum"]?.array).map { [(key, $0.compactMap(\.string))] } ?? []
        let keys = (schema["properties"]?.object ?? [:]).flatMap { enums($1, $0) }
        let shared = (schema["$defs"]?.object ?? [:]).flatMap { enums($1, $0) }
        let others = (schema["anyOf"]?.array ?? []).flatMap { enums($0, key) }
        return own + keys + shared + others + (schema["items"].map { enums($0, key) } ?? [])
    }

    @Test func `every choice has the same values in both`() throws {
        let found = SchemaTests.enums(try schema().root, "")
        for (key, values) in found {
            #expect(Set(values) == Set(SchemaTests.choices[key] ?? []), "\(key)")
        }
        let named = Set(found.map(\.key))
        #expect(
            Set(SchemaTests.choices.keys).subtracting(named) == ["retry", "stop_after_same_error"]
        )
    }

    /// The places of the file's keys without a description, which the manual prints.
    private static func undescribed(_ schema: JSON, _ path: String) -> [String] {
        let keys = (schema["properties"]?.object ?? [:]).flatMap { name, value -> [String] in
            let isShared = value["$ref"] != nil && value.object?.count == 1
            let here = isShared || value["description"]?.string?.isEmpty == false
            return (here ? [] : ["\(path).\(name)"]) + undescribed(value, "\(path).\(name)")
        }
        let shared = (schema["$defs"]?.object ?? [:]).flatMap { undescribed($1, $0) }
        return keys + shared
    }

    @Test func `every key of the schema has a description`() throws {
        #expect(SchemaTests.undescribed(try schema().root, "") == [])
    }

    @Test(arguments: Documents.valid)
    func `documents that the reader accepts the schema accepts`(document: String) throws {
        #expect(errors(document) == [])
        #expect(try schema().accepts(document))
    }

    @Test(arguments: Documents.invalid)
    func `documents that the reader rejects the schema rejects`(document: String) throws {
        #expect(!errors(document).isEmpty)
        #expect(try !schema().accepts(document))
    }

    /// Every key of every mapping with a value of a wrong type: the reader reads them all.
    @Test(arguments: Documents.places)
    func `every key of the schema is read and rejected with a wrong type`(
        place: Documents.Place
    ) throws {
        for key in place.keys {
            let document = place.document("\"\(key)\": [[1]]")
            let named = errors(document).contains {
                $0.contains(".\(key): ") || $0.contains(".\(key)[")
            }
            #expect(named || errors(document).contains { $0.contains(": \(key)") }, "\(document)")
            #expect(try !schema().accepts(document), "\(document)")
        }
    }
}

/// The documents that both are compared by, in JSON.
enum Documents {
    /// A mapping of the file and a document that is valid except for what is put into it.
    struct Place: CustomTestStringConvertible {
        let name: String
        let keys: [String]
        let document: @Sendable (String) -> String
        var testDescription: String { name }
    }

    private static func policy(_ keys: String) -> String {
        "{\"policies\": {\"default\": {\(keys)}}, \"pipelines\": [{\"name\": \"a\"}]}"
    }

    private static func root(_ keys: String) -> String {
        "{\(keys), \"pipelines\": [{\"name\": \"a\"}]}"
    }

    /// A value of each limit that a rule may set.
    static let limits = [
        "mode": #""ALL_ACTIONS""#, "max_retries": "2", "backoff": #"{"initial": "1m"}"#,
        "give_up_after": #""1h""#, "stop_after_same_error": "2",
    ]

    static func rule(_ rule: String) -> String { policy("\"rules\": [\(rule)]") }

    static let places = [
        Place(name: "root", keys: SettingsKeys.root.filter { $0 != "pipelines" }) { root($0) },
        Place(name: "aws", keys: SettingsKeys.aws) { root("\"aws\": {\($0)}") },
        Place(name: "poll", keys: SettingsKeys.poll) { root("\"poll\": {\($0)}") },
        Place(name: "policy", keys: SettingsKeys.policy) { policy($0) },
        Place(name: "backoff", keys: SettingsKeys.backoff) { policy("\"backoff\": {\($0)}") },
        Place(name: "window", keys: SettingsKeys.window) { policy("\"windows\": [{\($0)}]") },
        Place(name: "cost", keys: SettingsKeys.cost) { root("\"cost\": {\($0)}") },
        Place(name: "budget", keys: SettingsKeys.budget) { root("\"budget\": {\($0)}") },
        Place(name: "success_gate", keys: SettingsKeys.successGate) {
            policy("\"success_gate\": {\($0)}")
        },
        Place(name: "rule", keys: SettingsKeys.rule) { rule("{\($0)}") },
        Place(name: "when", keys: SettingsKeys.when) {
            rule("{\"name\": \"r\", \"when\": {\($0)}}")
        },
        Place(name: "outage_hold", keys: SettingsKeys.outageHold) {
            root("\"outage_hold\": {\($0)}")
        },
        Place(name: "root_cause", keys: SettingsKeys.rootCause) {
            root("\"root_cause\": {\($0)}")
        },
        Place(name: "endpoint_urls", keys: SettingsKeys.endpointURLs) {
            root("\"aws\": {\"endpoint_urls\": {\($0)}}")
        },
        Place(name: "target", keys: SettingsKeys.target) { "{\"targets\": [{\($0)}]}" },
        Place(name: "pipeline", keys: SettingsKeys.pipeline) { "{\"pipelines\": [{\($0)}]}" },
        Place(name: "stage", keys: SettingsKeys.stage) {
            "{\"pipelines\": [{\"name\": \"a\", \"stages\": {\"D\": {\($0)}}}]}"
        },
    ]

    static let valid =
        [
            #"{"pipelines": [{"name": "web"}]}"#,
            #"{"pipelines": [{"match": "svc-*", "except": "svc-a"}]}"#,
            #"{"pipelines": [{"match": "*", "except": ["a", "b?"], "policy": "default"}]}"#,
            #"{"pipelines": [{"name": "a", "stages": {"D": "never", "E": {"max_retries": 0}}}]}"#,
            #"{"targets": [{"name": "t", "region": "eu-west-1", "pipelines": [{"name": "a"}]}]}"#,
            root(#""poll": {"interval": "1h30m", "max_rate": 0.1, "max_in_flight": 1000}"#),
            root(#""poll": {}, "aws": {}"#),
            root(#""aws": {"endpoint_url": "http://127.0.0.1:8700/x/", "ca_bundle": "/a b"}"#),
            root(#""aws": {"endpoint_url": "https://[2001:db8::1]:443"}"#),
            root(
                #""aws": {"role_arn": "arn:aws-us-gov:iam::111122223333:role/p/x", "#
                    + #""external_id": "a:b/c=d"}"#
            ),
            root(#""aws": {"endpoint_urls": {"codebuild": "http://127.0.0.1:1"}}"#),
            root(#""aws": {"endpoint_urls": {}, "use_fips_endpoint": true}"#),
            root(#""aws": {"cause_role_arn": "arn:aws:iam::111122223333:role/x"}"#),
            root(#""root_cause": {"enabled": false, "timeout": "3s", "log_lines": 0}"#),
            root(#""root_cause": {}"#),
            root(#""dry_run": true, "budget": {"retries": 1, "per": "1s"}"#),
            root(#""cost": {"minutes": 1, "per": "1d"}"#),
            root(#""cost": {"money": 0.01, "per": "1d"}, "prices": {"default": 0, "X": 2}"#),
            root(#""outage_hold": {"pipelines": 2, "within": "10m", "probe_every": "1d"}"#),
            policy(#""mode": "ALL_ACTIONS", "max_retries": 1000"#),
            policy(#""mode": ["FAILED_ACTIONS", "ALL_ACTIONS"]"#),
            policy(#""stop_after_same_error": "off""#),
            policy(#""stop_after_same_error": 2"#),
            policy(#""success_gate": "off""#), policy(#""success_gate": {}"#),
            policy(
                #""success_gate": {"min": 1, "window": 4, "max_age": "30d", "explore": 1}"#
            ),
            policy(#""backoff": {"kind": "fixed", "initial": "2m"}"#),
            policy(#""backoff": {"kind": "exponential", "factor": 1.5}"#),
            policy(#""windows": [{"allow": "Mon"}, {"deny": "Tue", "time_zone": "UTC"}]"#),
            policy(#""rules": [{"use": "network", "max_retries": 2}], "otherwise": "retry""#),
            rule(#"{"name": "r", "when": {}}"#),
            rule(#"{"name": "r", "when": {"matches": ["a", "b"]}, "retry": "never"}"#),
            #"{"policies": {"a b": {}}, "pipelines": [{"name": "a", "policy": "a b"}]}"#,
        ]

    static let invalid =
        [
            "[]", "{}", "\"x\"", #"{"pipelines": []}"#, #"{"pipelines": {}}"#,
            #"{"targets": [], "dry_run": true}"#, #"{"pipelines": [{}]}"#,
            root(#""targets": [{"name": "t", "pipelines": [{"name": "a"}]}]"#),
            #"{"pipelines": [{"name": "a", "match": "b"}]}"#,
            #"{"pipelines": [{"name": "a", "except": "b"}]}"#,
            #"{"pipelines": [{"name": "a b"}]}"#, #"{"pipelines": [{"name": ""}]}"#,
            #"{"pipelines": [{"name": 5}]}"#, #"{"pipelines": [{"match": "a[bc]"}]}"#,
            #"{"pipelines": [{"match": "a", "except": []}]}"#,
            #"{"pipelines": [{"name": "a", "stages": {}}]}"#,
            #"{"pipelines": [{"name": "a", "stages": {"D": "nevr"}}]}"#,
            #"{"pipelines": [{"name": "a", "stages": {"D E": "never"}}]}"#,
            #"{"pipelines": [{"name": "a", "stages": {"D": {"rules": []}}}]}"#,
            #"{"pipelines": [{"name": "a", "windows": []}]}"#,
            #"{"targets": [{"name": "t"}]}"#, #"{"targets": [{"pipelines": [{"name": "a"}]}]}"#,
            root(#""version": 1"#), root(#""poll": null"#),
            root(#""poll": {"interval": "0s"}"#), root(#""poll": {"interval": 30}"#),
            root(#""poll": {"interval": "1m1h"}"#), root(#""poll": {"max_rate": 0}"#),
            root(#""poll": {"max_in_flight": 1.5}"#), root(#""poll": {"max_in_flight": 1001}"#),
            root(#""dry_run": "true""#), root(#""budget": {"retries": 1}"#),
            root(#""budget": {"retries": 0, "per": "1h"}"#),
            root(#""cost": {"per": "1h"}"#), root(#""cost": {"minutes": 1}"#),
            root(#""cost": {"minutes": 0, "per": "1h"}"#),
            root(#""cost": {"money": 0, "per": "1h"}"#),
            root(#""prices": {}"#), root(#""prices": {"default": -1}"#),
            root(#""outage_hold": {"pipelines": 1, "within": "1s", "probe_every": "1s"}"#),
            root(#""aws": {"region": "EU-WEST-1"}"#), root(#""aws": {"region": "-a"}"#),
            root(#""aws": {"role_arn": "arn:aws:iam::1:role/x"}"#),
            root(#""aws": {"role_arn": "arn:aws:iam::111122223333:user/x"}"#),
            root(#""aws": {"endpoint_url": "ftp://127.0.0.1"}"#),
            root(#""aws": {"endpoint_url": "https://u:p@host"}"#),
            root(#""aws": {"endpoint_url": "https://host?x"}"#),
            root(#""aws": {"endpoint_url": "https://host", "use_fips_endpoint": true}"#),
            root(#""aws": {"ca_bundle": "x.pem"}"#),
            root(#""aws": {"cause_role_arn": "arn:aws:iam::111122223333:user/x"}"#),
            root(#""aws": {"endpoint_urls": {"codepipeline": "https://host"}}"#),
            root(#""aws": {"endpoint_urls": {"ecs": "https://u:p@host"}}"#),
            root(#""root_cause": true"#), root(#""root_cause": {"timeout": 3}"#),
            root(#""root_cause": {"log_lines": 1001}"#),
            policy(#""mode": []"#), policy(#""mode": "all""#), policy(#""max_retries": -1"#),
            policy(#""success_gate": {"min": 0}"#), policy(#""success_gate": {"window": 3}"#),
            policy(#""success_gate": {"explore": 0}"#), policy(#""success_gate": true"#),
            policy(#""max_retries": 1001"#), policy(#""stop_after_same_error": 1"#),
            policy(#""backoff": {"kind": "fixed", "factor": 2}"#),
            policy(#""backoff": {"factor": 0.9}"#), policy(#""otherwise": "never""#),
            policy(#""windows": []"#), policy(#""windows": [{"time_zone": "UTC"}]"#),
            policy(#""windows": [{"allow": "Mon", "deny": "Tue"}]"#), policy(#""rules": []"#),
            rule(#"{"name": "r"}"#), rule(#"{"when": {}}"#), rule(#"{"use": "nothing"}"#),
            rule(#"{"use": "network", "name": "r"}"#), rule(#"{"use": "network", "when": {}}"#),
            rule(#"{"name": "r", "when": {}, "retry": "never", "mode": "ALL_ACTIONS"}"#),
            rule(#"{"name": "r", "when": {}, "retry": true}"#),
            rule(#"{"name": "r", "when": {"code": []}}"#),
            rule(#"{"name": "r", "when": {"code": 5}}"#),
            rule(#"{"name": "r", "when": {"stage": "a b"}}"#),
            #"{"policies": {}, "pipelines": [{"name": "a"}]}"#,
            #"{"policies": {"": {}}, "pipelines": [{"name": "a"}]}"#,
        ]
}
