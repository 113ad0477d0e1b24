import Primitives

/// A state with every member in it.
let fullState = """
    {"pipelineName":"deploy","pipelineVersion":7,"created":1446137312,"updated":1.446137312204E9,
     "unknownMember":{"x":[1]},
     "stageStates":[{
      "stageName":"Approve",
      "latestExecution":{"pipelineExecutionId":"e1","status":"Failed","type":"STANDARD"},
      "inboundExecution":{"pipelineExecutionId":"e2","status":"InProgress"},
      "inboundExecutions":[{"pipelineExecutionId":"e2","status":"InProgress"}],
      "inboundTransitionState":{"enabled":false,"lastChangedBy":"arn:me","lastChangedAt":1,
       "disabledReason":"freeze"},
      "retryStageMetadata":{"autoStageRetryAttempt":1,"manualStageRetryAttempt":2,
       "latestRetryTrigger":"ManualStageRetry"},
      "beforeEntryConditionState":{"latestExecution":{"status":"Errored","summary":"s"},
       "conditionStates":[{"latestExecution":{"status":"Failed","lastStatusChange":2},
        "ruleStates":[{"ruleName":"r","latestExecution":{"ruleExecutionId":"re","status":"Failed",
         "token":"rule-token"}}]}]},
      "actionStates":[{"actionName":"Ask","entityUrl":"https://x",
       "currentRevision":{"revisionId":"abc"},
       "latestExecution":{"actionExecutionId":"a1","status":"InProgress","token":"approve-me",
        "lastStatusChange":1427298837.7689769,"percentComplete":0,
        "errorDetails":{"code":"JobFailed","message":"m"},"externalExecutionId":"x:1",
        "logStreamARN":"arn:log","lastUpdatedBy":"arn:you","summary":"waits"}}]
     }]}
    """

/// States as the service and the CLI write them, and other forms that the API model allows.
enum StateSamples {
    /// Every sample: the quick reader has to read each of them.
    static let all: [String] =
        shapes + enumerations + edges
        + [
            state(stages: 3, actions: 1), state(stages: 8, actions: 2),
            state(stages: 30, actions: 4),
        ]

    /// Documents that are small enough to be read thousands of times.
    static let small: [String] = shapes + edges + [state(stages: 1, actions: 2)]

    private static let shapes = [
        fullState, "{}", " \t\r\n{ } ", #"{"stageStates":[]}"#,
        #"{"stageStates":null,"pipelineName":null,"created":null,"pipelineVersion":null}"#,
        #"{"stageStates":[null,{},{"latestExecution":null,"actionStates":[null,{},null]}]}"#,
        """
        {
          "pipelineName": "web", "pipelineVersion": 7,
          "stageStates": [
            { "stageName": "Source", "inboundTransitionState": { "enabled": true },
              "latestExecution": { "pipelineExecutionId": "0d3a9c1e", "status": "Succeeded" } },
            { "stageName": "Build",
              "actionStates": [ { "actionName": "Compile", "latestExecution": {
                "lastStatusChange": "2026-11-23T02:14:07.120000+00:00", "status": "Failed" } } ] }
          ],
          "updated": "2026-11-23T01:02:03+01:00"
        }
        """,
    ]

    private static let enumerations: [String] = {
        let statuses = [
            "Cancelled", "InProgress", "Failed", "Stopped", "Stopping", "Succeeded", "Skipped", "",
            "Abandoned", "Errored", "Overridden", "Odd",
        ]
        var samples: [String] = []
        for name in statuses {
            let execution = #""latestExecution":{"status":"\#(name)"}"#
            samples.append(stage(execution))
            samples.append(stage(#""actionStates":[{\#(execution)}]"#))
            samples.append(stage(#""onFailureConditionState":{\#(execution)}"#))
        }
        for name in ["STANDARD", "ROLLBACK", "CANARY"] {
            samples.append(stage(#""latestExecution":{"status":"Failed","type":"\#(name)"}"#))
        }
        for name in ["AutomatedStageRetry", "ManualStageRetry", "Third"] {
            samples.append(stage(#""retryStageMetadata":{"latestRetryTrigger":"\#(name)"}"#))
        }
        return samples
    }()

    private static let edges: [String] = {
        let texts = [
            #""\u00e9\ud83d\ude00\u0000\u007f\"\\\/\b\f\n\r\t""#, "\"é 日本語 🚀 e\u{301}\u{feff}\"",
            #""a\\""#, #""\\u0041""#, #""123456\n8""#, #""1234567é""#, #""\uD834\udd1e""#, #""""#,
        ]
        let times = [
            "0", "-0", "-0.0", "1.5", "-1.5e0", "1E2", "1e+2", "1446137312.204", "1.446137312204e9",
            "1427298837.7689769", "9007199254740993", "123456789012345678901234567890",
            "0.1234567890123456789", "1e22", "5e-22", "253402300799.999", "253402300800",
            #""1446137312.204""#, #""1e3""#, #""2015-10-29T09:48:32.204000-07:00""#,
            #""yesterday""#,
        ]
        let numbers = ["0", "-0", "7", "-12", "123456789012345678"]
        var samples = [
            #"{"a":[true,false,null,{"b":[[],{},[{"c":1e-5}]]}],"b":"x","a":0}"#,
            #"{"":1,"stageNames":2,"stageStates ":3,"pipelineNam":4,"pipelineVersion":5}"#,
            nested(60),
        ]
        samples += texts.map { stage(#""stageName":\#($0),"unknown":\#($0),"é日":{"n":\#($0)}"#) }
        samples += times.map { #"{"created":\#($0),"updated":\#($0),"other":[\#($0)]}"# }
        samples += numbers.map { #"{"pipelineVersion":\#($0)}"# }
        return samples
    }()

    /// A document with deeply nested lists in an unused member.
    static func nested(_ depth: Int) -> String {
        "{\"deep\":" + String(repeating: "[", count: depth)
            + String(repeating: "]", count: depth) + "}"
    }

    private static func stage(_ members: String) -> String {
        "{\"stageStates\":[{\(members)}]}"
    }

    /// A state of the usual shape, its last stage failed.
    static func state(stages: Int, actions: Int) -> String {
        var random = SplitMix64(seed: UInt64(stages))
        let execution = id(&random)
        let parts = (0..<stages).map { stage in
            let status = stage == stages - 1 ? "Failed" : "Succeeded"
            let actions = (0..<actions).map { action(stage, $0, status: status, &random) }
            return """
                {"stageName":"Stage\(stage)","inboundExecutions":[],"inboundTransitionState":\
                {"enabled":true},"actionStates":[\(actions.joined(separator: ","))],\
                "latestExecution":{"pipelineExecutionId":"\(execution)","status":"\(status)",\
                "type":"STANDARD"},"retryStageMetadata":{"manualStageRetryAttempt":\(stage)}}
                """
        }
        return """
            {"pipelineName":"web","pipelineVersion":7,"stageStates":[\
            \(parts.joined(separator: ","))],"created":1795000000.123,"updated":1795100000.5}
            """
    }

    private static func action(
        _ stage: Int,
        _ action: Int,
        status: String,
        _ random: inout SplitMix64
    ) -> String {
        """
        {"actionName":"Action\(action)","currentRevision":{"revisionId":"\(id(&random))",\
        "created":1795000000.1},"latestExecution":{"actionExecutionId":"\(id(&random))",\
        "status":"\(status)","summary":"Build №\(action): \\"done\\"",\
        "lastStatusChange":\(1_795_395_600 + stage).\(100 + action),\
        "lastUpdatedBy":"arn:aws:sts::111122223333:assumed-role/pipeline/\(stage)",\
        "externalExecutionId":"unit:\(id(&random))",\
        "externalExecutionUrl":"https://eu-west-1.console.aws.amazon.com/\(id(&random))",\
        "errorDetails":{"code":"JobFailed","message":"Phase: BUILD\\nReason: exit status 2"}},\
        "entityUrl":"https://eu-west-1.console.aws.amazon.com/codebuild/projects/unit"}
        """
    }

    private static func id(_ random: inout SplitMix64) -> String {
        let digits = String(random.next() | 1 << 63, radix: 16)
        return "\(digits.prefix(8))-\(digits.suffix(8))-4f3e-9d55-1a2b3c4d5e6f"
    }
}

/// Corrupts documents randomly, always in the same ways for the same seed.
struct Spoiler {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// One to three changes of a document.
    mutating func spoil(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0...number(3) { change(&bytes) }
        return bytes
    }

    /// A number from zero up to but not including a limit.
    mutating func number(_ bound: Int) -> Int {
        Int(random.next() % UInt64(max(1, bound)))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes.append(0x7b) }
        let place = number(bytes.count)
        switch number(9) {
        case 0: bytes[place] ^= 1 << UInt8(number(8))
        case 1: bytes[place] = Spoiler.odd[number(Spoiler.odd.count)]
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + number(12)))
        case 3:
            bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + number(40))], at: place)
        case 4: bytes.removeLast(number(8) == 0 ? bytes.count - place : 0)
        case 5: swapTokens(&bytes)
        case 6: insertMember(&bytes)
        case _: replaceToken(&bytes)
        }
    }

    private mutating func swapTokens(_ bytes: inout [UInt8]) {
        let tokens = Spoiler.tokens(bytes)
        guard tokens.count > 1 else { return }
        let left = number(tokens.count - 1)
        let right = left + 1 + number(tokens.count - 1 - left)
        let (low, high) = (tokens[left], tokens[right])
        var swapped = Array(bytes[..<low.lowerBound])
        swapped += bytes[high]
        swapped += bytes[low.upperBound..<high.lowerBound]
        swapped += bytes[low]
        swapped += bytes[high.upperBound...]
        bytes = swapped
    }

    private mutating func replaceToken(_ bytes: inout [UInt8]) {
        let tokens = Spoiler.tokens(bytes)
        guard !tokens.isEmpty else { return }
        let value = Spoiler.values[number(Spoiler.values.count)]
        bytes.replaceSubrange(tokens[number(tokens.count)], with: value)
    }

    private mutating func insertMember(_ bytes: inout [UInt8]) {
        let braces = bytes.indices.filter { bytes[$0] == 0x7b }
        guard !braces.isEmpty else { return }
        let name = Spoiler.names[number(Spoiler.names.count)]
        let value = Spoiler.values[number(Spoiler.values.count)]
        bytes.insert(
            contentsOf: [0x22] + Array(name.utf8) + [0x22, 0x3a] + value + [0x2c],
            at: braces[number(braces.count)] + 1
        )
    }

    /// Strings, and runs of characters that are neither punctuation nor space.
    private static func tokens(_ bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var place = 0
        while place < bytes.count {
            let start = place
            place += 1
            if bytes[start] == 0x22 {
                while place < bytes.count, bytes[place] != 0x22 || bytes[place - 1] == 0x5c {
                    place += 1
                }
                place = min(place + 1, bytes.count)
            } else if signs.contains(bytes[start]) {
                continue
            } else {
                while place < bytes.count, !signs.contains(bytes[place]), bytes[place] != 0x22 {
                    place += 1
                }
            }
            found.append(start..<place)
        }
        return found
    }

    private static let signs = Set(" \t\r\n{}[]:,".utf8)

    private static let odd: [UInt8] =
        Array("\"\\{}[]:, \n\t0123456789-+.eEuntf/".utf8)
        + [0x00, 0x1f, 0x7f, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xff]

    private static let names = [
        "status", "st\\u0061tus", "stageName", "latestExecution", "actionStates", "created", "x",
        "é", "token", "pipelineVersion", "\\ud800", "errorDetails", "", "summary",
    ]

    private static let values: [[UInt8]] =
        [
            "null", "true", "false", "0", "-0", "7", "-7", "1.0", "1e2", "1E-2", "1e400", "-1e400",
            "01", "-", ".5", "1.", "+1", "1e", "NaN", "Infinity", "9007199254740993", "1e-400",
            "18446744073709551616", "9223372036854775807", "1427298837.7689769", "nul", "tru",
            #""Failed""#, #""Paused""#, #""\u00e9""#, #""\ud83d\ude00""#, #""\ud800""#, #""\u12""#,
            #""\x""#, #""é""#, #""日本""#, #""2026-11-23T01:02:03Z""#, #""1.5""#, "[]", "{}",
            "[null]",
            #"{"status":"Failed"}"#, "[{}]", "[[[[[[]]]]]]", "''", "//", "\u{feff}", "\"a\tb\"",
        ]
        .map { Array($0.utf8) } + [
            Array(repeating: 0x5b, count: 70) + Array(repeating: 0x5d, count: 70),
            Array(repeating: 0x5b, count: 600) + Array(repeating: 0x5d, count: 600),
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
            [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xe6, 0x97, 0x22],
        ]
}
