/// The newest reading of a failure, and its input.
struct KeptReading: Hashable, Sendable {
    /// All that a reading follows from, but for the names.
    struct Source: Hashable, Sendable {
        private let stage: StageSnapshot
        private let evidence: Evidence
        private let definition: KnownDefinition
        private let causes: Int
        private let asksKnowledge: Bool

        init(
            _ stage: StageSnapshot,
            _ evidence: Evidence,
            _ definition: KnownDefinition,
            causes: Int,
            asksKnowledge: Bool
        ) {
            self.stage = stage
            self.evidence = evidence
            self.definition = definition
            self.causes = causes
            self.asksKnowledge = asksKnowledge
        }
    }

    let source: Source
    let reading: FailureReading
    /// The definition, unpacked.
    let definition: PipelineDefinition?
}
