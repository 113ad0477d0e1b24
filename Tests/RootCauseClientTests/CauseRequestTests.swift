import AWSClient
import Primitives
import RetryTestSupport
import Testing

@testable import RootCauseClient

/// What readings send; Tests/Interop/causes holds it against botocore's models.
@Suite struct CauseRequestTests {
    /// Every call that the subjects can lead to, with ordinary answers.
    private static func calls() throws -> [CauseCall] {
        var calls: [CauseCall] = []
        func play(_ subject: CauseSubject, _ replies: [Reply]) throws {
            var reading = CauseReading(subject)
            for reply in replies {
                guard let call = reading.next else { break }
                calls.append(call)
                reading.take(try reply.answer(call.operation))
            }
            if let call = reading.next { calls.append(call) }
        }
        try play(
            Subjects.batch,
            [
                .payload("codebuild.BatchGetBuildBatches.failed"),
                .payload("codebuild.BatchGetBuilds.failed-command"),
                .payload("logs.GetLogEvents.empty"),
            ]
        )
        try play(
            Subjects.changeSet,
            [
                .payload("cloudformation.DescribeChangeSet.execute-failed"),
                .payload("cloudformation.DescribeEvents.none"),
                .text("<R><StackEvents/><NextToken>a&amp;b c</NextToken></R>"),
                .payload("cloudformation.DescribeStackEvents.leaf"),
            ]
        )
        try play(Subjects.stack, [.payload("cloudformation.DescribeEvents.failed")])
        var subject = Subjects.stackSet
        subject.configuration["CallAs"] = "DELEGATED_ADMIN"
        try play(subject, [.payload("cloudformation.ListStackSetOperations.failed")])
        try play(
            Subjects.deployment,
            [
                .payload("codedeploy.GetDeployment.rolled-back"),
                .payload("codedeploy.ListDeploymentTargets.two"),
                .payload("codedeploy.BatchGetDeploymentTargets.script"),
            ]
        )
        try play(
            Subjects.service,
            [
                .payload("ecs.DescribeServices.place"), .payload("ecs.ListTasks.three"),
                .payload("ecs.ListTasks.none"), .payload("ecs.ListServiceDeployments.two"),
            ]
        )
        try play(Subjects.stateMachine, [])
        try play(Subjects.environment, [])
        try play(Subjects.catalog, [])
        return calls
    }

    @Test func `the requests are those that botocore checks`() throws {
        let lines = try Self.calls().map { call in
            let request = call.serviceCall
            let target = request.headers.firstValue(named: "X-Amz-Target") ?? "-"
            return "\(target) \(String(decoding: request.body, as: UTF8.self))\n"
        }
        let path = "Tests/RootCauseClientTests/Golden/requests.txt"
        try Golden(path: path).check(lines.joined())
    }

    @Test func `every operation that reads a cause is sent`() throws {
        let sent = Set(try Self.calls().map(\.operation))
        let known = Set(
            AWSOperation.allCases.filter { $0.definition.permission?.resource == .provider }
        )
        #expect(sent == known)
        #expect(known.allSatisfy { $0.definition.access == .read })
        #expect(known.allSatisfy { $0.definition.replay == .safe })
    }

    @Test func `texts are written as JSON and as forms that cannot be left`() {
        let input: JSONInput = [
            "a": "x\"\\\n\u{1}\u{e9}", "b": [1, true, "&=+"], "c": ["d": [["e": "f"]]],
        ]
        #expect(
            String(decoding: input.json, as: UTF8.self)
                == #"{"a":"x\"\\\u000a\u0001é","b":[1,true,"&=+"],"c":{"d":[{"e":"f"}]}}"#
        )
        #expect(
            input.parameters.map { "\($0.name)=\($0.value)" } == [
                "a=x\"\\\n\u{1}\u{e9}", "b.member.1=1", "b.member.2=true", "b.member.3=&=+",
                "c.d.member.1.e=f",
            ]
        )
        #expect(JSONInput.members([("a", nil), ("b", 2)]) == ["b": 2])
    }

    @Test func `a name with quotes stays a name`() throws {
        let reading = CauseReading(Subjects.of("CodeBuild", "web:\"],\"x\":[\""))
        let body = try #require(reading.next).serviceCall.body
        #expect(String(decoding: body, as: UTF8.self) == #"{"ids":["web:\"],\"x\":[\""]}"#)
    }

    @Test(
        arguments: [
            ("cn-north-1", "https://cn-north-1.console.amazonaws.cn/"),
            ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com/"),
            ("eu-west-1", "https://eu-west-1.console.aws.amazon.com/"),
            ("us-iso-east-1", nil), ("x.evil.example/", nil), ("", nil),
        ] as [(String, String?)]
    )
    func `links go to the console of the partition`(_ region: String, _ start: String?) {
        let link = ConsoleLink(region: region)?.deployment("d-1")
        #expect(link == start.map { $0 + "codesuite/codedeploy/deployments/d-1" })
    }
}
