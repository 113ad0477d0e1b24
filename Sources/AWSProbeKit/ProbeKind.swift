import FoundationEssentials

/// One form of question that `aws-probe` can answer for a line, and check against published cases.
package struct ProbeKind: Sendable {
    /// The word on the command line.
    package let name: String
    /// Answers one JSON object with another; nil if there is no such form.
    package let answer: (@Sendable (JSONValue) async -> JSONValue)?
    /// Replays the one case of a folder; nil if a case is not a folder.
    package let play: (@Sendable (String) async throws(ProbeError) -> JSONValue)?
    /// Checks the cases at a path, a file or a folder.
    package let check: @Sendable (String) async throws(ProbeError) -> [ProbeResult]

    /// Creates a kind.
    package init(
        name: String,
        answer: (@Sendable (JSONValue) async -> JSONValue)?,
        play: (@Sendable (String) async throws(ProbeError) -> JSONValue)? = nil,
        check: @escaping @Sendable (String) async throws(ProbeError) -> [ProbeResult]
    ) {
        self.name = name
        self.answer = answer
        self.play = play
        self.check = check
    }

    /// The kinds of the call side.
    package static let calls: [ProbeKind] = [.sign, .endpoint, .retry, .error, .sts, .call]
}

/// How one case ended.
package struct ProbeResult: Hashable, Sendable {
    /// The case's name.
    package let name: String
    /// The failure; nil when it passed.
    package let failure: String?

    /// Creates a result.
    package init(name: String, failure: String?) {
        self.name = name
        self.failure = failure
    }

    /// The line that is printed.
    package var line: String { failure.map { "FAIL \(name): \($0)" } ?? "pass \(name)" }
}

/// Why cases cannot be read.
package struct ProbeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problem and its position.
    package let description: String

    /// Creates an error.
    package init(_ description: String) {
        self.description = description
    }
}

/// Reading of files and folders for the kinds.
package enum ProbeFiles {
    /// A file's bytes.
    ///
    /// - Throws: ``ProbeError`` naming the file.
    package static func bytes(_ path: String) throws(ProbeError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ProbeError("\(path): cannot be read")
        }
        return Array(data)
    }

    /// A JSON file's value.
    ///
    /// - Throws: ``ProbeError`` naming the file.
    package static func json(_ path: String) throws(ProbeError) -> JSONValue {
        let bytes = try bytes(path)
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw ProbeError("\(path): not JSON")
        }
    }

    /// A folder's entries in order.
    ///
    /// - Throws: ``ProbeError`` naming the folder.
    package static func entries(_ path: String) throws(ProbeError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw ProbeError("\(path): not a readable folder")
        }
    }

    /// Whether there is a file or folder.
    package static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }
}
