/// The parts of an Amazon Resource Name.
struct ARN: Hashable, Sendable {
    let service: String
    let region: String
    let account: String
    /// All after the account.
    let resource: String

    /// Reads an ARN; nil for any other text.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[5].isEmpty else {
            return nil
        }
        service = String(parts[2])
        region = String(parts[3])
        account = String(parts[4])
        resource = String(parts[5])
    }
}
