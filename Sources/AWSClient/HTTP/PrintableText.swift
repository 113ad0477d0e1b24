import RetryCore

extension String {
    /// The text for people: control characters become spaces, runs of blanks one, the end is cut.
    ///
    /// What a server says lands in logs and terminals; it must not steer them.
    package func printable(limit: Int = 500) -> String {
        // Ids and codes, nearly always.
        if utf8.count <= limit, utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return self }
        var out = ""
        var length = 0
        var pendingBlank = false
        for scalar in unicodeScalars {
            guard !scalar.isUnprintable else {
                pendingBlank = true
                continue
            }
            if pendingBlank, !out.isEmpty {
                out.append(" ")
                length += 1
            }
            pendingBlank = false
            guard length < limit else { return out + "…" }
            out.unicodeScalars.append(scalar)
            length += 1
        }
        return out
    }
}

extension Unicode.Scalar {
    /// Whether it is a control, a line or paragraph separator, a direction mark or a blank.
    fileprivate var isUnprintable: Bool {
        if steersOutput { return true }
        return switch properties.generalCategory {
        case .spaceSeparator, .privateUse, .unassigned: true
        case _: false
        }
    }
}
