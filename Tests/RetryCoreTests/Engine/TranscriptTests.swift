import Testing
import RetryTestSupport

@testable import RetryCore

/// Every call, write and report of the engine in some common failures, with its time.
///
/// The files in Tests/Transcripts are for people: they show the visible effects of a change of the
/// engine.
@Suite struct TranscriptTests {
    @Test(arguments: Scenario.all)
    func `every call, write and report is as in the transcript`(
        _ scenario: Scenario
    ) throws {
        var harness = scenario.harness()
        harness.transcript.isKept = true
        scenario.play(&harness)
        try Golden(path: "Tests/Transcripts/\(scenario.name).txt").check(harness.transcript.text)
    }
}

/// A world, and its events.
struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let harness: @Sendable () -> EngineHarness
    let play: @Sendable (inout EngineHarness) -> Void

    var testDescription: String { name }
}

extension EngineHarness {
    /// Makes something happen in the world, and lets time pass.
    mutating func then(_ what: String, _ seconds: Int, _ change: (inout EngineHarness) -> Void) {
        transcript.note(what, now)
        change(&self)
        run(.seconds(seconds))
    }

    /// Shows one failed stage in each of these pipelines.
    mutating func fail(_ names: [PipelineName], _ message: String = "queue full") {
        for name in names {
            states[.prod(name)] = PipelineSnapshot(
                version: 1,
                stages: [.failed(message, attempt: 1, at: wall)]
            )
        }
    }
}
