import Testing

/// The Debian package, the rpm and the tarball carry the same, for systems of the same age.
@Suite struct PackageTests {
    /// The paths of a spec's `%files`, with the package's name written out.
    private static func filesOfTheRPM() throws -> Set<String> {
        let spec = try SourceTree.text("packaging/rpm/pipeline-retryd.spec")
        let start = try #require(spec.firstRange(of: "\n%files\n"))
        let lines: [Substring] = spec[start.upperBound...].split(separator: "\n")
        return Set(
            lines.compactMap { line in
                line.split(separator: " ").last { $0.hasPrefix("/") }
                    .map { String($0).replacing("%{name}", with: "pipeline-retryd") }
            }
        )
    }

    @Test func `the rpm has each file of the Debian package`() throws {
        let files = try Self.filesOfTheRPM()
        let lines = try SourceTree.text("packaging/debian/install").split(separator: "\n")
        #expect(lines.count > 5)
        for line in lines {
            let words = line.split(separator: " ")
            let name = try #require(words.first?.split(separator: "/").last)
            // Debian's zsh has a folder of its own.
            let folder = try #require(words.last)
                .replacing("zsh/vendor-completions", with: "zsh/site-functions")
            #expect(files.contains("/\(folder)/\(name)"))
        }
    }

    @Test(arguments: [
        ("scripts/check-portable", ["[GLIBC]=2.34 ", "[LIBSYSTEMD]=249)"]),
        ("packaging/portable/install", ["-ge 249 ]", "systemd 249 or later"]),
        ("packaging/portable/README", ["glibc 2.34 or later", "systemd 249 or later"]),
        ("packaging/rpm/pipeline-retryd.spec", ["systemd >= 249"]),
        ("README.md", ["glibc 2.34 and systemd 249 are the oldest"]),
    ])
    func `the oldest systems are the same everywhere`(path: String, texts: [String]) throws {
        let page = try SourceTree.text(path)
        for text in texts { #expect(page.contains(text), "\(path) does not say \(text)") }
    }
}
