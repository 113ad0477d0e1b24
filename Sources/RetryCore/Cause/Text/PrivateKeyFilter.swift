/// Takes the lines of private keys out of a log (RFC 7468: `-----BEGIN … PRIVATE KEY-----`).
struct PrivateKeyFilter {
    private var isInside = false

    /// Whether a line belongs to a key; lines come in order.
    mutating func takes(_ line: String) -> Bool {
        if line.contains("-----BEGIN "), line.contains("PRIVATE KEY") {
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
