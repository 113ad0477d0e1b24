import Primitives
import RetryCore
import Testing

/// One report of each kind and variant, for tables.
struct ReportSample: Sendable, CustomTestStringConvertible {
    /// The sample's subject.
    let title: String
    /// The report.
    let report: Report

    var testDescription: String { title }

    init(_ title: String, _ report: Report) {
        self.title = title
        self.report = report
    }

    /// The samples of the golden file.
    static let all = Samples().all
}

/// The cases of ``Report``; a new one does not compile before it is in the samples.
enum ReportCase: String, CaseIterable {
    case started, stopping, configLoaded, configRejected, targetDegraded, targetRecovered
    case targetDuplicate, targetDistinct
    case ledgerDegraded, ledgerRecovered, pipelineFound, pipelineLost, parallelRefused
    case patternUnmatched, stagesUnmatched, sourceFailed, stageStuck
    case executionFailed, executionsDenied
    case causeUnavailable, throttled, throttlingOver, pollingSlowed, pollingKept
    case stageFailed, retryScheduled, retryDeferred, retrySent
    case retryAccepted, retryRefused, retryUnknown, retrySettled, retryWithoutEffect, wouldRetry
    case retryCost
    case stageRecovered, retriesExhausted, stageNotRetried, stageSuperseded, stageRemoved
    case outageHold
    case outageOver, paused, resumed

    init(_ report: Report) {
        self =
            switch report {
            case .started: .started
            case .stopping: .stopping
            case .configLoaded: .configLoaded
            case .configRejected: .configRejected
            case .targetDegraded: .targetDegraded
            case .targetRecovered: .targetRecovered
            case .targetDuplicate: .targetDuplicate
            case .targetDistinct: .targetDistinct
            case .ledgerDegraded: .ledgerDegraded
            case .ledgerRecovered: .ledgerRecovered
            case .pipelineFound: .pipelineFound
            case .pipelineLost: .pipelineLost
            case .parallelRefused: .parallelRefused
            case .patternUnmatched: .patternUnmatched
            case .stagesUnmatched: .stagesUnmatched
            case .sourceFailed: .sourceFailed
            case .stageStuck: .stageStuck
            case .executionFailed: .executionFailed
            case .executionsDenied: .executionsDenied
            case .causeUnavailable: .causeUnavailable
            case .throttled: .throttled
            case .throttlingOver: .throttlingOver
            case .pollingSlowed: .pollingSlowed
            case .pollingKept: .pollingKept
            case .stageFailed: .stageFailed
            case .retryScheduled: .retryScheduled
            case .retryDeferred: .retryDeferred
            case .retrySent: .retrySent
            case .retryAccepted: .retryAccepted
            case .retryRefused: .retryRefused
            case .retryUnknown: .retryUnknown
            case .retrySettled: .retrySettled
            case .retryWithoutEffect: .retryWithoutEffect
            case .retryCost: .retryCost
            case .wouldRetry: .wouldRetry
            case .stageRecovered: .stageRecovered
            case .retriesExhausted: .retriesExhausted
            case .stageNotRetried: .stageNotRetried
            case .stageSuperseded: .stageSuperseded
            case .stageRemoved: .stageRemoved
            case .outageHold: .outageHold
            case .outageOver: .outageOver
            case .paused: .paused
            case .resumed: .resumed
            }
    }
}

/// Creates the samples; every external text goes through `outside`.
struct Samples {
    var outside: @Sendable (String) -> String = { $0 }

    var all: [ReportSample] { service + targets + waits + calls + outcomes + holds }

    let time = WallTime(milliseconds: 1_795_406_523_004)

    // MARK: Parts of the reports

    var target: TargetContext {
        TargetContext(target: .init(outside("prod")), region: outside("eu-central-1"))
    }

    var key: PipelineKey {
        PipelineKey(target: .init(outside("prod")), pipeline: .init(outside("web")))
    }

    var pipeline: PipelineContext {
        PipelineContext(
            key: key,
            region: outside("eu-central-1"),
            account: outside("444455556666")
        )
    }

    var execution: ExecutionID { .init(outside("3137f7cb-8d49-4b0e-9a4a-5f8a3d0c1b2e")) }

    var episode: EpisodeContext {
        EpisodeContext(
            key: EpisodeKey(
                pipeline: key,
                stage: .init(outside("Deploy")),
                execution: execution
            ),
            region: outside("eu-central-1"),
            account: outside("444455556666"),
            partition: outside("aws"),
            policy: .init(outside("default"))
        )
    }

    /// The context that remains when the target was dropped from the configuration, before a
    /// definition was read.
    var bareEpisode: EpisodeContext {
        EpisodeContext(
            key: episode.key,
            region: "",
            account: nil,
            partition: nil,
            policy: episode.policy
        )
    }

    var failure: FailureFacts {
        FailureFacts(
            action: .init(outside("Build")),
            code: outside("JobFailed"),
            message: outside("Cannot have more than 20 builds in queue for the account"),
            url: outside("https://console.aws.amazon.com/codebuild/home#/builds/web:1/view"),
            fingerprint: fingerprint,
            failedAt: time
        )
    }

    /// The same with what CodeBuild says of it.
    var toldFailure: FailureFacts {
        var told = failure
        told.cause = RootCause(
            provider: outside("CodeBuild"),
            phase: outside("PRE_BUILD"),
            code: outside("COMMAND_EXECUTION_ERROR"),
            line: outside("toomanyrequests: You have reached your pull rate limit"),
            url: outside("https://eu-west-1.console.aws.amazon.com/codesuite/codebuild/builds/1")
        )
        return told
    }

    var fingerprint: Fingerprint {
        Fingerprint(
            reduced: outside("JobFailed: cannot have more than # builds in queue for the account")
        )
    }

    var plan: RetryPlan {
        RetryPlan(
            mode: .failedActions,
            rule: .init(outside("queue full")),
            number: 2,
            limit: 10,
            due: time,
            giveUpAt: time
        )
    }

    /// A plan that no rule asked for.
    var plainPlan: RetryPlan {
        RetryPlan(
            mode: .allActions,
            rule: nil,
            number: 1,
            limit: 3,
            due: time,
            giveUpAt: time
        )
    }

    func intent(_ state: IntentState, rule: RuleName? = nil) -> Intent {
        Intent(
            episode: episode.key,
            sequence: 3,
            number: 2,
            policy: episode.policy,
            rule: rule ?? .init(outside("queue full")),
            mode: .failedActions,
            before: StageBaseline(manualRetries: 1, actionExecutions: [], lastStatusChange: time),
            recordedAt: time,
            state: state
        )
    }

    var plainIntent: Intent {
        var intent = intent(.open)
        intent.rule = nil
        return intent
    }

    func call(
        _ kind: CallFailure.Kind,
        _ operation: AWSOperation?,
        _ code: String?,
        _ message: String
    ) -> CallFailure {
        CallFailure(
            kind: kind,
            operation: operation,
            code: code.map(outside),
            message: outside(message),
            requestID: code == nil ? nil : outside("7d0d6f1a-0c5e-4b0f-8f0a-3c8d6e5f4a3b")
        )
    }
}
