import Primitives
import RetryCore

/// One of the files that `explain` reads: the output of an AWS CLI command.
struct InputFile {
    /// The answer that a file contains.
    enum Kind: CaseIterable {
        case state
        case definition
        case executions
        case pipelineExecutions

        /// The option that names the file.
        var option: String {
            switch self {
            case .state: "--state"
            case .definition: "--definition"
            case .executions: "--executions"
            case .pipelineExecutions: "--pipeline-executions"
            }
        }

        /// The command that prints such an answer.
        var command: String {
            switch self {
            case .state: "aws codepipeline get-pipeline-state --name NAME"
            case .definition: "aws codepipeline get-pipeline --name NAME"
            case .executions:
                "aws codepipeline list-action-executions --pipeline-name NAME "
                    + "--filter pipelineExecutionId=ID"
            case .pipelineExecutions:
                "aws codepipeline list-pipeline-executions --pipeline-name NAME"
            }
        }

        /// The member that only such an answer has.
        fileprivate var member: String {
            switch self {
            case .state: "stageStates"
            case .definition: "pipeline"
            case .executions: "actionExecutionDetails"
            case .pipelineExecutions: "pipelineExecutionSummaries"
            }
        }
    }

    /// The file as the caller names it.
    let name: String
    let kind: Kind
    /// Its text in UTF-8.
    private let bytes: [UInt8]
    /// The whole value.
    let root: InputValue

    /// The answer as the service gives it: a bare pipeline structure is wrapped in its outer
    /// object.
    var document: [UInt8] {
        guard isBare else { return bytes }
        return Array("{\"pipeline\":".utf8) + bytes + Array("}".utf8)
    }

    /// Reads a file: UTF-8 or UTF-16, with or without a byte order mark.
    ///
    /// - Throws: ``ExplainError`` that tells what the file is instead, and which command prints the
    ///   expected one.
    init(_ file: (name: String, bytes: [UInt8]), _ kind: Kind) throws(ExplainError) {
        name = file.name
        self.kind = kind
        bytes = try InputText.utf8(
            file.bytes,
            in: file.name,
            expecting: InputFile.expected(kind)
        )
        do {
            root = try InputReader.read(bytes)
        } catch {
            throw ExplainError(
                "\(file.name):\(error.place): \(error.problem); \(InputFile.expected(kind))"
            )
        }
        try checkShape()
        try checkTimes(root, path: "")
    }

    /// The end of a sentence: which command prints the expected file.
    static func expected(_ kind: Kind) -> String {
        "\(kind.option) expects what '\(kind.command)' prints, as JSON (--output json)"
    }

    /// Whether a list continues beyond the file.
    var isTruncated: Bool { (root["nextToken"] ?? root["NextToken"])?.text != nil }

    /// An error of this file.
    func problem(_ problem: String) -> ExplainError {
        ExplainError("\(name): \(problem)")
    }

    /// An error of one of its values.
    private func problem(_ problem: String, at value: InputValue) -> ExplainError {
        ExplainError("\(name):\(InputPlace(of: value.offset, in: bytes)): \(problem)")
    }
}

// MARK: Type of answer

extension InputFile {
    /// Whether it is a definition without its outer object, as `--query pipeline` prints it and as
    /// people store it.
    private var isBare: Bool {
        kind == .definition && root["pipeline"] == nil && root["stages"]?.list != nil
            && (root["name"] != nil || root["roleArn"] != nil || root["version"] != nil)
    }

    /// The pipeline that the file belongs to; nil if it does not tell.
    var pipeline: String? {
        switch kind {
        case .state: root["pipelineName"]?.text
        case .definition: (isBare ? root : root["pipeline"])?["name"]?.text
        case .executions, .pipelineExecutions: nil
        }
    }

    private func checkShape() throws(ExplainError) {
        let expected = InputFile.expected(kind)
        guard let names = root.names else {
            let what = root.list == nil ? "a single value" : "a list"
            throw problem("is \(what), as --query gives; \(expected), whole and without --query")
        }
        if isBare { return }
        guard names.contains(kind.member) else {
            throw problem("\(InputFile.foreign(names)); \(expected)")
        }
        try checkMember(expected)
    }

    private func checkMember(_ expected: String) throws(ExplainError) {
        let member = root[kind.member]
        switch kind {
        case .state:
            guard let stages = member?.list else {
                throw problem("stageStates is not a list; \(expected)")
            }
            guard stages.isEmpty else { return }
            throw problem(
                "stageStates is empty: there is nothing to explain. A pipeline whose executionMode "
                    + "is PARALLEL has no state: give --pipeline-executions and --executions in "
                    + "place of --state"
            )
        case .definition:
            guard let stages = member?["stages"]?.list, !stages.isEmpty else {
                throw problem("the pipeline in it has no stages; \(expected)")
            }
        case .executions:
            guard member?.list != nil else {
                throw problem("actionExecutionDetails is not a list; \(expected)")
            }
        case .pipelineExecutions:
            guard member?.list != nil else {
                throw problem("pipelineExecutionSummaries is not a list; \(expected)")
            }
        }
    }

    /// A description of an object with these members, as the first half of a sentence.
    private static func foreign(_ names: [String]) -> String {
        for other in Kind.allCases
        where other != .pipelineExecutions && names.contains(other.member) {
            return "contains what belongs to \(other.option); are two files swapped?"
        }
        let others = [
            "pipelineExecutionSummaries": "list-pipeline-executions",
            "pipelineExecution": "get-pipeline-execution", "pipelines": "list-pipelines",
            "ruleExecutionDetails": "list-rule-executions", "builds": "codebuild batch-get-builds",
        ]
        if let command = names.lazy.compactMap({ others[$0] }).first {
            return "contains what '\(command)' prints"
        }
        let members = Set(Kind.allCases.map(\.member))
        if names.contains(where: { members.contains($0.prefix(1).lowercased() + $0.dropFirst()) }) {
            return "has names that begin with capitals, as PowerShell and some SDKs write them"
        }
        if names.contains("Resources") || names.contains("AWSTemplateFormatVersion") {
            return "is a CloudFormation template"
        }
        guard !names.isEmpty else { return "contains an empty object" }
        let shown = names.prefix(5).joined(separator: ", ")
        return "has the members \(shown), and none of those expected"
    }
}

// MARK: Times

extension InputFile {
    private static let times: Set<String> = [
        "created", "updated", "lastStatusChange", "startTime", "lastUpdateTime", "lastChangedAt",
    ]
    /// Members with user-defined names.
    private static let foreignNames: Set<String> = [
        "configuration", "resolvedConfiguration", "outputVariables", "variables",
    ]

    /// Reports the first time that cannot be read: ignored, it could change the verdict.
    private func checkTimes(_ value: InputValue, path: String) throws(ExplainError) {
        switch value.content {
        case .object(let members):
            for (key, member) in members where !InputFile.foreignNames.contains(key) {
                let inner = "\(path).\(key)"
                if InputFile.times.contains(key) { try checkTime(member, inner) }
                try checkTimes(member, path: inner)
            }
        case .list(let values):
            for (index, item) in values.enumerated() {
                try checkTimes(item, path: "\(path)[\(index)]")
            }
        case .text, .number, .word: return
        }
    }

    private func checkTime(_ value: InputValue, _ path: String) throws(ExplainError) {
        let shown: String
        switch value.content {
        case .text(let text):
            if WallTime(lenient: text) != nil { return }
            shown = "\"\(text.prefix(60))\""
        case .number(let text):
            if Double(text).flatMap(WallTime.init(epochSeconds:)) != nil { return }
            shown = text
        case .word: return
        case .object, .list: shown = "its value"
        }
        throw problem(
            "\(path): \(shown) cannot be read as a time; expected seconds since 1970, or ISO 8601 "
                + "with an offset, such as 2026-11-23T02:10:00Z or 2026-11-23 02:10:00+00:00",
            at: value
        )
    }
}
