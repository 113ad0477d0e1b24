import YAML

/// A mapping of the config file whose keys are known.
struct Section {
    /// One line of the mapping.
    struct Entry {
        let position: SourcePosition
        let field: Field
    }

    let position: SourcePosition
    let key: String
    let log: ErrorLog
    private let entries: [String: Entry]
    /// The known keys that unknown ones are most likely misspellings of.
    private let meant: Set<String>

    fileprivate init(
        position: SourcePosition,
        key: String,
        log: ErrorLog,
        entries: [String: Entry],
        meant: Set<String>
    ) {
        self.position = position
        self.key = key
        self.log = log
        self.entries = entries
        self.meant = meant
    }

    /// The value of a key, when it is written.
    subscript(name: String) -> Field? { entries[name]?.field }

    /// Whether one of these keys is written.
    func has(_ names: Set<String>) -> Bool {
        entries.keys.contains { names.contains($0) }
    }

    /// Where a key is written.
    func position(of name: String) -> SourcePosition? { entries[name]?.position }

    /// The value of a key that must be there.
    func required(_ name: String, expected: String) -> Field? {
        if let field = self[name] { return field }
        lacks([name], expected: expected)
        return nil
    }

    /// Reports that none of some keys is set, unless one of them is misspelt, which is already
    /// reported.
    func lacks(_ names: [String], expected: String) {
        guard meant.isDisjoint(with: names) else { return }
        log.add(at: position, key, "missing key \(names.listed(with: "or"))", expected: expected)
    }

    /// Reports every one of `names` that is set: it cannot be combined with `other`.
    func refuse(_ names: [String], beside other: String, expected: String) {
        for name in names {
            guard let entry = entries[name] else { continue }
            log.add(
                at: entry.position,
                ErrorLog.path(key, name),
                "cannot be combined with \(other)",
                expected: expected
            )
        }
    }
}

extension Field {
    /// The value as a mapping of known keys; reports unknown and repeated ones.
    ///
    /// An error lists `names` in their order. `hints` has extra explanations for keys that people
    /// try.
    func section(_ names: [String], hints: [String: String] = [:]) -> Section? {
        // A config file has thousands of sections, and few errors.
        let found = pairs(expected: "a mapping of the keys " + names.listed(with: "and"))
        guard let pairs = found else { return nil }
        var entries: [String: Section.Entry] = [:]
        var meant: Set<String> = []
        for (name, entry) in pairs {
            guard names.contains(name) else {
                let suggestion = Suggestion.nearest(to: name, among: names)
                unknown(name, at: entry.position, names, hints: hints, suggestion: suggestion)
                if let suggestion { meant.insert(suggestion) }
                continue
            }
            entries[name] = entry
        }
        return Section(position: position, key: key, log: log, entries: entries, meant: meant)
    }

    /// The value as a mapping with user-defined keys; may not be empty.
    func table(expected: String) -> [(name: String, entry: Section.Entry)]? {
        guard let pairs = pairs(expected: expected) else { return nil }
        guard !pairs.isEmpty else {
            reject("is an empty mapping", expected: expected)
            return nil
        }
        return pairs
    }

    private func unknown(
        _ name: String,
        at position: SourcePosition,
        _ names: [String],
        hints: [String: String],
        suggestion: String?
    ) {
        let path = ErrorLog.path(key, name)
        if name == "<<" {
            log.add(
                at: position,
                path,
                "merge keys are not supported",
                expected: "an alias as a whole value, or the keys themselves"
            )
        } else if let colon = name.firstIndex(of: ":"), names.contains(String(name[..<colon])) {
            log.add(
                at: position,
                path,
                "has no space after the colon",
                expected:
                    "\"\(name[..<colon]): \(ErrorLog.shown(String(name[colon...].dropFirst())))\""
            )
        } else if let hint = hints[name] {
            log.add(at: position, path, "unknown key", expected: hint)
        } else {
            log.add(
                at: position,
                path,
                "unknown key",
                expected: suggestion == nil ? names.listed(with: "or") : "a known key",
                suggestion: suggestion
            )
        }
    }

    /// The pairs of a mapping; keys that are not text and duplicate keys are reported and left out.
    private func pairs(
        expected: @autoclosure () -> String
    ) -> [(name: String, entry: Section.Entry)]? {
        guard case .mapping(let written) = node.content else {
            mismatch(expected: expected())
            return nil
        }
        var pairs: [(name: String, entry: Section.Entry)] = []
        var seen: [String: SourcePosition] = [:]
        for pair in written {
            guard let name = pair.key.text else {
                if case .faulty = pair.key.content { continue }
                log.add(
                    at: pair.key.position,
                    key,
                    "a key is not a word",
                    expected: "plain words as keys"
                )
                continue
            }
            let path = ErrorLog.path(key, name)
            if let first = seen[name] {
                log.add(
                    at: pair.key.position,
                    path,
                    "duplicate key, first on line \(first.line)",
                    expected: "each key once"
                )
                continue
            }
            seen[name] = pair.key.position
            let field = Field(node: pair.value, key: path, log: log)
            pairs.append((name, Section.Entry(position: pair.key.position, field: field)))
        }
        return pairs
    }
}
