import Primitives
import RetryTestSupport
import Testing

/// The table of AWS's operations: in the documents, and named nowhere else.
@Suite struct OperationTests {
    @Test func `the client's page lists every operation with its permission`() throws {
        let head = """
            | service | operation | permission | granted on | sent again when the answer is lost |
            |---|---|---|---|---|

            """
        let rows = AWSOperation.allCases.map(\.definition).map { row in
            let (action, resource) =
                row.permission.map { ("`\($0.action)`", $0.resource.text) } ?? ("none", "")
            let again = row.replay == .safe ? "yes" : "no"
            let name = row.access == .write ? "**\(row.name)**, a write" : row.name
            return "| \(row.service.id) | \(name) | \(action) | \(resource) | \(again) |\n"
        }
        try Golden(path: "docs/CLIENT.md").check(
            head + rows.joined(),
            between: "<!-- operations: begin -->",
            and: "<!-- operations: end -->"
        )
    }

    @Test func `names are unique within a service, and no read is unsafe to repeat`() {
        let rows = AWSOperation.allCases.map(\.definition)
        #expect(Set(rows.map { "\($0.service.id).\($0.name)" }).count == rows.count)
        #expect(rows.allSatisfy { $0.access == .write || $0.replay == .safe })
        #expect(
            Set(AWSService.all.map(\.id)) == [
                "CloudFormation", "CloudWatch Logs", "CodeBuild", "CodeDeploy", "CodePipeline",
                "ECS", "Elastic Beanstalk", "SFN", "STS", "Service Catalog",
            ]
        )
    }

    @Test(arguments: AWSOperation.allCases)
    func `every operation of the table is called`(_ operation: AWSOperation) {
        let token = ".\(operation)"
        let callers = SourceTree.sources.filter { file in
            file.target.hasSuffix("Client")
                && file.code.contains { line in
                    line.split { !$0.isLetter && $0 != "." }.contains { $0.hasSuffix(token) }
                }
        }
        #expect(!callers.isEmpty, "nobody calls \(operation)")
    }

    @Test(
        arguments: SourceTree.sources.filter {
            $0.target.hasSuffix("Client")
                || ["RetryCore", "RetryDaemon", "RetrySimulation", "Settings"].contains($0.target)
        }
    )
    func `adapters name operations by the table and not by texts`(_ file: SourceFile) {
        for operation in AWSOperation.allCases {
            // A statement of an IAM policy may have the name of what it allows.
            let texts = [":\(operation.name)\"", "\"\(operation.name)\""]
                .prefix(file.target == "Settings" ? 1 : 2)
            for (number, line) in file.lines.enumerated() where texts.contains(where: line.contains)
            {
                Issue.record("\(file.path):\(number + 1): write AWSOperation.\(operation)")
            }
        }
    }

    @Test(arguments: SourceTree.sources.filter { $0.target == "AWSClient" })
    func `the client of AWS knows nothing of CodePipeline`(_ file: SourceFile) {
        for (number, line) in file.code.enumerated()
        where line.lowercased().contains("codepipeline") {
            Issue.record("\(file.path):\(number + 1) names CodePipeline: its row has it")
        }
    }

    @Test func `a permission that a text or page names is one of the table`() throws {
        let known = Set(AWSOperation.allCases.compactMap(\.definition.permission?.action))
        let pages = SourceTree.files(under: "docs", suffix: ".md") + ["README.md"]
        var texts = try pages.map { ($0, try SourceTree.text($0)) }
        texts += SourceTree.sources.filter { !$0.target.hasPrefix("CodePipelineSim") }
            .map { ($0.path, $0.lines.joined(separator: "\n")) }
        var found: Set<String> = []
        for (path, text) in texts {
            for service in AWSService.all {
                for rest in text.split(separator: "\(service.permissionPrefix):").dropFirst() {
                    let name = rest.prefix { $0.isLetter && $0.isASCII }
                    guard name.first?.isUppercase == true else { continue }
                    let action = "\(service.permissionPrefix):\(name)"
                    found.insert(action)
                    #expect(known.contains(action), "\(path) names \(action)")
                }
            }
        }
        #expect(found == known)
    }
}

extension Permission.Resource {
    fileprivate var text: String {
        switch self {
        case .pipeline: "the pipeline's ARN"
        case .everyPipeline: "`*`; only where a `match` finds pipelines"
        case .stage: "the stage's ARN"
        case .role: "the role's ARN; its trust policy must allow it too"
        case .provider: "`*`, or what runs the actions; optional"
        }
    }
}
