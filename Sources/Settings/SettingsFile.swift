package import RetryCore
import YAML

/// A config file that is valid.
package struct LoadedSettings: Hashable, Sendable {
    /// The file as the caller names it.
    package let path: String
    /// The configuration for the engine.
    package let configuration: Configuration
    /// How each target reaches AWS; one for every target of the configuration.
    package let connections: [TargetName: AWSConnection]
    /// The warnings about useless settings, in the file's order.
    package let warnings: [SettingsError]
}

/// Reads the config file: YAML 1.2, and so JSON too.
package enum SettingsFile {
    /// The longest file, in bytes: 1 MiB.
    package static let mostBytes = 1 << 20

    /// Reads the file at a path.
    ///
    /// The result is that of ``load(_:path:environment:)`` for its bytes; a file that is missing or
    /// cannot be read is an error too.
    package static func read(
        path: String,
        environment: SettingsEnvironment
    ) -> Result<LoadedSettings, SettingsErrors> {
        let problem: String
        switch SystemFile.read(path, atMost: mostBytes) {
        case .success(let bytes): return load(bytes, path: path, environment: environment)
        case .failure(.missing): problem = "does not exist"
        case .failure(.notRegular): problem = "is not a regular file"
        case .failure(.tooLong): return refused(path, tooLong, expected: "1 MiB at most")
        case .failure(.refused(let words)): problem = "cannot be read (\(words))"
        }
        return refused(path, problem, expected: "a readable config file")
    }

    /// Reads the bytes of a config file.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents: UTF-8, 1 MiB at most.
    ///   - path: The file's name in every error.
    ///   - environment: Time zones and the time.
    /// - Returns: The settings with their warnings, or every error of the file.
    package static func load(
        _ bytes: [UInt8],
        path: String,
        environment: SettingsEnvironment
    ) -> Result<LoadedSettings, SettingsErrors> {
        guard bytes.count <= mostBytes else {
            return refused(path, tooLong, expected: "1 MiB at most")
        }
        if let format = foreign(bytes) {
            return refused(path, "is \(format)", expected: "a file that is saved as UTF-8")
        }
        // Windows editors put a byte order mark in front, which YAML allows.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let offset = firstInvalid(bytes) {
            let position = SourcePosition(offset: offset, in: bytes)
            return refused(path, "is not valid UTF-8 here", expected: "UTF-8", at: position)
        }
        let log = ErrorLog(file: path)
        let document: YAMLDocument
        do {
            document = try YAMLDocument(bytes)
        } catch {
            let hint = YAMLHint(error, in: bytes)
            return refused(path, hint.problem, expected: hint.expected, at: hint.position)
        }
        document.errors.forEach { log.add($0) }
        guard let node = document.root, !node.isNull else {
            return refused(path, "is empty", expected: "a config with at least one pipeline")
        }
        let root = Field(node: node, key: "", log: log)
        guard let draft = FileReader.read(root, environment: environment) else {
            return .failure(SettingsErrors(errors: log.sorted))
        }
        return resolve(draft, node, path: path, environment: environment, log: log)
    }

    private static func resolve(
        _ draft: FileDraft,
        _ node: YAMLNode,
        path: String,
        environment: SettingsEnvironment,
        log: ErrorLog
    ) -> Result<LoadedSettings, SettingsErrors> {
        let cache = PolicyCache()
        let (configuration, connections) = Resolver(draft, cache: cache, log: log).resolve()
        ConfigLinter(file: draft, configuration: configuration, cache: cache, log: log).errors()
        guard log.isEmpty else { return .failure(SettingsErrors(errors: log.sorted)) }
        // A file with errors gets no warnings: half of them would follow from the errors.
        let warnings = ErrorLog(file: path)
        let linter = ConfigLinter(
            file: draft,
            configuration: configuration,
            cache: cache,
            log: warnings
        )
        linter.warnings(now: environment.now)
        if node.hasReference { linter.judgeVariables(node) }
        return .success(
            LoadedSettings(
                path: path,
                configuration: configuration,
                connections: connections,
                warnings: warnings.sorted
            )
        )
    }

    private static let tooLong = "is longer than 1 MiB"

    private static func refused(
        _ path: String,
        _ problem: String,
        expected: String,
        at position: SourcePosition = .start
    ) -> Result<LoadedSettings, SettingsErrors> {
        let log = ErrorLog(file: path)
        log.add(at: position, "", problem, expected: expected)
        return .failure(SettingsErrors(errors: log.sorted))
    }

    /// A description of a file that is not UTF-8 text, by its first bytes.
    private static func foreign(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x1F, 0x8B]) { return "packed by gzip" }
        let hasByteOrderMark =
            bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        let isWide = bytes.count > 3 && (bytes[0] == 0) != (bytes[1] == 0)
        return hasByteOrderMark || isWide ? "UTF-16, as > of Windows PowerShell writes it" : nil
    }

    /// The offset of the first byte that is not UTF-8.
    private static func firstInvalid(_ bytes: [UInt8]) -> Int? {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }
}

extension YAMLNode {
    /// Whether a value below refers to a variable; asked first, since hardly any file does.
    fileprivate var hasReference: Bool {
        switch content {
        case .plain(let text), .quoted(let text): Variables.reference(in: text) != nil
        case .sequence(let items): items.contains(where: \.hasReference)
        case .mapping(let pairs): pairs.contains { $0.value.hasReference }
        case .faulty: false
        }
    }

    fileprivate var isNull: Bool {
        guard case .plain(let text) = content, case .null = PlainScalar(text) else {
            return false
        }
        return true
    }
}
