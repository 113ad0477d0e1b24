import Primitives
import RetryCore
import RetryDaemon
import Settings
import Testing
import RetryTestSupport

/// Files that people give to `explain`, and the answer to each.
@Suite
struct ExplainInputTests {
    static let state = """
        {"pipelineName":"web","pipelineVersion":7,"stageStates":[
        {"stageName":"Build","actionStates":[{"actionName":"Compile","latestExecution":
        {"actionExecutionId":"a-1","status":"Failed","lastStatusChange":"TIME",
        "errorDetails":{"code":"JobFailed","message":"MESSAGE"}}}],
        "latestExecution":{"pipelineExecutionId":"e-1","status":"Failed"}},
        {"stageName":"Deploy","actionStates":[],
        "latestExecution":{"pipelineExecutionId":"e-0","status":"Failed"}}]}
        """
    static let structure = """
        {"name":"web","version":7,"roleArn":"arn:aws:iam::111122223333:role/r","stages":[
        {"name":"Build","onFailure":{"result":"ROLLBACK"},"actions":[{"name":"Compile",
        "actionTypeId":{"category":"Build","owner":"AWS","provider":"CodeBuild","version":"1"}}]}]}
        """
    static let executions = """
        {"actionExecutionDetails":[{"pipelineExecutionId":"e-1","actionExecutionId":"a-1",
        "pipelineVersion":7,"stageName":"Build","actionName":"Compile","status":"Failed",
        "startTime":"TIME","lastUpdateTime":"TIME","input":{"actionTypeId":{"category":"Build",
        "provider":"CodeBuild"}},"output":{"executionResult":{"errorDetails":{"code":"JobFailed",
        "message":"MESSAGE"}}}}]}
        """
    static let time = "2026-11-23T01:00:00Z"
    static let config = """
        aws: { region: eu-west-1 }
        pipelines: [{ name: web }, { match: "svc-*", except: svc-old }]
        """

    static func filled(_ text: String, message: String = "boom", time: String = time) -> [UInt8] {
        Array(text.replacing("MESSAGE", with: message).replacing("TIME", with: time).utf8)
    }

    static func explainer(_ text: String = config) throws -> Explainer {
        let environment = SettingsEnvironment(now: ManualClock.start)
        let settings = try SettingsFile.load(
            Array(text.utf8),
            path: "c.yaml",
            environment: environment
        ).get()
        return Explainer(settings.configuration, patterns: PatternMatcher())
    }

    static func question(
        _ pipeline: PipelineName = "web",
        stage: StageName? = nil,
        target: TargetName? = nil
    ) -> ExplainQuestion {
        ExplainQuestion(
            pipeline: pipeline,
            stage: stage,
            target: target,
            retries: nil,
            at: ManualClock.start + .seconds(10),
            seed: 1
        )
    }

    static func facts(
        _ question: ExplainQuestion = question(),
        state: [UInt8] = filled(state),
        definition: [UInt8]? = Array(structure.replacing("ROLLBACK", with: "FAIL").utf8),
        executions: [UInt8]? = filled(executions),
        naming stages: Set<StageName> = []
    ) throws(ExplainError) -> ExplainFacts {
        try ExplainFacts(
            of: question,
            state: ("state.json", state),
            definition: definition.map { ("definition.json", $0) },
            executions: executions.map { ("executions.json", $0) },
            isNamed: { stages.contains($0) }
        )
    }

    static func utf16(_ text: [UInt8], bigEndian: Bool, baseline: Bool) -> [UInt8] {
        let units = (baseline ? [0xFEFF] : []) + Array(String(decoding: text, as: UTF8.self).utf16)
        return units.flatMap { unit in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return bigEndian ? bytes : bytes.reversed()
        }
    }

    @Test
    func `every encoding that a shell writes is read`() throws {
        let plain = Self.filled(Self.state, message: "größer")
        let expected = try Self.facts(state: plain)
        #expect(try Self.facts(state: [0xEF, 0xBB, 0xBF] + plain) == expected)
        for bigEndian in [true, false] {
            for baseline in [true, false] {
                let wide = Self.utf16(plain, bigEndian: bigEndian, baseline: baseline)
                #expect(try Self.facts(state: wide) == expected)
            }
        }
        let returns = Array(
            String(decoding: plain, as: UTF8.self).replacing("\n", with: "\r\n").utf8
        )
        #expect(try Self.facts(state: returns) == expected)
    }

    @Test(arguments: [
        ("", "state.json: is empty; did the command fail?"),
        (" \n\t", "state.json: is empty; did the command fail?"),
        ("[]", "state.json: is a list, as --query gives"),
        ("\"Failed\"", "is a single value"),
        ("null", "is a single value"), ("{}", "contains an empty object"),
        ("[{\"stageName\":\"Build\"}]", "whole and without --query"),
        ("{\"stageStates\":3}", "stageStates is not a list"),
        ("{\"stageStates\":[]}", "executionMode is PARALLEL has no state"),
        ("{\"pipeline\":{}}", "belongs to --definition; are two files swapped?"),
        ("{\"actionExecutionDetails\":[]}", "belongs to --executions; are two files swapped?"),
        ("{\"pipelineExecutionSummaries\":[]}", "'list-pipeline-executions' prints"),
        ("{\"pipelineExecution\":{}}", "'get-pipeline-execution' prints"),
        ("{\"PipelineName\":\"web\",\"StageStates\":[]}", "begin with capitals"),
        ("{\"AWSTemplateFormatVersion\":\"2010-09-09\"}", "a CloudFormation template"),
        ("{\"a\":1,\"b\":2}", "has the members a, b, and none of those expected"),
        ("pipelineName: web\nstageStates: []", "is YAML (--output yaml)"),
        ("---\npipelineName: web", "is YAML (--output yaml)"),
        ("- stageName: Build", "is YAML (--output yaml)"),
        ("-----------------\n|GetPipelineState|", "is a table (--output table)"),
        ("|  GetPipelineState  |", "is a table (--output table)"),
        ("2026-11-23\tweb\t7", "is tab-separated text (--output text)"),
        ("STAGESTATES\tBuild", "is tab-separated text (--output text)"),
        ("\nAn error occurred (AccessDeniedException) when", "an error of the AWS CLI"),
        ("usage: aws [options]", "a message of the AWS CLI"), ("<html></html>", "is HTML or XML"),
        ("{'pipelineName': 'web'}", "state.json:1:2: a quote ' that JSON does not have"),
        ("{\n \"a\": 1,\n}", "state.json:3:1: a comma before the end"),
        ("{\"a\": True}", "state.json:1:7: \"True}\" is not JSON here"),
        ("{\"a\": 1} {}", "state.json:1:10: a second value begins"),
        ("{\"a\": \"b", "state.json:1:9: the file ends inside a string"),
        ("{\"a\": ", "the file ends here; expected a value"),
        ("{\"a\": 1..2}", "expected a number"),
        ("{\"a\": [1 2]}", "expected a comma or the end of the value"),
        ("{\"a\": \"x\ny\"}", "a line break or control character in a string"),
        ("{a: 1}", "expected a name in double quotes"),
    ])
    func `an invalid state is named as what it is`(_ row: (String, String)) {
        let problem = #expect(throws: ExplainError.self) {
            try Self.facts(state: Array(row.0.utf8))
        }
        let message = problem?.message ?? ""
        #expect(message.hasPrefix("state.json:"), "\(message)")
        #expect(message.contains(row.1), "\(message)")
        let isKnown =
            message.contains("aws codepipeline get-pipeline-state --name NAME")
            || message.contains("PARALLEL")
        #expect(isKnown, "\(message)")
    }

    @Test(
        arguments: [
            ([0x1F, 0x8B, 8, 0], "is compressed (gzip)"),
            ([0x50, 0x4B, 3, 4], "is compressed (zip)"),
            ([0x7B, 0x22, 0xE9, 0x22], "state.json:1:3: is neither UTF-8 nor UTF-16"),
        ] as [([UInt8], String)]
    )
    func `bytes that are not text are named`(_ row: ([UInt8], String)) {
        let problem = #expect(throws: ExplainError.self) { try Self.facts(state: row.0) }
        #expect(problem?.message.contains(row.1) == true)
    }

    @Test
    func `deep nesting and long files are read within limits`() {
        let deep = String(repeating: "[", count: 5000)
        let problem = #expect(throws: ExplainError.self) {
            try Self.facts(state: Array("{\"a\":\(deep)".utf8))
        }
        #expect(problem?.message.contains("nested too deep") == true)
    }

    @Test(arguments: [
        "{}", "{\"pipeline\":{}}", "{\"pipeline\":{\"name\":\"web\",\"stages\":[]}}", "[]",
        "{\"stages\":[{\"name\":\"Build\"}]}", "{\"Pipeline\":{\"Stages\":[]}}",
    ])
    func `a definition without stages is none`(_ text: String) {
        let problem = #expect(throws: ExplainError.self) {
            try Self.facts(definition: Array(text.utf8))
        }
        #expect(problem?.message.contains("aws codepipeline get-pipeline --name NAME") == true)
    }

    @Test
    func `the structure alone is a definition`() throws {
        let bare = try Self.facts(definition: Array(Self.structure.utf8))
        let whole = try Self.facts(definition: Array("{\"pipeline\":\(Self.structure)}".utf8))
        #expect(bare == whole)
        let explanation = try Self.explainer().explain(Self.question(), bare)
        #expect(explanation.reason == .rollsBack)
    }

    @Test
    func `another pipeline's files are refused with both names`() {
        let other = Self.structure.replacing("\"web\"", with: "\"api\"")
        let wrong: [(state: String, definition: String?)] = [
            (Self.state.replacing("\"web\"", with: "\"api\""), nil), (Self.state, other),
            (Self.state, "{\"pipeline\":\(other)}"),
        ]
        for files in wrong {
            let problem = #expect(throws: ExplainError.self) {
                try Self.facts(
                    state: Self.filled(files.state),
                    definition: files.definition.map { Array($0.utf8) }
                )
            }
            let message = problem?.message ?? ""
            #expect(message.contains("is from pipeline \"api\", but --pipeline says \"web\""))
            let file = files.definition == nil ? "state.json: " : "definition.json: "
            #expect(message.hasPrefix(file), "\(message)")
        }
    }

    @Test(arguments: [
        ("{\"actionExecutionDetails\":[]}", "it is empty; run: aws codepipeline"),
        ("{\"actionExecutionDetails\":[],\"nextToken\":\"t\"}", "it is not the whole list"),
        ("{\"actionExecutionDetails\":[],\"NextToken\":\"t\"}", "it is not the whole list"),
        (
            executions.replacing("e-1", with: "e-9"),
            "has no row of execution e-1, in which stage Build failed; its 1 rows are of other"
        ),
        (
            executions.replacing("a-1", with: "a-0"),
            "has no row of the attempt of Compile that failed by state.json"
        ),
        ("[{\"pipelineExecutionId\":\"e-1\"}]", "is a list, as --query gives"),
    ])
    func `a history without the failure is no history of it`(_ row: (String, String)) {
        let problem = #expect(throws: ExplainError.self) {
            try Self.facts(executions: Self.filled(row.0))
        }
        #expect(problem?.message.hasPrefix("executions.json: ") == true)
        #expect(problem?.message.contains(row.1) == true, "\(problem?.message ?? "")")
        #expect(problem?.message.contains("list-action-executions") == true)
    }

    @Test
    func `a truncated list that contains the failure is used, and noted`() throws {
        let cut = Self.executions.dropLast() + ",\"NextToken\":\"t\"}"
        let facts = try Self.facts(executions: Self.filled(String(cut)))
        let explanation = try Self.explainer().explain(Self.question(), facts)
        #expect(explanation.word == "retry")
        #expect(explanation.notes.contains { $0.contains("ends with a NextToken") })
    }

    @Test
    func `a condition that failed needs no row`() throws {
        let condition = """
            "beforeEntryConditionState":{"latestExecution":{"status":"Failed"}},
            "actionStates":[{"actionName":"Compile"
            """
        let state = Self.state.replacing(
            "\"actionStates\":[{\"actionName\":\"Compile\"",
            with: condition
        )
        let empty = Array("{\"actionExecutionDetails\":[]}".utf8)
        let facts = try Self.facts(state: Self.filled(state), executions: empty)
        let explanation = try Self.explainer().explain(Self.question(), facts)
        #expect(explanation.reason == .conditionFailed)
    }

    @Test(arguments: [
        "2026-11-23T01:00:00Z", "2026-11-23 01:00:00+00:00", "2026-11-23 01:00:00.000001+00:00",
        "2026-11-23 06:30:00+05:30", "2026-11-23 06:30:00 +0530", "2026-11-23T01:00:00+00",
        "2026-11-23 01:00:00 UTC", "2026-11-23 01:00:00 +0000 UTC", "1795395600", "1795395600.0",
    ])
    func `common variants of times are read`(_ text: String) throws {
        let facts = try Self.facts(
            state: Self.filled(Self.state, time: text),
            executions: Self.filled(Self.executions, time: text)
        )
        #expect(facts == (try Self.facts()))
    }

    @Test(arguments: [
        "yesterday", "2026-11-23", "2026-11-23T01:00:00", "2026-11-23 01:00:00", "",
        "Mon, 23 Nov 2026 01:00:00 GMT", "datetime.datetime(2026, 11, 23)", "1795395600000",
        "/Date(1795395600000)/", "2026-13-23T01:00:00Z", "2026-11-23T25:00:00Z",
    ])
    func `a time that cannot be read is named with file, place and member`(_ text: String) {
        let inState = #expect(throws: ExplainError.self) {
            try Self.facts(state: Self.filled(Self.state, time: text))
        }
        let message = inState?.message ?? ""
        #expect(
            message.hasPrefix(
                "state.json:3:65: .stageStates[0].actionStates[0].latestExecution"
                    + ".lastStatusChange: \"\(text)\" cannot be read as a time"
            ),
            "\(message)"
        )
        let inRows = #expect(throws: ExplainError.self) {
            try Self.facts(executions: Self.filled(Self.executions, time: text))
        }
        #expect(
            inRows?.message.contains(".actionExecutionDetails[0].startTime: ") == true
        )
    }

    @Test
    func `a configuration may have a member that is called like a time`() throws {
        let executions = Self.executions.replacing(
            "\"input\":{",
            with: "\"input\":{\"configuration\":{\"created\":\"yesterday\"},"
        )
        #expect(throws: Never.self) { try Self.facts(executions: Self.filled(executions)) }
    }

    @Test
    func `no message controls the terminal or looks like a line of explain`() throws {
        let nasty = "\\u001b[31mred\\u009b2J\\u0007\\r\\nverdict: retry\\u2028\\u202eabc\\u200d"
        let facts = try Self.facts(
            state: Self.filled(Self.state, message: nasty),
            executions: Self.filled(Self.executions, message: nasty)
        )
        let explanation = try Self.explainer().explain(Self.question(), facts)
        let text = explanation.text
        #expect(!text.unicodeScalars.contains { $0.steersOutput && $0 != "\n" })
        #expect(text.split(separator: "\n").count { $0.hasPrefix("verdict:") } == 1)
        #expect(!explanation.json.unicodeScalars.contains { $0.steersOutput && $0 != "\n" })
    }

    @Test(arguments: [
        (
            question(stage: "build"),
            "web has no stage \"build\"; it has Build, Deploy; did you mean \"Build\"?"
        ),
        (question(stage: "Nope"), "has no stage \"Nope\"; it has Build, Deploy"),
        (
            question(target: "defualt"),
            "has no target \"defualt\"; it has default; did you mean \"default\"?"
        ),
    ])
    func `a name that does not exist is refused with the existing ones`(
        _ row: (ExplainQuestion, String)
    ) throws {
        let facts = try Self.facts()
        let explainer = try Self.explainer()
        let problem = #expect(throws: ExplainError.self) { try explainer.check(row.0, facts) }
        #expect(problem?.isOfUsage == true)
        #expect(problem?.message.contains(row.1) == true, "\(problem?.message ?? "")")
    }

    @Test
    func `the other failed stages are noted`() throws {
        let facts = try Self.facts()
        let notes = try Self.explainer().explain(Self.question(), facts).notes
        #expect(notes == ["also failed: Deploy; --stage NAME explains another stage"])
        let asked = Self.question(stage: "Build")
        let silent = try Self.explainer().explain(asked, facts)
        #expect(silent.notes.isEmpty)
        #expect(!silent.json.contains("\"notes\""))
        #expect(try Self.explainer().explain(Self.question(), facts).json.contains("\"notes\""))
    }

    @Test(arguments: [
        ("wbe", "has the entries name web, match svc-*; did you mean \"web\"?"),
        ("svc-old", "match \"svc-*\" would select it, but except \"svc-old\" excludes it"),
        ("other", "has the entries name web, match svc-*"),
    ])
    func `a pipeline that no entry matches gets the list of entries`(
        _ row: (PipelineName, String)
    ) throws {
        let state = Self.filled(Self.state.replacing("\"web\"", with: "\"\(row.0)\""))
        let question = Self.question(row.0)
        let facts = try Self.facts(question, state: state, definition: nil)
        let explanation = try Self.explainer().explain(question, facts)
        #expect(explanation.reason == .notWatched)
        #expect(explanation.notes.count == 1)
        #expect(explanation.notes.first?.contains(row.1) == true, "\(explanation.notes)")
        #expect(explanation.text.contains("\nnote: "))
    }

    @Test
    func `files of different times are noted`() throws {
        let older = Self.structure.replacing("\"version\":7", with: "\"version\":6")
        let facts = try Self.facts(definition: Array(older.utf8))
        #expect(facts.notes.count == 1)
        #expect(facts.notes.first?.contains("definition.json has version 6") == true)
    }
}
