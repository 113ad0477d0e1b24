import Testing

/// A path that exists on one system and not on another must not keep the service from starting
/// there.
@Suite struct UnitPathTests {
    /// The files that the package itself installs, by packaging/debian/install.
    private static func made() throws -> Set<String> {
        let lines = try SourceTree.text("packaging/debian/install").split(separator: "\n")
        return Set(
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 2, let name = words[0].split(separator: "/").last else {
                    return nil
                }
                return "/\(words[1])/\(name)"
            }
        )
    }

    /// The words of a unit file with a path that must exist and that no package creates.
    private static func loose(in unit: String, made: Set<String>) -> [String] {
        unit.split(separator: "\n").flatMap { line -> [String] in
            let parts = line.split(separator: "=", maxSplits: 1)
            guard !line.hasPrefix("#"), parts.count == 2 else { return [] }
            return parts[1].split(separator: " ").filter { word in
                guard let slash = word.firstIndex(of: "/") else { return false }
                let path = String(word[slash...])
                let isOptional = word.hasPrefix("-/")
                let isWithin = word.first?.isLetter == true || word.first == "%"
                let isRelative = isWithin && !word.contains(":/") && !word.contains("=/")
                return !(isOptional || isRelative || path == "/" || made.contains(path))
            }.map { "\(parts[0])=\($0)" }
        }
    }

    @Test func `each path of the unit is made by the package or may be missing`() throws {
        let made = try Self.made()
        #expect(made.contains("/usr/bin/pipeline-retryd"))
        let unit = try SourceTree.text("systemd/pipeline-retryd.service")
        #expect(unit.contains("ExecPaths=/usr/bin/pipeline-retryd -/usr/lib"))
        #expect(Self.loose(in: unit, made: made) == [])
    }

    @Test func `in an example only files of the administrator must exist`() throws {
        for path in SourceTree.files(under: "systemd/examples", suffix: ".conf") {
            let loose = Self.loose(in: try SourceTree.text(path), made: [])
            let others = loose.filter {
                !$0.hasPrefix("LoadCredential") && !$0.hasPrefix("Environment=")
            }
            #expect(others == [], "\(path)")
        }
    }

    @Test(arguments: [
        ("ExecPaths=/usr/bin/own /usr/lib64 -/lib64", ["ExecPaths=/usr/lib64"]),
        ("ReadOnlyPaths=+/srv", ["ReadOnlyPaths=+/srv"]),
        ("LoadCredential=aws:/etc/keys", ["LoadCredential=aws:/etc/keys"]),
        ("Environment=FILE=/etc/keys", ["Environment=FILE=/etc/keys"]),
        ("Environment=FILE=%d/keys", []),
        ("ExecReload=-/usr/bin/own", []),
        ("NoExecPaths=/", []),
        ("# ExecPaths=/usr/lib64", []),
        ("[Unit]\nDocumentation=man:own(8)", []),
    ])
    func `a path that nothing creates is found`(unit: String, loose: [String]) {
        #expect(Self.loose(in: unit, made: ["/usr/bin/own"]) == loose)
    }
}
