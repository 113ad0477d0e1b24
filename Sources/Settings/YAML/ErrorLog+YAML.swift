import YAML

extension ErrorLog {
    /// Reports what YAML allows and a config file may not have.
    func add(_ error: YAMLError) {
        let key = error.path.reduce("") { path, step in
            switch step {
            case .key(let name): ErrorLog.path(path, name)
            case .index(let index): "\(path)[\(index)]"
            }
        }
        switch error.kind {
        case .tag:
            add(at: error.position, key, "has a tag", expected: "no tag; quotes around text with !")
        case .secondDocument:
            add(at: error.position, key, "a second document begins", expected: "one document")
        case .unknownAlias(let name, let known):
            add(
                at: error.position,
                key,
                "the alias *\(ErrorLog.shown(name)) names no anchor before it",
                expected:
                    "an anchor &\(ErrorLog.shown(name)) that ends above, or quotes around a "
                    + "glob: \"*\(ErrorLog.shown(name))\"",
                suggestion: Suggestion.nearest(to: name, among: known)
            )
        case .tooDeep:
            add(
                at: error.position,
                key,
                "is nested too deep",
                expected: "\(YAMLDocument.deepest) levels at most"
            )
        case .tooManyAliasedNodes:
            add(
                at: error.position,
                key,
                "the aliases up to here stand for more than "
                    + "\(YAMLDocument.mostAliasedNodes) nodes",
                expected: "fewer or smaller aliases"
            )
        }
    }
}
