import Testing

/// A type is found under its name.
@Suite struct NameTests {
    /// The types that the sources declare.
    private static let declared = Set(
        SourceTree.sources.flatMap { TypeNames.declared(in: $0) }
    )

    /// The error in a file's name; nil: none.
    private static func error(of file: SourceFile) -> String? {
        let parts = file.name.split(separator: "+", maxSplits: 1).map(String.init)
        let type = parts[0].split(separator: ".").last.map(String.init) ?? parts[0]
        let isThere =
            TypeNames.declared(in: file).contains(type)
            || TypeNames.extended(in: file).contains(type)
        guard isThere else { return "it neither declares nor extends \(type)" }
        guard parts.count > 1, declared.contains(type) else { return nil }
        let hasBase = SourceTree.sources.contains { $0.name == type }
        return hasBase ? nil : "there is no \(type).swift for what it extends"
    }

    @Test(arguments: SourceTree.sources)
    func `a file is named after a type that it declares or extends`(_ file: SourceFile) {
        if let error = NameTests.error(of: file) { Issue.record("\(file.path): \(error)") }
    }
}
