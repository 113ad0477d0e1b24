/// A definition in a few hundred bytes, so that those of ten thousand pipelines stay in memory.
///
/// As nested dictionaries the same takes ten times as much. It is unpacked when a stage fails.
struct PackedDefinition: Hashable, Sendable {
    private let bytes: [UInt8]

    /// Packs a definition.
    init(_ definition: PipelineDefinition) {
        var writer = Writer()
        writer.put(definition.version.map { "\($0)" } ?? "")
        writer.put(definition.executionMode.code)
        writer.put(definition.stages.count)
        for (name, stage) in definition.stages.sorted(by: { $0.key < $1.key }) {
            writer.put(name.text)
            writer.put(stage.onFailure?.code ?? "")
            writer.put(stage.failureConditions.count)
            for result in stage.failureConditions { writer.put(result.code) }
            writer.put(stage.actions.count)
            for (action, kind) in stage.actions.sorted(by: { $0.key < $1.key }) {
                writer.put(action.text)
                writer.put(kind.category?.text ?? "")
                writer.put(kind.provider ?? "")
                writer.put(kind.runOrder.map { "\($0)" } ?? "")
                writer.put(kind.changeSet)
            }
        }
        bytes = writer.bytes
    }

    /// How many bytes it takes.
    var size: Int { bytes.count }

    /// The version of the definition, without unpacking the rest.
    var version: Int? {
        var reader = Reader(bytes: bytes)
        return Int(reader.text())
    }

    /// Whether the definition has a stage, without unpacking the rest.
    func hasStage(_ stage: StageName) -> Bool {
        var reader = Reader(bytes: bytes)
        reader.skip(2)
        for _ in 0..<reader.number() {
            if reader.text() == stage.text { return true }
            reader.skip()
            reader.skip(reader.number())
            for _ in 0..<reader.number() {
                reader.skip(4)
                _ = reader.changeSet()
            }
        }
        return false
    }

    /// The definition; account and partition are the target's and are not packed.
    var definition: PipelineDefinition {
        var reader = Reader(bytes: bytes)
        let version = Int(reader.text())
        let mode = ExecutionMode(code: reader.text())
        var stages: [StageName: StageDefinition] = [:]
        for _ in 0..<reader.number() {
            let name = StageName(reader.text())
            let onFailure = FailureResult(code: reader.text())
            let conditions = (0..<reader.number()).compactMap { _ in
                FailureResult(code: reader.text())
            }
            var actions: [ActionName: ActionKind] = [:]
            for _ in 0..<reader.number() {
                let action = ActionName(reader.text())
                actions[action] = ActionKind(
                    category: reader.present().map { ActionCategory($0) },
                    provider: reader.present(),
                    runOrder: Int(reader.text()),
                    changeSet: reader.changeSet()
                )
            }
            stages[name] = StageDefinition(
                onFailure: onFailure,
                failureConditions: conditions,
                actions: actions
            )
        }
        return PipelineDefinition(version: version, executionMode: mode, stages: stages)
    }

    /// Words that nearly every definition contains, each stored as one byte.
    private static let words = [
        "", "1", "2", "3", "Source", "Build", "Test", "Deploy", "Approval", "Invoke", "Compute",
        "CodeBuild", "CodeDeploy", "CodeDeployToECS", "CloudFormation", "ECS", "S3", "Lambda",
        "Manual", "CodeCommit", "CodeStarSourceConnection", "ECR", "ElasticBeanstalk", "Commands",
    ]

    private static let codes = Dictionary(
        uniqueKeysWithValues: words.enumerated().map { ($1, UInt8(200 + $0)) }
    )

    /// Texts of up to 199 bytes carry their length; longer ones end in pieces.
    private struct Writer {
        var bytes: [UInt8] = []

        mutating func put(_ text: String) {
            if let code = PackedDefinition.codes[text] {
                bytes.append(code)
                return
            }
            var rest = Array(text.utf8)[...]
            repeat {
                let piece = rest.prefix(199)
                bytes.append(UInt8(piece.count))
                bytes += piece
                rest = rest.dropFirst(199)
                // A full piece continues in the next one, which may be empty.
                if piece.count < 199 { return }
            } while true
        }

        mutating func put(_ number: Int) {
            put("\(number)")
        }

        /// One byte where the action has nothing to do with change sets, as nearly all.
        mutating func put(_ use: ChangeSetUse?) {
            guard let use else { return put("") }
            put(use.mode.rawValue)
            for part in [use.name, use.stack] {
                put(part == nil ? 0 : 1)
                if let part { put(part) }
            }
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        private var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func text() -> String {
            if position < bytes.count, bytes[position] < 199 {
                let start = position + 1
                position = start + Int(bytes[position])
                return String(decoding: bytes[start..<position], as: UTF8.self)
            }
            var whole: [UInt8] = []
            while position < bytes.count {
                let head = Int(bytes[position])
                position += 1
                if head >= 200 { return PackedDefinition.words[head - 200] }
                whole += bytes[position..<position + head]
                position += head
                if head < 199 { break }
            }
            return String(decoding: whole, as: UTF8.self)
        }

        /// Passes texts.
        mutating func skip(_ count: Int = 1) {
            for _ in 0..<count {
                var head = 199
                while head == 199, position < bytes.count {
                    head = Int(bytes[position])
                    position += head < 200 ? 1 + head : 1
                }
            }
        }

        /// Nil for an absent name: AWS has no empty names.
        mutating func present() -> String? {
            let text = text()
            return text.isEmpty ? nil : text
        }

        mutating func number() -> Int {
            Int(text()) ?? 0
        }

        mutating func changeSet() -> ChangeSetUse? {
            guard let mode = ChangeSetUse.Mode(rawValue: text()) else { return nil }
            let name = number() == 0 ? nil : text()
            return ChangeSetUse(mode: mode, name: name, stack: number() == 0 ? nil : text())
        }
    }
}

extension ExecutionMode {
    fileprivate var code: String {
        switch self {
        case .superseded: "1"
        case .queued: "2"
        case .parallel: "3"
        case .unknown(let text): "?" + text
        }
    }

    fileprivate init(code: String) {
        self =
            switch code {
            case "1": .superseded
            case "2": .queued
            case "3": .parallel
            case _: .unknown(String(code.dropFirst()))
            }
    }
}

extension FailureResult {
    fileprivate var code: String {
        switch self {
        case .rollback: "1"
        case .fail: "2"
        case .retry: "3"
        case .skip: "4"
        case .unknown(let text): "?" + text
        }
    }

    /// Nil for the empty code: the stage just fails.
    fileprivate init?(code: String) {
        switch code {
        case "": return nil
        case "1": self = .rollback
        case "2": self = .fail
        case "3": self = .retry
        case "4": self = .skip
        case _: self = .unknown(String(code.dropFirst()))
        }
    }
}
