import AWSClient
import Primitives
import RetryCore
import RetryDaemon
import RootCauseClient
import Testing

/// Nothing of what a service says that steers a terminal or opens a door leaves the adapter.
@Suite struct HostileCauseTests {
    /// A text with every kind of trouble, as it stands in JSON.
    private static let json =
        #"a\u001b[31mred\u001b]0;title\u0007\u0000\u202e\r\nb AKIAIOSFODNN7EXAMPLE "#
        + #"https://ci:p4ssw0rd@h.example/ Authorization: Bearer abcdefgh12345678 "#
        + #"password=hunter2secret --token=hunter3secret"#
    /// The same in XML, which has no such characters.
    private static let xml =
        "a&#xD;&#10;b AKIAIOSFODNN7EXAMPLE &lt;b&gt; https://ci:p4ssw0rd@h.example/ "
        + "Authorization: Bearer abcdefgh12345678 password=hunter2secret --token=hunter3secret"
    private static let secrets = [
        "AKIAIOSFODNN7EXAMPLE", "p4ssw0rd", "abcdefgh12345678", "hunter2secret", "hunter3secret",
    ]

    /// An action and the answers to its reading; every text that may be anything is hostile.
    private static let readings: [(CauseSubject, [String])] = [
        (
            subject("CodeBuild", "web:1"),
            [
                """
                {"builds":[{"id":"web:1","buildStatus":"\(json)","phases":[{"phaseType":"BUILD",
                "phaseStatus":"\(json)","contexts":[{"statusCode":"\(json)","message":"\(json)"}]}],
                "logs":{"groupName":"g","streamName":"s"}}]}
                """,
                #"{"events":[{"message":"\#(json)"},{"message":"\#(json)\n\#(json)"}]}"#,
            ]
        ),
        (
            subject("Commands", "arn:aws:logs:eu-west-1:111122223333:log-group:g:log-stream:s"),
            [#"{"events":[{"message":"\#(json)"}]}"#]
        ),
        (
            subject("StepFunctions", "arn:aws:states:eu-west-1:111122223333:execution:m:r"),
            [
                """
                {"executionArn":"arn:aws:states:eu-west-1:111122223333:execution:m:r",
                "status":"\(json)","error":"\(json)","cause":"\(json)"}
                """
            ]
        ),
        (
            subject("ServiceCatalog", "rec-1"),
            [
                """
                {"RecordDetail":{"ProvisionedProductName":"\(json)","RecordType":"\(json)",
                "Status":"\(json)","RecordErrors":[{"Code":"\(json)","Description":"\(json)"}]}}
                """
            ]
        ),
        (
            subject("CodeDeploy", "d-1"),
            [
                """
                {"deploymentInfo":{"deploymentId":"d-1","status":"Failed","errorInformation":
                {"code":"\(json)","message":"\(json)"}}}
                """,
                #"{"targetIds":["i-1"]}"#,
                """
                {"deploymentTargets":[{"instanceTarget":{"targetId":"i-1","status":"Failed",
                "lifecycleEvents":[{"lifecycleEventName":"\(json)","status":"Failed","diagnostics":
                {"errorCode":"\(json)","message":"\(json)","logTail":"\(json)"}}]}}]}
                """,
            ]
        ),
        (
            subject("ECS", nil, ["ClusterName": "c", "ServiceName": "s"]),
            [
                """
                {"services":[{"serviceArn":"\(json)","serviceName":"\(json)","deployments":[
                {"id":"1","status":"PRIMARY","rolloutState":"FAILED","rolloutStateReason":"\(json)"}
                ],"events":[{"message":"unable to \(json)"}]}]}
                """,
                #"{"taskArns":["t"]}"#,
                """
                {"tasks":[{"stopCode":"\(json)","stoppedReason":"\(json)",
                "containers":[{"exitCode":1,"reason":"\(json)"}]}]}
                """,
            ]
        ),
        (
            subject("CloudFormation", nil, ["StackName": "s", "ActionMode": "\u{1b}[2J"]),
            [
                """
                <R><OperationEvents><member><StackId>s</StackId>
                <LogicalResourceId>\(xml)</LogicalResourceId><ResourceType>\(xml)</ResourceType>
                <ResourceStatus>CREATE_FAILED</ResourceStatus>
                <ResourceStatusReason>\(xml) Error Code: AKIAIOSFODNN7EXAMPLE
                </ResourceStatusReason></member></OperationEvents></R>
                """,
                """
                <R><Stacks><member><StackId>\(xml)</StackId><StackStatus>\(xml)</StackStatus>
                <StackStatusReason>\(xml)</StackStatusReason></member></Stacks></R>
                """,
            ]
        ),
        (
            subject("CloudFormationStackSet", nil, ["StackSetName": "s"]),
            [
                """
                <R><Summaries><member><OperationId>1</OperationId><Action>\(xml)</Action>
                <Status>\(xml)</Status><StatusReason>\(xml)</StatusReason></member></Summaries></R>
                """,
                """
                <R><Summaries><member><Account>\(xml)</Account><Region>\(xml)</Region>
                <Status>FAILED</Status><StatusReason>ResourceType:\(xml)</StatusReason></member>
                </Summaries></R>
                """,
            ]
        ),
        (
            subject("ElasticBeanstalk", nil, ["ApplicationName": "a", "EnvironmentName": "e"]),
            [
                """
                <R><Events><member><EnvironmentName>e</EnvironmentName><Message>\(xml)</Message>
                <Severity>ERROR</Severity></member></Events></R>
                """
            ]
        ),
    ]

    private static func subject(
        _ provider: String,
        _ id: String?,
        _ configuration: [String: String] = [:]
    ) -> CauseSubject {
        CauseSubject(
            provider: provider,
            region: "eu-west-1",
            externalExecutionID: id,
            configuration: configuration,
            externalExecutionURL: "https://ci:p4ssw0rd@jenkins.example/\u{1b}[31m\n1"
        )
    }

    /// Every text within a value, at any depth.
    private static func texts(in value: Any) -> [String] {
        if let text = value as? String { return [text] }
        return Mirror(reflecting: value).children.flatMap { texts(in: $0.value) }
    }

    private static func judge(_ report: CauseReport, _ what: String) {
        let texts = texts(in: report)
        #expect(!texts.isEmpty, "\(what)")
        for text in texts {
            for secret in secrets { #expect(!text.contains(secret), "\(what): \(text)") }
            let isLog = text == report.cause?.log
            let steers = text.unicodeScalars.contains { scalar in
                scalar.properties.generalCategory == .control && !(isLog && scalar == "\n")
                    || scalar == "\u{202e}"
            }
            #expect(!steers, "\(what): \(text.debugDescription)")
        }
    }

    @Test(arguments: readings.indices)
    func `what services say is cleaned wherever it goes`(_ index: Int) throws {
        let (subject, answers) = Self.readings[index]
        var reading = CauseReading(subject)
        for answer in answers {
            _ = try #require(reading.next, "\(subject.provider)")
            reading.take(CauseAnswer(status: 200, body: Array(answer.utf8)))
        }
        let report = CauseReport(reading)
        let root = try #require(report.cause?.root, "\(subject.provider)")
        let line = root.line ?? ""
        #expect(line.contains("<redacted>"), "\(subject.provider): \(line)")
        Self.judge(report, subject.provider)
    }

    @Test(arguments: readings.indices)
    func `what services refuse with is cleaned too`(_ index: Int) throws {
        let (subject, _) = Self.readings[index]
        for (code, status) in [("AccessDeniedException", 400), ("InternalFailure", 500)] {
            for body in [
                #"{"__type":"\#(code)","message":"\#(Self.json)"}"#,
                "<E><Error><Code>\(code)</Code><Message>\(Self.xml)</Message></Error></E>",
            ] {
                var reading = CauseReading(subject)
                while reading.next != nil {
                    reading.take(CauseAnswer(status: status, body: Array(body.utf8)))
                }
                let report = CauseReport(reading)
                #expect(!report.failures.isEmpty)
                Self.judge(report, subject.provider)
            }
        }
    }
}
