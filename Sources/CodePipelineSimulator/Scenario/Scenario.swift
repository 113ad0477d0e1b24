import Primitives

/// The content of a simulator: an account with credentials, pipelines with scripts, and faults.
package struct Scenario: Hashable, Sendable {
    /// A key that requests may be signed with.
    package struct Credential: Hashable, Sendable {
        /// The access key id.
        package let accessKeyID: String
        /// The secret access key; it never leaves the process.
        package let secretAccessKey: String
        /// The session token that belongs to it; nil: a long-term key.
        package let sessionToken: String?
        /// Whether requests are answered with ExpiredTokenException.
        package let isExpired: Bool

        /// Creates a credential.
        package init(
            accessKeyID: String,
            secretAccessKey: String,
            sessionToken: String? = nil,
            isExpired: Bool = false
        ) {
            self.accessKeyID = accessKeyID
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
            self.isExpired = isExpired
        }
    }

    /// An outside action at a time.
    package struct Event: Hashable, Sendable {
        /// When, from the start of the model.
        package let at: Duration
        /// The action.
        package let action: ServiceModel.OutsideAction
    }

    /// One pipeline and its course.
    package struct Pipeline: Hashable, Sendable {
        /// Its first version.
        package let definition: ServiceModel.Definition
        /// The course of its actions and conditions.
        package let script: ServiceModel.Script
        /// The outside actions, starts included.
        package let events: [Event]
    }

    /// The account id.
    package var account: String
    /// The Region.
    package var region: String
    /// The seed of ids and chances.
    package var seed: UInt64
    /// Where the model's clock starts; nil: the time at which the process starts.
    package var startTime: ModelTime?
    /// The delays that AWS does not document.
    package var timing: ServiceModel.Timing
    /// The accepted credentials.
    package var credentials: [Credential]
    /// The pipelines.
    package var pipelines: [Pipeline]
    /// The faults, in the order in which they are tried.
    package var faults: [Fault]

    /// Builds the model with all starts and events planned.
    ///
    /// `speed` divides every duration of the scripts: 10 makes an action of 20 s last 2 s. The
    /// model's clock itself always runs with the time that is passed in.
    package func makeModel(start: ModelTime, speed: Double = 1) -> ServiceModel {
        let pace = Pace(speed: speed)
        var model = ServiceModel(
            account: account,
            region: region,
            start: startTime ?? start,
            seed: seed,
            timing: pace.scale(timing)
        )
        let origin = model.now
        for pipeline in pipelines {
            model.addPipeline(
                pace.scale(pipeline.definition),
                script: pace.scale(pipeline.script)
            )
            for event in pipeline.events {
                model.schedule(
                    pace.scale(event.action),
                    pipeline: pipeline.definition.name,
                    at: origin + pace.scale(event.at)
                )
            }
        }
        return model
    }
}

/// Divides durations by a speed.
private struct Pace {
    let speed: Double

    func scale(_ duration: Duration) -> Duration {
        speed == 1 ? duration : duration / speed
    }

    func scale(_ timing: ServiceModel.Timing) -> ServiceModel.Timing {
        guard speed != 1 else { return timing }
        var scaled = timing
        scaled.nativeWindow = scale(timing.nativeWindow)
        scaled.handover = scale(timing.handover)
        scaled.approvalSticks = scale(timing.approvalSticks)
        scaled.historyKeeps = scale(timing.historyKeeps)
        for delay in ServiceModel.Delay.allCases {
            scaled[delay] = timing[delay].divided(by: speed)
        }
        return scaled
    }

    func scale(_ definition: ServiceModel.Definition) -> ServiceModel.Definition {
        guard speed != 1 else { return definition }
        var scaled = definition
        for stage in scaled.stages.indices {
            for action in scaled.stages[stage].actions.indices {
                let timeout = scaled.stages[stage].actions[action].timeout
                scaled.stages[stage].actions[action].timeout = timeout.map { scale($0) }
            }
        }
        return scaled
    }

    func scale(_ script: ServiceModel.Script) -> ServiceModel.Script {
        guard speed != 1 else { return script }
        var scaled = script
        scaled.usual = scale(script.usual)
        scaled.actions = script.actions.mapValues { action in
            ServiceModel.ActionScript(
                executions: action.executions.map { $0.map { scale($0) } },
                rollback: action.rollback.map { scale($0) }
            )
        }
        return scaled
    }

    private func scale(_ attempt: ServiceModel.Attempt) -> ServiceModel.Attempt {
        var scaled = attempt
        scaled.after = scale(attempt.after)
        scaled.cause?.goesOn = attempt.cause?.goesOn.map { scale($0) }
        return scaled
    }

    func scale(_ action: ServiceModel.OutsideAction) -> ServiceModel.OutsideAction {
        guard case .busy(let duration) = action else { return action }
        return .busy(scale(duration))
    }
}
