import CodePipelineSimulator
import FoundationEssentials
import Testing
import RetryTestSupport

/// AWS's real answers: one file of `Recorded/`, as its README describes it.
struct RecordedTrace {
    /// One call and its answer; events of EventBridge are omitted.
    struct Step {
        let at: Double
        let call: String
        let input: JSON
        let output: JSON?
        let error: JSON?
    }

    let name: String
    let pipeline: JSON?
    let steps: [Step]

    private static let folder = "Tests/CodePipelineSimulatorTests/Recorded"

    init(_ name: String) throws {
        let bytes = try ProjectRoot.bytes("\(Self.folder)/\(name).json")
        let document = try #require(JSON.readObject(bytes))
        self.name = name
        pipeline = document["pipeline"]
        steps = (document["steps"]?.array ?? []).compactMap { step in
            guard let call = step["call"]?.string, let at = step["at"]?.double else { return nil }
            return Step(
                at: at,
                call: call,
                input: step["input"] ?? .object([:]),
                output: step["output"],
                error: step["error"]
            )
        }
    }

    /// The names of all traces, sorted.
    static var all: [String] {
        get throws {
            try ProjectRoot.names(in: folder)
                .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
        }
    }

    /// The definition as far as it was recorded; without any the usual one.
    var definition: ServiceModel.Definition {
        guard let pipeline else { return .gated }
        let mode = pipeline["executionMode"]?.string ?? ""
        return ServiceModel.Definition(
            name: "web",
            executionMode: ServiceModel.ExecutionMode(rawValue: mode) ?? .superseded,
            stages: (pipeline["stages"]?.array ?? []).map { Stage($0) }
        )
    }
}

extension ServiceModel.Definition {
    /// A source and a stage Gate with the approval Approve.
    static let gated = ServiceModel.Definition(
        name: "web",
        stages: [
            Stage(
                name: "Source",
                actions: [Action(name: "Source", category: .source, provider: "S3")]
            ),
            Stage(
                name: "Gate",
                actions: [Action(name: "Approve", category: .approval, provider: "Manual")]
            ),
        ]
    )
}

extension Stage {
    fileprivate init(_ json: JSON) {
        self.init(
            name: json["name"]?.string ?? "",
            actions: (json["actions"]?.array ?? []).map { action in
                let type = action["actionTypeId"]
                return Action(
                    name: action["name"]?.string ?? "",
                    category: ServiceModel.Category(rawValue: type?["category"]?.string ?? "")
                        ?? .build,
                    provider: type?["provider"]?.string ?? "",
                    runOrder: action["runOrder"]?.integer.map { Int($0) } ?? 1
                )
            }
        )
    }
}

/// Compares an answer of the simulator with a recorded one.
///
/// Members, their order in lists, codes and texts must agree. Ids, revisions, names of people and
/// versions are mapped: one of the simulator's always to the same recorded one. Times need only be
/// times.
struct AnswerComparison {
    /// Recorded names by the simulator's.
    private(set) var names: [String: String] = [:]
    /// Whether the recorded lists of rows leave some out.
    var isPartial = false
    private(set) var faults: [String] = []

    private static let times: Set<String> = [
        "created", "updated", "lastStatusChange", "startTime", "lastUpdateTime", "approvedAt",
    ]
    /// Members whose value is a mapped name.
    private static let named: Set<String> = [
        "pipelineExecutionId", "actionExecutionId", "token", "revisionId", "externalExecutionId",
        "lastUpdatedBy", "updatedBy", "triggerDetail", "rollbackTargetPipelineExecutionId",
        "nextToken", "region", "externalExecutionUrl",
    ]
    /// Members that the recordings were trimmed of.
    private static let trimmed: Set<String> = [
        "configuration", "resolvedConfiguration", "inputArtifacts", "outputArtifacts",
        "outputVariables", "variables",
    ]
    private static let rows: Set<String> = [
        "actionExecutionDetails", "pipelineExecutionSummaries",
    ]

    /// Maps a name of the simulator to a recorded one; false when it is already mapped to another.
    mutating func bind(_ name: String, to recorded: String) -> Bool {
        if let known = names[name] { return known == recorded }
        names[name] = recorded
        return true
    }

    /// The simulator's name for a recorded one.
    func name(for recorded: String) -> String? {
        names.first { $0.value == recorded }?.key
    }

    mutating func compare(_ recorded: JSON, _ answer: JSON, at path: String) {
        faults += differences(recorded, answer, path)
    }

    private mutating func differences(
        _ recorded: JSON,
        _ answer: JSON,
        _ path: String
    ) -> [String] {
        let key = String(path.split(separator: ".").last ?? "")
        switch (recorded, answer) {
        case (.object(let old), .object(let new)): return members(old, new, path)
        case (.array(let old), .array(let new)): return elements(old, new, path, key)
        case (.string(let old), .string(let new)): return text(old, new, path, key)
        case _ where Self.times.contains(key):
            return recorded.double != nil && answer.double != nil
                ? [] : ["\(path): \(answer) is no time"]
        case (.integer(let old), .integer(let new)) where key == "pipelineVersion":
            return bind("version \(new)", to: "version \(old)")
                ? [] : ["\(path): \(new) for \(old)"]
        case _: return recorded == answer ? [] : ["\(path): \(answer) for \(recorded)"]
        }
    }

    private mutating func members(
        _ old: [String: JSON],
        _ new: [String: JSON],
        _ path: String
    ) -> [String] {
        let extra = Set(new.keys).subtracting(old.keys).subtracting(Self.trimmed)
        var found = extra.sorted().map { "\(path).\($0): not recorded" }
        for key in old.keys.sorted() {
            guard let value = new[key], let recorded = old[key] else {
                found.append("\(path).\(key): missing")
                continue
            }
            // Artifact names are not modelled, nor the console's view of them.
            if path.contains("artifactRevisions"), key == "name" { continue }
            if key == "entityUrl" { continue }
            found += differences(recorded, value, "\(path).\(key)")
        }
        return found
    }

    private mutating func elements(
        _ old: [JSON],
        _ new: [JSON],
        _ path: String,
        _ key: String
    ) -> [String] {
        if isPartial, Self.rows.contains(key) { return someRows(old, new, path) }
        var found = old.count == new.count ? [] : ["\(path): \(new.count) for \(old.count)"]
        for (index, (recorded, answer)) in zip(old, new).enumerated() {
            found += differences(recorded, answer, "\(path)[\(index)]")
        }
        return found
    }

    /// Each recorded row must be among the answer's, in the same order.
    private mutating func someRows(_ old: [JSON], _ new: [JSON], _ path: String) -> [String] {
        var rest = new[...]
        for (index, recorded) in old.enumerated() {
            var best: [String]?
            while let row = rest.popFirst() {
                var trial = self
                let found = trial.differences(recorded, row, "\(path)[\(index)]")
                if found.isEmpty {
                    self = trial
                    best = []
                    break
                }
                if best.map({ found.count < $0.count }) ?? true { best = found }
            }
            guard best == [] else { return best ?? ["\(path)[\(index)]: missing"] }
        }
        return []
    }

    private mutating func text(
        _ old: String,
        _ new: String,
        _ path: String,
        _ key: String
    ) -> [String] {
        if Self.named.contains(key) {
            return bind(new, to: old) ? [] : ["\(path): \(new) stands for \(names[new] ?? "")"]
        }
        var translated = new
        for (name, recorded) in names { translated = translated.replacing(name, with: recorded) }
        return translated == old ? [] : ["\(path): \"\(translated)\" for \"\(old)\""]
    }
}
