/// Which folder of a target uses the types of which other, by their names.
struct FolderGraph {
    /// An arrow and one place that draws it.
    private var arrows: [String: [String: String]] = [:]

    /// Reads a target's files.
    init(of files: [SourceFile]) {
        var owners: [String: String] = [:]
        for file in files {
            for name in TypeNames.declaredForAll(in: file) { owners[name] = file.folder }
        }
        for file in files {
            let own = TypeNames.declared(in: file)
            for (number, line) in file.code.enumerated() {
                for name in TypeNames.used(in: line) where !own.contains(name) {
                    guard let owner = owners[name], owner != file.folder else { continue }
                    arrows[file.folder, default: [:]][owner] =
                        "\(file.path):\(number + 1) uses \(name)"
                }
            }
        }
    }

    /// The folders from which a path leads back to them.
    var onCircle: Set<String> {
        Set(arrows.keys.filter { folder in reached(from: folder).contains(folder) })
    }

    /// The arrows between folders of circles, each with one place.
    var circles: [String] {
        let folders = onCircle
        return arrows.flatMap { folder, targets in
            targets.filter { reached(from: $0.key).contains(folder) }
                .map { "\(folder) -> \($0.key): \($0.value)" }
        }
        .filter { _ in !folders.isEmpty }
        .sorted()
    }

    private func reached(from folder: String) -> Set<String> {
        var reached: Set<String> = []
        var open = [folder]
        while let next = open.popLast() {
            for target in (arrows[next] ?? [:]).keys where reached.insert(target).inserted {
                open.append(target)
            }
        }
        return reached
    }
}

extension SourceFile {
    /// The folder within the target's, such as `Engine/Calls`; empty for a file outside of folders.
    var folder: String { path.split(separator: "/").dropFirst(2).dropLast().joined(separator: "/") }

    /// The file's name without `.swift`.
    var name: String {
        String((path.split(separator: "/").last ?? "").dropLast(".swift".count))
    }
}

/// Finds the names of types in source text.
enum TypeNames {
    private static let kinds: Set<Substring> = [
        "struct", "enum", "class", "protocol", "actor", "typealias", "associatedtype",
    ]

    /// The types at the top of a file that other files can see.
    static func declaredForAll(in file: SourceFile) -> Set<String> {
        let lines = file.code.filter {
            !$0.hasPrefix(" ") && !$0.hasPrefix("private ") && !$0.hasPrefix("fileprivate ")
        }
        return Set(lines.compactMap(declared(in:)))
    }

    /// All types that a file declares, nested ones too.
    static func declared(in file: SourceFile) -> Set<String> {
        Set(file.code.compactMap(declared(in:)))
    }

    /// The types that a file extends; of `Outer.Inner` both.
    static func extended(in file: SourceFile) -> Set<String> {
        var found: Set<String> = []
        for line in file.code {
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "extension"), index <= 1 else { continue }
            let name = line.drop { $0 == " " }.split(separator: " ", maxSplits: index + 1).last
            let type = (name ?? "").prefix { !" :{<".contains($0) }
            found.insert(String(type))
            for part in type.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
                found.insert(String(part))
            }
        }
        return found
    }

    private static func declared(in line: String) -> String? {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        guard let kind = words.firstIndex(where: { kinds.contains($0) }), words.count > kind + 1,
            words[..<kind].allSatisfy({ $0.first == "@" || modifiers.contains($0) })
        else { return nil }
        return String(words[kind + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    private static let modifiers: Set<Substring> = [
        "package", "public", "internal", "private", "fileprivate", "final", "indirect", "static",
        "nonisolated",
    ]

    /// The words of a line that may name a type of the target: capitalised, not a member.
    static func used(in line: String) -> Set<String> {
        var found: Set<String> = []
        var word = ""
        var before: Character = " "
        var isMember = false
        for character in line + " " {
            if character.isLetter || character.isNumber || character == "_" {
                if word.isEmpty { isMember = before == "." }
                word.append(character)
            } else if !word.isEmpty {
                if !isMember, word.first?.isUppercase == true { found.insert(word) }
                word = ""
            }
            before = character
        }
        return found
    }
}
