/// The guards of PARALLEL pipelines.
extension Guards {
    /// An execution goes on under the mode that it began with, and what that mode protected is not
    /// protected under another one: in PARALLEL nothing keeps it from another execution's stack,
    /// and in the others it may overtake a newer one.
    var modeChanged: GuardResult {
        guard let now = situation.definition?.executionMode else {
            return .pass("executionMode is not known")
        }
        guard let own = situation.stage.latest?.historyMode else {
            return pass("executionMode is \(now.text)")
        }
        guard own == .parallel, now == .parallel else {
            return .stop(
                .leave(.modeChanged),
                "the execution runs in \(own.text) mode, and the pipeline's is \(now.text) now"
            )
        }
        return .pass("executionMode is PARALLEL, as when the execution began")
    }

    /// A state that shows a stage of a PARALLEL pipeline is not of now: AWS shows none.
    var parallelMode: GuardResult {
        guard situation.stage.latest?.historyMode != nil else {
            guard situation.definition?.executionMode == .parallel else {
                return .pass("the pipeline does not run in PARALLEL mode")
            }
            return .stop(
                .leave(.parallelMode),
                "executionMode is PARALLEL, in which only an execution's history shows its stages"
            )
        }
        return switch situation.policy.parallel {
        case .retry: .pass("executionMode is PARALLEL; parallel is retry")
        case .observe:
            .stop(.leave(.parallelMode), "executionMode is PARALLEL; parallel is observe")
        }
    }

    var parallelRefused: GuardResult {
        situation.isParallelRefused
            ? .stop(
                .leave(.parallelRefused),
                "AWS refused a retry in this PARALLEL pipeline within the last day"
            ) : .pass("AWS has refused no retry because of the mode")
    }
}

extension ExecutionMode {
    /// The mode as the API writes it.
    var text: String {
        switch self {
        case .superseded: "SUPERSEDED"
        case .queued: "QUEUED"
        case .parallel: "PARALLEL"
        case .unknown(let mode): mode
        }
    }
}
