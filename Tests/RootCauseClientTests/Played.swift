import AWSClient
import Primitives
import RetryTestSupport
import Testing

@testable import RootCauseClient

/// What a call is answered in a test.
enum Reply: Hashable, Sendable {
    /// The body in a file of `Payloads`, without its suffix.
    case payload(String)
    /// A text as the body.
    case text(String)
    /// An error in the form of the service's protocol.
    case error(String, status: Int = 400, message: String = "no")
    /// No answer.
    case none(CauseGap.Kind)

    static let denied = Reply.error(
        "AccessDeniedException",
        message: "User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized"
    )

    func answer(_ operation: AWSOperation) throws -> CauseAnswer {
        let isXML = operation.definition.service.wireProtocol.target(of: "") == nil
        switch self {
        case .payload(let name):
            return .body(try Payload.bytes("\(name).\(isXML ? "xml" : "json")"))
        case .text(let text): return .body(Array(text.utf8))
        case .error(let code, let status, let message):
            let body =
                isXML
                ? "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code>"
                    + "<Message>\(message)</Message></Error></ErrorResponse>"
                : "{\"__type\":\"\(code)\",\"message\":\"\(message)\"}"
            return CauseAnswer(status: status, body: Array(body.utf8))
        case .none(let kind): return .failed(kind, "no answer")
        }
    }
}

enum Payload {
    static let folder = "Tests/RootCauseClientTests/Payloads"

    static func bytes(_ name: String) throws -> [UInt8] {
        try ProjectRoot.bytes("\(folder)/\(name)")
    }

    static let names: [String] = {
        do {
            return try ProjectRoot.names(in: folder)
        } catch {
            Issue.record("\(folder): \(error)")
            return []
        }
    }()
}

extension CauseReading {
    /// Plays a reading: each call must be of the operation that is next in the script.
    static func played(
        _ subject: CauseSubject,
        _ script: [(AWSOperation, Reply)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CauseReading {
        var reading = CauseReading(subject)
        for (operation, reply) in script {
            let call = try #require(reading.next, "\(operation)", sourceLocation: sourceLocation)
            #expect(call.operation == operation, sourceLocation: sourceLocation)
            reading.take(try reply.answer(operation))
        }
        #expect(reading.next == nil, sourceLocation: sourceLocation)
        return reading
    }
}

extension CauseResult {
    /// The evidence; nil for any other result.
    var evidence: CauseEvidence? {
        switch self {
        case .evidence(let evidence): evidence
        case .unavailable, .notIdentified, .notRead: nil
        }
    }

    /// What is missing.
    var gaps: [CauseGap] {
        switch self {
        case .evidence(let evidence): evidence.gaps
        case .unavailable(let gaps): gaps
        case .notIdentified, .notRead: []
        }
    }
}

/// The subjects of the tests.
enum Subjects {
    static let start = WallTime(rfc3339: "2026-11-23T01:00:00.500Z")
    static let buildID = "web:abccacac-aa43-45a9-9e1f-6d58cacf179f"

    static func of(
        _ provider: String,
        _ id: String? = nil,
        _ configuration: [String: String] = [:],
        start: WallTime? = start
    ) -> CauseSubject {
        CauseSubject(
            provider: provider,
            region: "eu-west-1",
            externalExecutionID: id,
            configuration: configuration,
            startTime: start
        )
    }

    static let build = of("CodeBuild", buildID)
    static let batch = of("CodeBuild", "build-batch/web:4f4f4f4f-0000-4000-8000-000000000001")
    static let commands = of(
        "Commands",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/codepipeline/p:log-stream:abc"
    )
    static let stack = of(
        "CloudFormation",
        nil,
        ["StackName": "app", "ActionMode": "CREATE_UPDATE"]
    )
    static let changeSet = of(
        "CloudFormation",
        nil,
        ["StackName": "app", "ActionMode": "CHANGE_SET_EXECUTE", "ChangeSetName": "release"]
    )
    static let stackSet = of("CloudFormationStackSet", "x", ["StackSetName": "base"])
    static let deployment = of("CodeDeploy", "d-ABCDEFGH1")
    static let blueGreen = of("CodeDeployToECS", "d-ABCDEFGH1")
    static let service = of("ECS", nil, ["ClusterName": "cl", "ServiceName": "web"])
    static let stateMachine = of(
        "StepFunctions",
        "arn:aws:states:eu-west-1:111122223333:execution:load:run-1"
    )
    static let environment = of(
        "ElasticBeanstalk",
        nil,
        ["ApplicationName": "shop", "EnvironmentName": "shop-prod"]
    )
    static let catalog = of("ServiceCatalog", "rec-abcdefghij")

    static let all = [
        build, batch, commands, stack, changeSet, stackSet, deployment, blueGreen, service,
        stateMachine, environment, catalog,
    ]
}
