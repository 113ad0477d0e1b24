import AWSClient
import Primitives
import Testing

@testable import RootCauseClient

/// Whatever a service or something in between answers, a reading ends, within bounds.
@Suite struct HostileAnswerTests {
    /// Answers that no service should give.
    static let bodies: [(name: String, body: [UInt8])] = [
        ("nothing", []), ("an empty structure", Array("{}".utf8)),
        ("null", Array("null".utf8)), ("a list", Array("[]".utf8)),
        ("HTML", Array("<html><body>Sign in</body></html>".utf8)),
        ("binary", (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 37) }),
        ("no UTF-8", Array("{\"builds\":[{\"id\":\"".utf8) + [0xFF, 0xFE, 0x22]),
        ("a cut document", Array("{\"builds\":[{\"id\":\"web".utf8)),
        ("lists of nulls", Array("{\"builds\":[null],\"services\":[null],\"events\":[null]}".utf8)),
        ("deep JSON", Array(String(repeating: "{\"builds\":[", count: 50_000).utf8)),
        ("deep XML", Array(String(repeating: "<a>", count: 50_000).utf8)),
        ("numbers for texts", Array("{\"builds\":[{\"id\":1}],\"tasks\":[2]}".utf8)),
        ("an entity", Array("<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>".utf8)),
        ("empty members", Array("<R><StackEvents><member/><member/></StackEvents></R>".utf8)),
        ("an escaped name", Array("{\"\\u0062uilds\":[]}".utf8)),
        ("a name twice", Array("{\"builds\":[],\"builds\":[]}".utf8)),
    ]

    @Test(arguments: Subjects.all, bodies.indices)
    func `a body that is not the answer is no evidence`(_ subject: CauseSubject, _ index: Int) {
        var reading = CauseReading(subject)
        while reading.next != nil { reading.take(.body(Self.bodies[index].body)) }
        #expect(reading.calls <= CauseReading.callLimit)
        #expect(reading.result.evidence?.code == nil, "\(Self.bodies[index].name)")
        #expect(reading.result.evidence?.message == nil, "\(Self.bodies[index].name)")
    }

    @Test(
        arguments: Subjects.all,
        [
            Reply.denied, .error("ThrottlingException"), .error("Throttling"),
            .error("InternalFailure", status: 500), .error("ExpiredTokenException"),
            .error("", status: 503), .error("ResourceNotFoundException"), .none(.late),
            .none(.unreachable), .none(.unreadable), .none(.credentials),
        ]
    )
    func `a service that answers nothing makes a cause unavailable, and why is said`(
        _ subject: CauseSubject,
        _ reply: Reply
    ) throws {
        var reading = CauseReading(subject)
        while let call = reading.next { reading.take(try reply.answer(call.operation)) }
        let gaps = reading.result.gaps
        #expect(!gaps.isEmpty)
        #expect(reading.calls <= 4)
        if reply == .denied {
            #expect(gaps.contains { $0.permission != nil })
            #expect(reading.result == .unavailable(gaps))
        }
    }

    /// The scripts that the mutations start from: a subject and its answers.
    private static let scripts: [(CauseSubject, [String])] = [
        (
            Subjects.build,
            [
                "codebuild.BatchGetBuilds.failed-command.json", "logs.GetLogEvents.tail.json",
            ]
        ),
        (
            Subjects.batch,
            [
                "codebuild.BatchGetBuildBatches.failed.json",
                "codebuild.BatchGetBuilds.failed-command.json", "logs.GetLogEvents.tail.json",
            ]
        ),
        (
            Subjects.changeSet,
            [
                "cloudformation.DescribeChangeSet.execute-failed.xml",
                "cloudformation.DescribeEvents.none.xml",
                "cloudformation.DescribeStackEvents.parent.xml",
                "cloudformation.DescribeStackEvents.child.xml",
                "cloudformation.DescribeStackEvents.leaf.xml",
            ]
        ),
        (
            Subjects.blueGreen,
            [
                "codedeploy.GetDeployment.ecs.json", "codedeploy.ListDeploymentTargets.two.json",
                "codedeploy.BatchGetDeploymentTargets.ecs.json", "ecs.ListTasks.three.json",
                "ecs.DescribeTasks.memory.json",
            ]
        ),
        (
            Subjects.service,
            [
                "ecs.DescribeServices.broken.json", "ecs.ListTasks.none.json",
                "ecs.ListServiceDeployments.two.json",
                "ecs.DescribeServiceDeployments.rollback.json",
            ]
        ),
        (Subjects.stateMachine, ["stepfunctions.DescribeExecution.failed.json"]),
        (Subjects.environment, ["elasticbeanstalk.DescribeEvents.failed.xml"]),
    ]

    @Test(arguments: scripts.indices)
    func `answers with random damage end a reading within its bounds`(_ index: Int) throws {
        let (subject, names) = Self.scripts[index]
        let payloads = try names.map(Payload.bytes)
        var rng = SplitMix64(seed: UInt64(index) + 1)
        for _ in 0..<150 {
            var reading = CauseReading(subject)
            var step = 0
            while reading.next != nil {
                var body = payloads[min(step, payloads.count - 1)]
                if rng.uniform() < 0.6 { body = Self.damaged(body, &rng) }
                reading.take(.body(body))
                step += 1
            }
            #expect(step <= CauseReading.callLimit)
            let evidence = reading.evidence
            #expect((evidence.message?.utf8.count ?? 0) <= 2 * CauseText.message + 2)
            #expect(evidence.gaps.count <= CauseReading.callLimit + 2)
        }
    }

    private static func damaged(_ body: [UInt8], _ rng: inout SplitMix64) -> [UInt8] {
        var body = body
        let count = Int.random(in: 1...4, using: &rng)
        for _ in 0..<count where !body.isEmpty {
            let place = Int.random(in: 0..<body.count, using: &rng)
            switch Int.random(in: 0..<5, using: &rng) {
            case 0: body[place] = UInt8.random(in: .min ... .max, using: &rng)
            case 1: body.removeSubrange(place...)
            case 2: body.remove(at: place)
            case 3: body.insert(contentsOf: Array("{\"[<>".utf8), at: place)
            default:
                let end = min(body.count, place + 40)
                body.insert(contentsOf: body[place..<end], at: place)
            }
        }
        return body
    }

    @Test func `lines of a megabyte are cut`() throws {
        let line = String(repeating: "\u{e9}", count: 1 << 20)
        var reading = CauseReading(Subjects.commands)
        reading.take(
            .body(
                Array("{\"events\":[{\"message\":\"\(line)\"},{\"message\":\"last\"}]}".utf8)
            )
        )
        let lines = reading.evidence.logLines
        #expect(lines.map(\.utf8.count) == [LogTail.lineBytes, 4])
    }

    @Test func `the newest lines are kept, to a number and to a size`() {
        let texts = (0..<10_000).map { "line \($0)" }
        #expect(LogTail(of: texts, lines: 3).lines == ["line 9997", "line 9998", "line 9999"])
        let long = (0..<100).map { "\($0)" + String(repeating: "x", count: 9000) }
        let tail = LogTail(of: long, lines: 1000)
        #expect(tail.lines.count == LogTail.totalBytes / LogTail.lineBytes)
        #expect(tail.lines.last?.hasPrefix("99x") == true)
        #expect(LogTail(of: ["a\r\n", "", "b\n\nc"], lines: 9).lines == ["a", "", "b", "", "c"])
        #expect(LogTail(of: ["a"], lines: 0).lines.isEmpty)
    }

    @Test func `ten thousand rows of one page are read in one pass`() throws {
        let rows = (0..<10_000).map { row in
            "<member><StackId>s</StackId><LogicalResourceId>R\(row)</LogicalResourceId>"
                + "<ResourceType>AWS::S3::Bucket</ResourceType>"
                + "<ResourceStatus>CREATE_FAILED</ResourceStatus></member>"
        }
        let body = "<R><StackEvents>\(rows.joined())</StackEvents></R>"
        var reading = CauseReading(Subjects.stack)
        reading.take(try Reply.denied.answer(.describeOperationEvents))
        reading.take(.body(Array(body.utf8)))
        #expect(reading.evidence.logicalID == "R9999")
    }

    @Test func `a message is cut at its bound`() throws {
        let cause = String(repeating: "x", count: 100_000)
        var reading = CauseReading(Subjects.stateMachine)
        let arn = Subjects.stateMachine.externalExecutionID ?? ""
        reading.take(
            .body(Array("{\"executionArn\":\"\(arn)\",\"cause\":\"\(cause)\"}".utf8))
        )
        #expect(reading.evidence.message?.utf8.count == CauseText.message)
    }

    @Test(arguments: Payload.names)
    func `no value that is not asked for is kept`(_ name: String) throws {
        let body = try Payload.bytes(name)
        var files = CauseFiles()
        if name.hasSuffix(".json") {
            do {
                try files.take(body)
            } catch {
                // Lists of ids, which only lead to other calls.
                #expect(name.contains(".List"))
            }
        }
        var texts = ["\(files)", "\(files.evidence)"]
        for subject in Subjects.all {
            var reading = CauseReading(subject)
            while reading.next != nil { reading.take(.body(body)) }
            texts.append("\(reading)")
        }
        for text in texts { #expect(!text.contains("not-to-be-read")) }
    }

    @Test func `a gap is short and printable`() {
        let text = "a\u{1b}[31m\n" + String(repeating: "x", count: 999)
        let gap = CauseGap(.getLogEvents, .refused, text)
        #expect(gap.text.count <= 301)
        #expect(!gap.text.contains("\u{1b}"))
        #expect(gap.permission == nil)
        #expect("\(gap)".hasPrefix("CloudWatch Logs GetLogEvents: "))
    }
}
