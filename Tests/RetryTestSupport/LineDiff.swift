/// What differs between two texts, line by line.
package enum LineDiff {
    /// Compares two texts.
    ///
    /// - Parameters:
    ///   - old: The text that was.
    ///   - new: The text that is.
    ///   - limit: The most lines of the difference; what is left out is counted at the end.
    /// - Returns: The changed lines, each with its number in the old or the new text, and the line
    ///   before a run of them; empty when the texts are the same.
    package static func text(from old: String, to new: String, limit: Int = 60) -> String {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false)
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [String] = []
        var (left, right) = (0, 0)
        var isInRun = false
        while left < before.count || right < after.count {
            let (isGone, isNew) = (removed.contains(left), inserted.contains(right))
            if isGone || isNew, !isInRun, left > 0 {
                lines.append("  \(left): \(before[left - 1])")
            }
            isInRun = isGone || isNew
            if isGone {
                lines.append("- \(left + 1): \(before[left])")
                left += 1
            } else if isNew {
                lines.append("+ \(right + 1): \(after[right])")
                right += 1
            } else {
                left += 1
                right += 1
            }
        }
        let rest = lines.count - limit
        if rest > 0 { lines = lines.prefix(limit) + ["... and \(rest) lines more"] }
        return lines.joined(separator: "\n")
    }
}
