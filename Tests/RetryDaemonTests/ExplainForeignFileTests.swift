import RetryCore
import RetryDaemon
import Testing

private typealias Input = ExplainInputTests

/// Files of another pipeline than the requested one.
@Suite
struct ExplainForeignFileTests {
    @Test
    func `a policy that names the failed stage is tried on another pipeline's failure`() throws {
        let state = Input.filled(Input.state.replacing("\"web\"", with: "\"api\""))
        let definition = Array(Input.structure.replacing("\"web\"", with: "\"api\"").utf8)
        let facts = try Input.facts(state: state, definition: definition, naming: ["Build"])
        let note =
            "state.json is from pipeline \"api\": the policy of \"web\", which names stage Build, "
            + "is applied to its failure"
        #expect(facts.notes == [note])
        #expect(throws: ExplainError.self, "another stage is named") {
            try Input.facts(state: state, definition: definition, naming: ["Deploy"])
        }
        #expect(throws: ExplainError.self, "the files are of two pipelines") {
            try Input.facts(state: state, naming: ["Build"])
        }
    }

    @Test(arguments: [
        ("when: { stage: Build }", true), ("when: { stage: \"Bu*\" }", true),
        ("when: { stage: \"*\" }", false), ("when: { stage: Deploy }", false),
        ("when: { action: Compile }", false),
    ])
    func `a rule names a stage by its name or a specific pattern`(
        _ when: String,
        _ isNamed: Bool
    ) throws {
        let text = """
            aws: { region: eu-central-1 }
            policies: { default: { rules: [{ name: r, \(when) }] } }
            pipelines: [{ name: web }]
            """
        let explainer = try Input.explainer(text)
        #expect(explainer.names("Build", for: Input.question()) == isNamed)
    }
}
