import RetryCore
import Testing

/// Names and keys, as they are sorted.
@Suite struct IdentifierTests {
    @Test func `names sort by their scalars, and none comes before itself`() {
        let names: [StageName] = ["b", "", "ä", "B", "ab"]
        #expect(names.sorted() == ["", "B", "ab", "b", "ä"])
        #expect(names.allSatisfy { !($0 < $0) })
    }

    @Test func `keys sort by target, pipeline, stage and execution`() {
        func key(
            _ target: TargetName = "t",
            _ pipeline: PipelineName = "p",
            _ stage: StageName = "s",
            _ execution: ExecutionID = "e"
        ) -> EpisodeKey {
            EpisodeKey(
                pipeline: PipelineKey(target: target, pipeline: pipeline),
                stage: stage,
                execution: execution
            )
        }
        let keys = [
            key("a", "z", "z", "z"), key(), key("t", "p", "s", "f"), key("t", "p", "t", "a"),
            key("t", "q", "a", "a"), key("u", "a", "a", "a"),
        ]
        #expect(keys.reversed().sorted() == keys)
        #expect(keys.allSatisfy { !($0 < $0) })
        #expect(Set(keys + keys).count == keys.count)
    }
}
