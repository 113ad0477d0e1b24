import Primitives

/// A stream of CloudWatch Logs.
struct LogStream: Hashable, Sendable {
    let group: String
    let name: String
    /// The Region in the stream's ARN, if it was named by one.
    var region: String?

    init?(group: String?, name: String?) {
        guard let group, let name, !group.isEmpty, !name.isEmpty else { return nil }
        self.group = group
        self.name = name
    }

    /// Reads `arn:aws:logs:eu-west-1:111122223333:log-group:GROUP:log-stream:STREAM`.
    init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "logs", arn.resource.hasPrefix("log-group:"),
            let middle = arn.resource.firstRange(of: ":log-stream:")
        else { return nil }
        let group = arn.resource[..<middle.lowerBound].dropFirst("log-group:".count)
        self.init(group: String(group), name: String(arn.resource[middle.upperBound...]))
        region = arn.region
    }

    /// The call for its newest events, or for those before a page.
    func newest(_ count: Int, before token: String? = nil) -> CauseCall {
        CauseCall(
            .getLogEvents,
            .members([
                ("logGroupName", .text(group)), ("logStreamName", .text(name)),
                ("limit", .number(max(1, count))), ("startFromHead", false),
                ("nextToken", token.map(JSONInput.text)),
            ])
        )
    }
}
