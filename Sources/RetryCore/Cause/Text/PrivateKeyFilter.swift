/// Takes the lines of private keys out of a log (RFC 7468: `-----BEGIN … PRIVATE KEY-----`).
struct PrivateKeyFilter {
    private var isInside = false

    /// Whether a line belongs to a key; lines come in order.
    mutating func takes(_ line: String) -> Bool {
        if line.hasDashes, line.contains("-----BEGIN "), line.contains("PRIVATE KEY") {
            isInside = !line.contains("-----END ")
            return true
        }
        guard isInside else { return false }
        // A key that is cut off must not take the rest of the log: its lines are base64.
        let isEnd = line.contains("-----END ")
        let isBody = !line.contains(" ") || line.contains(": ")
        isInside = !isEnd && isBody
        return isEnd || isBody
    }
}

extension String {
    /// Whether five dashes stand in a row; a search for text reads each line many times slower.
    fileprivate var hasDashes: Bool {
        var run = 0
        for byte in utf8 {
            run = byte == 0x2D ? run + 1 : 0
            if run == 5 { return true }
        }
        return false
    }
}
