import RetryCore

extension Glob {
    /// Whether it matches every text.
    var isAny: Bool { !text.isEmpty && text.allSatisfy { $0 == "*" } }

    /// Whether it matches all that `other` matches.
    ///
    /// Sound, not complete: the other's wildcards are taken for characters that only a wildcard
    /// of this one matches.
    func covers(_ other: Glob) -> Bool {
        let (wide, narrow) = (Array(text), Array(other.text))
        // One row of a table: whether the globs match from here to their ends.
        var below = [Bool](repeating: false, count: narrow.count + 1)
        below[narrow.count] = true
        for place in wide.indices.reversed() {
            var row = [Bool](repeating: false, count: narrow.count + 1)
            row[narrow.count] = wide[place] == "*" && below[narrow.count]
            for position in narrow.indices.reversed() {
                switch wide[place] {
                case "*": row[position] = below[position] || row[position + 1]
                case "?": row[position] = narrow[position] != "*" && below[position + 1]
                case let letter: row[position] = letter == narrow[position] && below[position + 1]
                }
            }
            below = row
        }
        return below[0]
    }

    /// Whether some text matches both.
    func meets(_ other: Glob) -> Bool {
        let (left, right) = (Array(text), Array(other.text))
        var below = [Bool](repeating: false, count: right.count + 1)
        for place in stride(from: left.count, through: 0, by: -1) {
            var row = [Bool](repeating: false, count: right.count + 1)
            for position in stride(from: right.count, through: 0, by: -1) {
                let first = place < left.count ? left[place] : nil
                let second = position < right.count ? right[position] : nil
                switch (first, second) {
                case (nil, nil): row[position] = true
                case ("*", _):
                    row[position] = below[position] || second != nil && row[position + 1]
                case (_, "*"):
                    row[position] = row[position + 1] || first != nil && below[position]
                case (nil, _), (_, nil): row[position] = false
                case (let one, let two):
                    row[position] =
                        (one == two || one == "?" || two == "?") && below[position + 1]
                }
            }
            below = row
        }
        return below[0]
    }
}
