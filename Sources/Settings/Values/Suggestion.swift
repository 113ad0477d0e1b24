/// Finds the known word that a misspelt one most likely means.
package enum Suggestion {
    /// The nearest of the known words within a third of the word's length; nil when none is near.
    ///
    /// Case is ignored. Of several equally near words the first wins.
    package static func nearest(
        to word: String,
        among known: [String],
        within most: Int = .max
    ) -> String? {
        guard word.utf8.count <= 100 else { return nil }
        let lowered = Array(word.lowercased().unicodeScalars)
        let limit = min(most, max(1, lowered.count / 3))
        var best: (word: String, distance: Int)?
        for candidate in known where candidate != word {
            let scalars = Array(candidate.lowercased().unicodeScalars)
            guard abs(scalars.count - lowered.count) <= limit else { continue }
            let found = distance(lowered, scalars)
            if found <= limit, found < best?.distance ?? .max { best = (candidate, found) }
        }
        return best?.word
    }

    /// How many single letters must be inserted, removed, changed, or swapped with their neighbour
    /// (optimal string alignment).
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var last = Array(0...right.count)
        for (row, letter) in left.enumerated() {
            var next = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, next[column] + 1)
                cost = min(cost, last[column] + (letter == other ? 0 : 1))
                if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
                    cost = min(cost, before[column - 1] + 1)
                }
                next.append(cost)
            }
            before = last
            last = next
        }
        return last[right.count]
    }
}
