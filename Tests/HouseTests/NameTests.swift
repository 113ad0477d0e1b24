import Testing

/// A type is found under its name.
@Suite struct NameTests {
    /// Folders where it is not so yet.
    ///
    /// The list only gets shorter: one that has no such file any more fails the second test.
    private static let exempt = ["Sources/RetryCore/Engine/"]

    private static let files = SourceTree.sources.filter { file in
        !exempt.contains { file.path.hasPrefix($0) }
    }

    /// The files in which each type is declared.
    private static let places: [String: [SourceFile]] = {
        var places: [String: [SourceFile]] = [:]
        for file in SourceTree.sources {
            for name in TypeNames.declared(in: file) { places[name, default: []].append(file) }
        }
        return places
    }()

    /// What is wrong with a file's name; nil: nothing.
    private static func fault(of file: SourceFile) -> String? {
        let parts = file.name.split(separator: "+", maxSplits: 1).map(String.init)
        let type = parts[0].split(separator: ".").last.map(String.init) ?? parts[0]
        let isThere =
            TypeNames.declared(in: file).contains(type)
            || TypeNames.extended(in: file).contains(type)
        guard isThere else { return "it neither declares nor extends \(type)" }
        guard parts.count > 1, let places = places[type] else { return nil }
        let isExempt = places.contains { place in exempt.contains { place.path.hasPrefix($0) } }
        let hasBase = SourceTree.sources.contains { $0.name == type }
        return hasBase || isExempt ? nil : "there is no \(type).swift for what it extends"
    }

    @Test(arguments: files)
    func `a file is named after a type that it declares or extends`(_ file: SourceFile) {
        if let fault = NameTests.fault(of: file) { Issue.record("\(file.path): \(fault)") }
    }

    @Test(arguments: exempt)
    func `what is exempt has a file without a name`(_ folder: String) {
        let files = SourceTree.sources.filter { $0.path.hasPrefix(folder) }
        let isNeeded = files.contains { NameTests.fault(of: $0) != nil }
        #expect(isNeeded, "all names in \(folder) are right: take it off the list")
    }
}
