import CodePipelineSimulator
import Testing

/// The simulator answers the recorded calls as AWS did.
///
/// Everything before the first call of a trace is created here; the delays are those that the trace
/// shows.
@Suite struct `Recorded behaviour` {
    /// Traces of which nothing can be played, and why.
    static let unplayed: [String: String] = [
        "codebuild-builds": "CodeBuild is not modelled",
        "events-failed-after-resumed": "events are not modelled",
        "events-of-two-retried-stages": "events are not modelled",
        "lambda-failures": "callbacks of Lambda functions are not modelled",
    ]

    @Test func `every trace is replayed or named`() throws {
        let played = Set(Self.plays.map(\.trace))
        #expect(played.isDisjoint(with: Self.unplayed.keys))
        #expect(try RecordedTrace.all == played.union(Self.unplayed.keys).sorted())
    }

    @Test(arguments: Self.plays)
    func `a trace is answered as AWS answered it`(_ play: ReplayCase) throws {
        let faults = try play.faults()
        #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
    }
}

/// How one trace, or a part of it, is played.
struct ReplayCase: Sendable, CustomTestStringConvertible {
    let trace: String
    var steps: Range<Int>?
    var isPartial = false
    var definition: ServiceModel.Definition?
    var attempts: [String: [Attempt]] = [:]
    var delays: [ServiceModel.Delay: Int64] = [:]
    let before: @Sendable () -> [RecordedPlay.ScheduledEvent]

    var testDescription: String { trace }

    func faults() throws -> [String] {
        var play = RecordedPlay(
            try RecordedTrace(trace),
            definition: definition,
            attempts: attempts,
            delays: delays
        )
        play.comparison.isPartial = isPartial
        return try play.run(steps, before())
    }
}

extension `Recorded behaviour` {
    typealias Play = RecordedPlay

    static let plays: [ReplayCase] =
        retries + approvals + hands + failures + lists

    // MARK: Retries

    /// The run of gates A and B: rejected, retried, approved, and the same in B.
    private static let gates = "b86756f7-08b3-43a2-af55-921af4c0aa71"

    private static func gateA(_ upTo: Double) -> [Play.ScheduledEvent] {
        [
            Play.start(-1, gates), Play.answer(10.427, "GateA/Approve", approve: false),
            Play.retry(51.459, "GateA", gates),
            Play.answer(59.9, "GateA/Approve", approve: true),
            Play.answer(95, "GateB/Approve", approve: false),
        ].filter { $0.0 < upTo }
    }

    /// The run of a stage with two approvals: two failures, two retries, and a stage behind it.
    private static let twins = "3877fae8-ff52-4238-b129-23e642864abf"

    private static func twoGates(_ upTo: Double) -> [Play.ScheduledEvent] {
        [
            Play.start(1, twins), Play.answer(21.039, "Gate/Accept", approve: true),
            Play.answer(21.366, "Gate/Check", approve: false),
            Play.retry(54, "Gate", twins), Play.answer(65, "Gate/Check", approve: false),
            Play.retry(89.9, "Gate", twins, .allActions),
            Play.answer(98.8, "Gate/Accept", approve: true),
            Play.answer(99.1, "Gate/Check", approve: true),
            Play.answer(160, "Final/Finish", approve: false),
            Play.retry(183.7, "Final", twins), Play.answer(192.5, "Final/Finish", approve: true),
        ].filter { $0.0 < upTo }
    }

    private static let twoGatesDelays: [ServiceModel.Delay: Int64] = [
        .approvalSettles: 20_000, .oldRunShows: 2000, .runAppears: 6000,
    ]

    /// The definition of the traces that have none of their own but this run.
    private static let twoGatesDefinition = ServiceModel.Definition(
        name: "web",
        executionMode: .queued,
        stages: [
            ServiceModel.Definition.gated.stages[0],
            Stage(
                name: "Gate",
                actions: ["Accept", "Check"].map {
                    Action(name: $0, category: .approval, provider: "Manual")
                }
            ),
            Stage(
                name: "Final",
                actions: [Action(name: "Finish", category: .approval, provider: "Manual")]
            ),
        ]
    )

    private static let deniedText =
        "You do not have sufficient permissions to call s3.putObject for the deployment bucket, "
        + "web-site. Verify that the policy on the resource allows you to perform this task. If "
        + "you choose a canned ACL for your Amazon S3 deployment action, the policy must include "
        + "the PutObjectAcl action. If the object already exists, the policy must also include "
        + "the PutObjectVersionAcl action. User: arn:aws:sts::111122223333:assumed-role/web/"
        + "1790645917170 is not authorized to perform: s3:PutObject on resource: "
        + "\"arn:aws:s3:::web-site/raw/source.zip\" with an explicit deny in a resource-based "
        + "policy (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: "
        + "K7QX2M9TRB4WZC1D; S3 Extended Request ID: aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7dE9"
        + "fG1hJ3kL5mN7pQ9rS1tU3vW5xY7zA9bC0=; Proxy: null)"

    private static let retries: [ReplayCase] = [
        ReplayCase(
            trace: "retry-failed-actions-transient",
            delays: [.approvalSettles: 36_600, .oldRunShows: 2000, .runAppears: 8300]
        ) { gateA(20) },
        ReplayCase(
            trace: "retry-counters-per-stage",
            delays: [.approvalSettles: 20_000, .oldRunShows: 2000, .runAppears: 8300]
        ) { gateA(100) },
        ReplayCase(
            trace: "retry-failed-actions-parallel-sibling",
            delays: twoGatesDelays
        ) { twoGates(54) + [Play.answer(65, "Gate/Check", approve: false)] },
        ReplayCase(
            trace: "retry-all-actions-approvals-again",
            delays: twoGatesDelays
        ) { twoGates(89) },
        ReplayCase(
            trace: "s3-deploy-denied-retry-recovers",
            attempts: [
                "Source": [Attempt(.succeed, after: .seconds(2))],
                "Deploy": [
                    Attempt(
                        .fail,
                        after: .seconds(1.5),
                        code: "PermissionError",
                        message: deniedText
                    ),
                    Attempt(.succeed, after: .seconds(4)),
                ],
            ]
        ) { [] },
        ReplayCase(
            trace: "retry-stopped-rollback",
            delays: [.approvalSettles: 5000, .runAppears: 6000, .abandonTakes: 600]
        ) {
            rolledBack + [
                Play.abandon(166.8, stopped), Play.rollback(170.5, "Deploy", to: target, rollback),
            ]
        },
        ReplayCase(
            trace: "stage-not-retryable-succeeded"
        ) { [Play.start(19.8, first), Play.rollback(59.4, "Deploy", to: first, rollbackOfFirst)] },
    ]

    // MARK: Rollbacks

    private static let target = "0f3fee6f-de4f-4b57-ba33-caab98c22705"
    private static let stopped = "46c9cb5c-c8f4-47a2-864d-b71e989c096c"
    private static let rollback = "fdce98d5-8a09-4b47-880a-5c0f08d67006"
    private static let first = "06ae790c-86d3-4d30-94c2-34f7b7cd9979"
    private static let second = "095f0738-d5cd-4118-b403-f09fda32d51b"
    private static let rollbackOfFirst = "78727ff2-c05f-4286-a255-fd5afdb82039"

    /// One execution has succeeded, the next waits for the approval of Deploy.
    private static let rolledBack: [Play.ScheduledEvent] = [
        Play.start(100, target), Play.answer(110, "Deploy/Approve", approve: true),
        Play.start(152.4, stopped, "StartPipelineExecution"),
    ]

    private static func addApproval(_ definition: inout ServiceModel.Definition) {
        definition.stages[1].actions.append(
            Action(name: "Approve", category: .approval, provider: "Manual", runOrder: 2)
        )
    }

    // MARK: Approvals

    private static let pending = "f88b754d-9199-46f0-adb9-e49a1787892b"

    private static func notification(_ code: String, _ message: String, after: Double) -> Attempt {
        Attempt(.fail, after: .seconds(after), code: code, message: message)
    }

    /// The recorded definition leaves out the page that is to be reviewed.
    private static let reviewed: ServiceModel.Definition = {
        var definition = ServiceModel.Definition.gated
        definition.executionMode = .queued
        definition.stages[1].actions[0].configuration = [
            "ExternalEntityLink": "https://example.com/review"
        ]
        return definition
    }()

    private static let approvals: [ReplayCase] = [
        ReplayCase(
            trace: "approval-rejected-settles-late",
            delays: [.approvalSettles: 38_000, .runAppears: 3000]
        ) { [Play.start(-1, gates)] },
        ReplayCase(
            trace: "approval-approved-settles-late",
            delays: [.approvalSettles: 28_600, .runAppears: 3300]
        ) { gateA(55) },
        ReplayCase(
            trace: "approval-pending-visible-late",
            delays: [.runAppears: 14_000]
        ) { [] },
        ReplayCase(
            trace: "approval-notification-failed",
            isPartial: true,
            attempts: [
                "Fifo": [
                    notification(
                        "ConfigurationError",
                        "An invalid topic ARN (arn:aws:sns:us-east-1:111122223333:web.fifo) was "
                            + "provided. Update your pipeline to use a valid topic, or create a "
                            + "new one to use in your pipeline.",
                        after: 3
                    )
                ],
                "Absent": [
                    notification(
                        "ConfigurationError",
                        "No Amazon SNS topic with the ARN arn:aws:sns:us-east-1:111122223333:"
                            + "absent was found. Update your pipeline to use an existing topic, "
                            + "or create a new one to use in your pipeline.",
                        after: 7
                    )
                ],
                "Foreign": [
                    notification(
                        "SystemUnavailable",
                        "The action failed due to an internal system error. Wait a few minutes "
                            + "and then try again. If the problem continues, contact your AWS "
                            + "administrator or AWS Support.",
                        after: 4
                    )
                ],
            ],
            delays: [.approvalSettles: 36_000, .runAppears: 8000]
        ) { [Play.start(0.2, "6da427f2-da86-4dad-a3ae-8d1d6590396f")] },
        ReplayCase(
            trace: "approval-notification-permission",
            isPartial: true,
            definition: reviewed,
            attempts: [
                "Approve": [
                    notification(
                        "PermissionError",
                        "The Pipeline or Action role does not have permission to publish to "
                            + "topics in Amazon SNS. Add the sns:Publish permission to the "
                            + "role\u{2019}s policy, and then try again.",
                        after: 3
                    )
                ]
            ],
            delays: [.approvalSettles: 40_000]
        ) { [Play.start(0.2, "d5c0a924-55df-492f-ab0d-8e636010792c")] },
        ReplayCase(
            trace: "approval-summary-required"
        ) { [Play.start(-5, pending)] },
    ]

    // MARK: Other people's actions

    private static let hands: [ReplayCase] = [
        ReplayCase(
            trace: "new-execution-clears-stage",
            delays: twoGatesDelays
        ) { twoGates(200) },
        ReplayCase(
            trace: "inbound-execution-superseded-mode",
            steps: 0..<2
        ) {
            [
                Play.start(0.59, "9215ee37-1795-45c9-a685-8e1027c8e047"), Play.update(7.7) { _ in },
                Play.start(
                    10.369,
                    "88b330d6-d78f-4314-8c5e-798153e239b2",
                    "PollForSourceChanges"
                ),
            ]
        },
        ReplayCase(
            trace: "update-with-pending-approval-stuck",
            isPartial: true,
            delays: [.abandonTakes: 1000, .executionLags: 200]
        ) {
            [
                Play.start(0.2, "473961f6-b829-42f5-8c9d-e5b9ad154db7"),
                Play.update(7.744) { definition in
                    var stage = definition.stages[1]
                    stage.name = "AfterUpdate"
                    definition.stages.append(stage)
                },
            ]
        },
        ReplayCase(
            trace: "update-cancels-and-supersedes"
        ) {
            [
                Play.start(15, "8ebff295-6ffa-49db-a375-3c3df2604bcc", "PollForSourceChanges"),
                Play.start(
                    258.6,
                    "b1e726c0-4e12-4e2c-ae16-52940bf025f6",
                    "PollForSourceChanges"
                ),
                Play.start(
                    378.6,
                    "d3842a08-1fe4-476f-bef8-f233c72f7415",
                    "PollForSourceChanges"
                ),
                Play.update(450.9) { _ in },
            ]
        },
        ReplayCase(
            trace: "stop-and-wait",
            isPartial: true,
            delays: [.approvalSettles: 28_200, .executionLags: 900]
        ) { [Play.start(-15, "3e84d844-c871-48cb-b9d4-c3f34ea4a3ce")] },
        ReplayCase(
            trace: "stop-and-abandon",
            isPartial: true,
            delays: [.abandonTakes: 900, .executionLags: 1000]
        ) { [Play.start(31.9, pending, "StartPipelineExecution")] },
        ReplayCase(
            trace: "rollback-succeeds",
            attempts: ["Deploy": [Attempt(.succeed, after: .seconds(3))]]
        ) { [Play.start(19.8, first)] },
        ReplayCase(
            trace: "rollback-on-stopped-stage",
            delays: [.approvalSettles: 5000, .runAppears: 6000, .abandonTakes: 600]
        ) { rolledBack },
        ReplayCase(
            trace: "rollback-refusals"
        ) {
            [
                Play.start(19.8, first),
                Play.rollback(59.4, "Deploy", to: first, rollbackOfFirst),
                Play.update(100) { addApproval(&$0) },
                Play.start(125, second), Play.answer(130, "Deploy/Approve", approve: true),
                Play.start(152.4, stopped), Play.abandon(190, stopped),
                Play.start(205, "65226499-9bfe-4ca7-a8f7-5ebe41ce6fc4"),
            ]
        },
    ]

    // MARK: Failures outside of stages

    private static let failures: [ReplayCase] = [
        ReplayCase(
            trace: "source-polling-failure-no-id"
        ) {
            [
                Play.failSource(
                    5.297,
                    "ConfigurationError",
                    "Could not access the Amazon S3 object: \"web-site/absent.zip\". Make sure "
                        + "that the names of the bucket and object are both correct."
                )
            ]
        },
        ReplayCase(
            trace: "source-polling-denied"
        ) {
            [
                Play.start(700, "eb391ec7-1734-4429-bd15-04ccf002c2a4"),
                Play.update(705) {
                    $0.stages[0].actions[0].configuration = ["PollForChanges": "1"]
                },
                Play.start(
                    813,
                    "3d42e863-63c8-4d61-9894-44d2a15dd1cb",
                    "PollForSourceChanges"
                ),
                Play.failSource(
                    933.197,
                    "PermissionError",
                    "Could not access the Amazon S3 object: \"web-site/site.zip\". Make sure that "
                        + "the names of the bucket and object are both correct, and that the "
                        + "pipeline IAM role has sufficient permissions to access this bucket."
                ),
            ]
        },
        ReplayCase(
            trace: "execution-failed-without-actions"
        ) {
            [
                (
                    0.363,
                    { play in
                        let id = try play.model.failExecution(
                            pipeline: "web",
                            reason: "Values for required variables haven't been provided: Alpha",
                            trigger: "CreatePipeline",
                            at: Play.time(0.363)
                        )
                        play.bind(id, to: "7065c30b-e384-4e12-9410-15b1b208d4a5")
                    }
                )
            ]
        },
        ReplayCase(
            trace: "s3-deploy-failed-configuration",
            steps: 0..<3,
            attempts: [
                "Deploy": [
                    notification(
                        "ConfigurationError",
                        "When the extract feature is disabled, you must provide an object. Edit "
                            + "your pipeline to fix the configuration.",
                        after: 1
                    )
                ]
            ]
        ) { [Play.start(0.3, "cc99fb84-ff17-4967-ae17-e2a1f6ae8ecc")] },
    ]

    // MARK: Modes, lists and texts

    private static let lists: [ReplayCase] = [
        ReplayCase(
            trace: "parallel-mode-state-empty"
        ) {
            [
                Play.start(
                    230,
                    "5f187392-98d1-4cfd-bf97-d833228445ef",
                    "StartPipelineExecution"
                )
            ]
        },
        ReplayCase(
            trace: "list-actions-filters",
            delays: twoGatesDelays
        ) { twoGates(200) },
        ReplayCase(
            trace: "list-actions-page-token-misuse",
            definition: twoGatesDefinition,
            delays: twoGatesDelays
        ) { twoGates(200) + [Play.start(224.9, "a0e7e723-b5ad-473a-b68a-aa2e617f9ed6")] },
        ReplayCase(
            trace: "list-executions-mixed",
            isPartial: true
        ) {
            [
                Play.start(19.8, first), Play.answer(22, "Deploy/Approve", approve: true),
                Play.start(43.6, second, "StartPipelineExecution"),
                Play.answer(46, "Deploy/Approve", approve: true),
                Play.start(100, target), Play.answer(110, "Deploy/Approve", approve: true),
                Play.start(152.4, stopped, "StartPipelineExecution"),
                Play.abandon(166.8, stopped), Play.rollback(170.5, "Deploy", to: target, rollback),
            ]
        },
        ReplayCase(
            trace: "list-executions-read-after-write",
            steps: 0..<2,
            delays: [.executionAppears: 500]
        ) { [Play.start(0, "b2c7f6d1-c83c-4832-8177-bee5121713b6")] },
        ReplayCase(
            trace: "list-executions-read-after-write",
            steps: 2..<4,
            delays: [.executionAppears: 300]
        ) { [Play.start(100, "2647ea11-7edc-4c7a-9561-db6ee41b529c")] },
        ReplayCase(
            trace: "errors-as-sent",
            steps: 0..<2,
            definition: ServiceModel.Definition(
                name: "other",
                stages: ServiceModel.Definition.gated.stages
            )
        ) { [] },
        // Variables are not modelled: the rest of the texts are theirs.
        ReplayCase(trace: "validation-errors", steps: 0..<2) { [] },
    ]
}
