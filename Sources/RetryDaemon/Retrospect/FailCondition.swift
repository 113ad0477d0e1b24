import Primitives
package import RetryCore

/// A condition of `backtest --fail-if`, such as `missed>0` or `wasted>0.5`.
///
/// A whole number is compared with a count of failures; one with a decimal point with its share of
/// the failures that would be retried, or for the others of all.
package struct FailCondition: Hashable, Sendable {
    /// What the text is not.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence.
        package let description: String
    }

    /// The text.
    package let text: String
    private let result: ReplayResult
    private let isMore: Bool
    private let limit: Double
    private let isShare: Bool

    /// Reads a condition.
    package init(_ text: String) throws(Problem) {
        self.text = text
        let names = ReplayResult.allCases.map(\.rawValue).joined(separator: ", ")
        guard let sign = text.firstIndex(where: { $0 == ">" || $0 == "<" }) else {
            throw Problem(description: "\(text.asOneLine): expected a name, > or <, and a number")
        }
        let name = text[..<sign].filter { $0 != " " }
        let number = text[text.index(after: sign)...].filter { $0 != " " }
        guard let result = ReplayResult(rawValue: String(name)) else {
            throw Problem(
                description: "\(String(name).asOneLine) is no result; expected one of \(names)"
            )
        }
        guard let limit = Double(String(number)), limit.isFinite, limit >= 0 else {
            throw Problem(description: "\(String(number).asOneLine) is not a number of 0 or more")
        }
        (self.result, self.limit, isMore) = (result, limit, text[sign] == ">")
        isShare = number.contains(".")
    }

    /// Whether a tally meets it; without a failure to take a share of it does not.
    package func holds(_ tally: ReplayTally) -> Bool {
        let count = Double(tally.all.count(result))
        guard isShare else { return isMore ? count > limit : count < limit }
        let whole = result.isRetried ? tally.all.retried : tally.all.total
        guard whole > 0 else { return false }
        let share = count / Double(whole)
        return isMore ? share > limit : share < limit
    }
}
