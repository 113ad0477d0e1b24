import Primitives
import RetryCore

/// The action that the tests try.
let triedAction = ActionKey(
    pipeline: PipelineKey(target: "prod", pipeline: "web"),
    stage: "Deploy",
    action: "Stack"
)

/// A time in seconds.
func second(_ seconds: Int64) -> WallTime { WallTime(milliseconds: seconds * 1000) }

/// An attempt that ran from one second to another.
func attempt(
    _ id: ActionExecutionID,
    _ status: AttemptStatus,
    from start: Int64,
    to end: Int64?,
    error: String? = nil,
    cause: String? = nil
) -> ActionAttempt {
    ActionAttempt(
        action: triedAction,
        execution: "e1",
        id: id,
        status: status,
        started: second(start),
        ended: end.map(second),
        provider: "CloudFormation",
        fingerprint: error.map(Fingerprint.init(reduced:)),
        causeFingerprint: cause.map(Fingerprint.init(reduced:)),
        source: .imported
    )
}
