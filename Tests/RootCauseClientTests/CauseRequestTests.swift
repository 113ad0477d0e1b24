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

    /// The console's base in each partition; nil where its address is not known.
    private static let consoles: [(region: String, base: String?)] = [
        ("eu-west-1", "https://eu-west-1.console.aws.amazon.com"),
        ("cn-north-1", "https://cn-north-1.console.amazonaws.cn"),
        ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com"),
        ("us-iso-east-1", nil), ("x.evil.example/", nil), ("", nil),
    ]

    /// Each page as its provider links to it, after the base; `@` stands for the Region.
    private static let pages: [(link: @Sendable (ConsoleLink) -> String, path: String)] = [
        (
            { $0.build("web:1", account: "111122223333", isBatch: false) },
            "/codesuite/codebuild/111122223333/projects/web/build/web%3A1"
        ),
        (
            { $0.build("web:1", account: "111122223333", isBatch: true) },
            "/codesuite/codebuild/111122223333/projects/web/batch/web%3A1"
        ),
        (
            { $0.logStream(group: "/aws/codebuild/web", stream: "a b") },
            "/cloudwatch/home?region=@#logsV2:log-groups/log-group/"
                + "$252Faws$252Fcodebuild$252Fweb/log-events/a$2520b"
        ),
        (
            { $0.stack("arn:x:stack/app/1") },
            "/cloudformation/home?region=@#/stacks/events?stackId=arn%3Ax%3Astack%2Fapp%2F1"
        ),
        ({ $0.deployment("d-1") }, "/codesuite/codedeploy/deployments/d-1"),
        ({ $0.service("web", cluster: "c") }, "/ecs/v2/clusters/c/services/web/events"),
        (
            { $0.execution("arn:x:execution:m:1") },
            "/states/home?region=@#/v2/executions/details/arn%3Ax%3Aexecution%3Am%3A1"
        ),
    ]

    @Test(arguments: consoles.indices, pages.indices)
    func `links go to the console of the partition`(_ console: Int, _ page: Int) {
        let (region, base) = Self.consoles[console]
        let (link, path) = Self.pages[page]
        let expected = base.map { $0 + path.replacing("@", with: region) }
        #expect(ConsoleLink(region: region).map(link) == expected)
    }

    @Test func `a name that a service answers stays within its place in a link`() {
        let hostile = "a/../b?c#d\u{1b}[31m \"<>'"
        let link = ConsoleLink(region: "eu-west-1")
        let links = [
            link?.build(hostile, account: hostile, isBatch: false), link?.stack(hostile),
            link?.logStream(group: hostile, stream: hostile), link?.deployment(hostile),
            link?.service(hostile, cluster: hostile), link?.execution(hostile),
        ]
        for link in links.compactMap(\.self) {
            #expect(link.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "\(link)")
            #expect(!link.contains("/../") && !link.contains("\""), "\(link)")
        }
        #expect(links.compactMap(\.self).count == 6)
    }
}
