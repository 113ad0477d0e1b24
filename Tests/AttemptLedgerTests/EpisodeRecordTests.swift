import AttemptLedger
import Primitives
import RetryCore
import Testing

/// A property that the schema forgets would come back as its default, and nobody would see it.
@Suite struct EpisodeRecordTests {
    /// The stored properties by their paths, those of the counts one by one.
    private func properties(_ value: Any, _ prefix: String = "") -> [(
        path: String, value: AnyHashable
    )] {
        Mirror(reflecting: value).children.flatMap {
            child -> [(path: String, value: AnyHashable)] in
            let path = prefix + (child.label ?? "?")
            guard child.value is RetryCounts else {
                guard let value = child.value as? any Hashable else {
                    Issue.record("\(path) cannot be compared")
                    return []
                }
                return [(path, AnyHashable(value))]
            }
            return properties(child.value, "\(path).")
        }
    }

    @Test func `every stored property of an episode survives the file`() throws {
        let full = fullEpisode()
        let bare = EpisodeRecord(
            key: key("another"),
            firstFailure: time(1000),
            firstSeen: time(1000),
            foreignRetries: 0
        )
        for (one, other) in zip(properties(full), properties(bare)) {
            #expect(one.path == other.path)
            #expect(
                one.value != other.value,
                "fullEpisode() leaves \(one.path) as it is by default"
            )
        }
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        try first.apply([.episode(full)], now: time(0))
        first.close()
        let second = try open(directory).ledger
        defer { second.close() }
        let read = try #require(try second.snapshot().episodes.first)
        #expect(properties(read).count > 11)
        for (one, other) in zip(properties(full), properties(read)) {
            #expect(one.value == other.value, "\(one.path) does not come back")
        }
    }
}
