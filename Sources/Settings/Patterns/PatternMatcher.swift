package import RetryCore
import Synchronization

/// Answers the core's pattern questions with PCRE2, within fixed bounds.
///
/// Case counts unless the pattern says `(?i)`; `.` does not match a line's end unless it says
/// `(?s)`. Compiled patterns are kept. Safe to use from many tasks: searches take turns, and each
/// is bounded.
package final class PatternMatcher: Sendable {
    /// The limits of one search.
    package struct Bounds: Hashable, Sendable {
        /// The longest pattern, in bytes.
        package var patternBytes: Int
        /// The longest text, in bytes; CodePipeline's messages have 5,000 characters at most.
        package var textBytes: Int
        /// Backtracking steps (PCRE2's match limit).
        package var matchLimit: UInt32
        /// Nested backtracking points (PCRE2's depth limit).
        package var depthLimit: UInt32
        /// Memory of one search, in KiB (PCRE2's heap limit).
        package var heapKibibytes: UInt32

        /// The bounds of the daemon: a hopeless search ends after a few milliseconds.
        package static let standard = Bounds(
            patternBytes: 4096,
            textBytes: 65_536,
            matchLimit: 250_000,
            depthLimit: 25_000,
            heapKibibytes: 8192
        )
    }

    /// The most cached patterns; one more empties the cache, since a config file has far fewer.
    private static let mostKept = 4096

    private let bounds: Bounds
    private let compiled = Mutex<[String: CompiledPattern]>([:])

    /// Creates a matcher; the bounds default to those of the daemon.
    package init(bounds: Bounds = .standard) {
        self.bounds = bounds
    }

    /// Whether the query's pattern matches anywhere in its text.
    ///
    /// A text longer than the bounds, a pattern that does not compile and a search that reaches a
    /// bound give ``PatternFinding/pastBound``: a query that cannot be evaluated is never a match.
    package func find(_ query: PatternQuery) -> PatternFinding {
        guard query.text.utf8.count <= bounds.textBytes,
            query.pattern.text.utf8.count <= bounds.patternBytes
        else { return .pastBound }
        let bounds = bounds
        let search = compiled.withLock { kept -> PatternSearch in
            guard let pattern = PatternMatcher.pattern(query.pattern.text, kept: &kept) else {
                return .pastBound
            }
            return pattern.find(in: query.text, within: bounds)
        }
        switch search {
        case .found: return .matches
        case .absent: return .differs
        case .pastBound: return .pastBound
        }
    }

    private static func pattern(
        _ text: String,
        kept: inout [String: CompiledPattern]
    ) -> CompiledPattern? {
        if let known = kept[text] { return known }
        do {
            let made = try CompiledPattern(text)
            if kept.count >= mostKept { kept.removeAll() }
            kept[text] = made
            return made
        } catch {
            // The config file reader rejects such a pattern; the caller treats it as past the
            // limit.
            return nil
        }
    }
}
