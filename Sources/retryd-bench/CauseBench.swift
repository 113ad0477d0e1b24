import RetryCore
import RetryDaemon
import RootCauseClient

/// From a service's answer of some size to the cause that a decision takes: decoding, the root line
/// by the table of known causes, redaction.
struct CauseBench {
    private let bytes: Int
    private let samples: Int

    init(_ options: BenchOptions) throws(BenchError) {
        bytes = try options.number("kilobytes", default: 70) * 1000
        samples = try options.number("samples", default: 200)
    }

    func run() throws(BenchError) -> Figures {
        var figures = Figures()
        figures.set("samples", samples)
        try measure("log", CauseBench.build, [CauseBench.failedBuild, log], &figures)
        try measure("stack", CauseBench.stack, [events, CauseBench.stacks], &figures)
        let service = [CauseBench.services, CauseBench.list, tasks]
        try measure("tasks", CauseBench.service, service, &figures)
        return figures
    }

    /// Sets the median and the 99th percentile of the processor time for one cause.
    private func measure(
        _ name: String,
        _ subject: CauseSubject,
        _ answers: [String],
        _ figures: inout Figures
    ) throws(BenchError) {
        let bodies = answers.map { Array($0.utf8) }
        var took: [Double] = []
        for _ in 0..<samples {
            let watch = try Stopwatch()
            // The clock of the process has steps of some microseconds.
            for _ in 0..<CauseBench.rounds { try CauseBench.read(subject, bodies) }
            took.append(try watch.processorMilliseconds() * 1000 / Double(CauseBench.rounds))
        }
        took.sort()
        figures.set("\(name)_bytes", bodies.map(\.count).reduce(0, +))
        figures.set("\(name)_calls", bodies.count)
        try figures.set("\(name)_median_us", took[took.count / 2])
        try figures.set("\(name)_p99_us", took[min(took.count - 1, took.count * 99 / 100)])
    }

    private static let rounds = 5

    private static func read(
        _ subject: CauseSubject,
        _ bodies: [[UInt8]]
    ) throws(BenchError) {
        var reading = CauseReading(subject)
        for body in bodies {
            guard reading.next != nil else { throw BenchError("\(subject.provider) ended early") }
            reading.take(CauseAnswer(status: 200, body: body))
        }
        guard reading.next == nil, let cause = CauseReport(reading).cause, cause.root.line != nil
        else { throw BenchError("\(subject.provider) has no cause") }
    }

    private static func subject(
        _ provider: String,
        _ id: String?,
        _ configuration: [String: String]
    ) -> CauseSubject {
        CauseSubject(
            provider: provider,
            region: "eu-west-1",
            externalExecutionID: id,
            configuration: configuration
        )
    }
}

// MARK: - CodeBuild

extension CauseBench {
    fileprivate static let build = subject("CodeBuild", "web:1", [:])

    fileprivate static let failedBuild = """
        {"builds":[{"id":"web:1","buildStatus":"FAILED","phases":[{"phaseType":"BUILD",\
        "phaseStatus":"FAILED","contexts":[{"statusCode":"COMMAND_EXECUTION_ERROR","message":\
        "Error while executing command: npm ci. Reason: exit status 1"}]}],\
        "logs":{"groupName":"/aws/codebuild/web","streamName":"1"}}]}
        """

    /// Two hundred lines of a build, whose cause stands near the end.
    fileprivate var log: String {
        let count = 200
        let rest = String(repeating: "-", count: Swift.max(0, bytes / count - 160))
        let lines = (0..<count).map { line in
            let text =
                switch line {
                case 0: "[Container] 2026/11/23 01:00:00 Running command npm ci"
                case count - 3: "npm error network read ECONNRESET"
                case count - 1:
                    "[Container] 2026/11/23 01:00:09 Command did not exit successfully npm ci "
                        + "exit status 1"
                case _: "npm http fetch GET 200 https://registry.example/p\(line) \(rest)"
                }
            return #"{"timestamp":1795395600000,"message":"\#(text)\n","ingestionTime":1}"#
        }
        return #"{"events":[\#(lines.joined(separator: ","))]}"#
    }
}

// MARK: - CloudFormation

extension CauseBench {
    fileprivate static let stack = subject(
        "CloudFormation",
        nil,
        ["StackName": "app", "ActionMode": "CREATE_UPDATE"]
    )

    fileprivate static let stacks = """
        <R><Stacks><member><StackId>app</StackId>\
        <StackStatus>UPDATE_ROLLBACK_COMPLETE</StackStatus></member></Stacks></R>
        """

    /// Failed events, of which the oldest is the cause.
    fileprivate var events: String {
        let rows = (0..<Swift.max(1, bytes / 700)).map { row in
            """
            <member><EventId>e-\(row)</EventId><StackId>app</StackId>\
            <OperationId>o-1</OperationId><OperationType>UPDATE_STACK</OperationType>\
            <LogicalResourceId>Function\(row)</LogicalResourceId>\
            <PhysicalResourceId>app-Function\(row)-1A2B3C4D5E6F</PhysicalResourceId>\
            <ResourceType>AWS::Lambda::Function</ResourceType>\
            <Timestamp>2026-11-23T01:00:00.000Z</Timestamp>\
            <ResourceStatus>UPDATE_FAILED</ResourceStatus><ResourceStatusReason>Resource handler \
            returned message: &quot;Rate exceeded (Service: Lambda, Status Code: 429, Request ID: \
            5f2d1e10-0000-4000-8000-0123456789ab)&quot; (RequestToken: \
            5f2d1e10-0000-4000-8000-0123456789ab, HandlerErrorCode: Throttling)\
            </ResourceStatusReason></member>
            """
        }
        return "<R><OperationEvents>\(rows.joined())</OperationEvents></R>"
    }
}

// MARK: - ECS

extension CauseBench {
    fileprivate static let service = subject(
        "ECS",
        nil,
        ["ClusterName": "c", "ServiceName": "web"]
    )

    fileprivate static let services = """
        {"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/c/web",\
        "serviceName":"web","deployments":[{"id":"ecs-svc/1","status":"PRIMARY"}],"events":[]}]}
        """

    fileprivate static let list = #"{"taskArns":["t"]}"#

    /// Tasks that could not pull their image, with members that nobody reads.
    fileprivate var tasks: String {
        let filler = String(repeating: "x", count: 900)
        let rows = (0..<Swift.max(1, bytes / 1300)).map { row in
            """
            {"taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/c/\(row)","startedBy":"ecs-svc/1",\
            "stopCode":"TaskFailedToStart","stoppedReason":"CannotPullContainerError: pull image \
            manifest has been retried 5 time(s): toomanyrequests: You have reached your pull rate \
            limit","stoppedAt":1795395610.5,"overrides":{"containerOverrides":["\(filler)"]},\
            "containers":[{"name":"app","lastStatus":"STOPPED"}]}
            """
        }
        return #"{"tasks":[\#(rows.joined(separator: ","))],"failures":[]}"#
    }
}
