/// A name or id of one kind; two kinds never mix.
///
/// Values from AWS are taken as they are; those that a person writes are checked by the module that
/// reads them.
package struct Identifier<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible,
    ExpressibleByStringLiteral
{
    /// The name as AWS or the config file writes it.
    package let text: String

    /// Takes a name as it is.
    package init(_ text: String) {
        self.text = text
    }

    package init(stringLiteral text: String) {
        self.text = text
    }

    /// Whether `left` sorts before `right`, by Unicode scalars.
    package static func < (left: Identifier, right: Identifier) -> Bool {
        left.text < right.text
    }

    package var description: String { text }
}

/// The kinds of ``Identifier``; none has a value.
package enum Kind {
    /// A target of the config file.
    package enum Target {}
    /// A pipeline.
    package enum Pipeline {}
    /// A stage of a pipeline.
    package enum Stage {}
    /// An action of a stage.
    package enum Action {}
    /// A pipeline execution.
    package enum Execution {}
    /// An action execution: one attempt of one action.
    package enum ActionExecution {}
    /// A policy of the config file.
    package enum Policy {}
    /// A rule of a policy.
    package enum Rule {}
    /// What shares a rate of calls.
    package enum RateGroup {}
}

/// A target's name in the config file: one account and Region.
package typealias TargetName = Identifier<Kind.Target>
/// A pipeline's name: 1-100 of `[A-Za-z0-9.@_-]` (CodePipeline API, PipelineName).
package typealias PipelineName = Identifier<Kind.Pipeline>
/// A stage's name, of the same form as a pipeline's.
package typealias StageName = Identifier<Kind.Stage>
/// An action's name, of the same form as a pipeline's.
package typealias ActionName = Identifier<Kind.Action>
/// A pipelineExecutionId: a lower-case UUID; a retry keeps it.
package typealias ExecutionID = Identifier<Kind.Execution>
/// An actionExecutionId: new for every attempt of an action.
package typealias ActionExecutionID = Identifier<Kind.ActionExecution>
/// A policy's name in the config file.
package typealias PolicyName = Identifier<Kind.Policy>
/// A rule's name in the config file, or of a built-in rule.
package typealias RuleName = Identifier<Kind.Rule>
/// The name of the targets that share a rate: an account and Region, or a single target.
package typealias RateGroup = Identifier<Kind.RateGroup>

/// One pipeline of one target.
package struct PipelineKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The target: account and Region.
    package let target: TargetName
    /// The pipeline's name.
    package let pipeline: PipelineName
    /// The hash of both parts, computed once: a key is looked up far more often than it is created.
    private let hash: Int

    /// Creates the key of a pipeline.
    package init(target: TargetName, pipeline: PipelineName) {
        self.target = target
        self.pipeline = pipeline
        var hasher = Hasher()
        hasher.combine(target)
        hasher.combine(pipeline)
        hash = hasher.finalize()
    }

    package static func == (left: PipelineKey, right: PipelineKey) -> Bool {
        left.hash == right.hash && left.pipeline == right.pipeline && left.target == right.target
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }

    /// What dictionaries and sets ask for: the hash is one already and need not be hashed again.
    package func _rawHashValue(seed: Int) -> Int { hash ^ seed }

    /// Whether `left` sorts before `right`: by target, then by pipeline.
    package static func < (left: PipelineKey, right: PipelineKey) -> Bool {
        (left.target, left.pipeline) < (right.target, right.pipeline)
    }

    package var description: String { "\(target)/\(pipeline)" }
}

/// One failed stage execution: limits, counters and outcomes belong to it.
package struct EpisodeKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The pipeline.
    package let pipeline: PipelineKey
    /// The stage.
    package let stage: StageName
    /// The pipeline execution, which a retry keeps.
    package let execution: ExecutionID
    /// The hash of all three, as a pipeline's key has one.
    private let hash: Int

    /// Creates the key of an episode.
    package init(pipeline: PipelineKey, stage: StageName, execution: ExecutionID) {
        self.pipeline = pipeline
        self.stage = stage
        self.execution = execution
        var hasher = Hasher()
        hasher.combine(pipeline)
        hasher.combine(stage)
        hasher.combine(execution)
        hash = hasher.finalize()
    }

    package static func == (left: EpisodeKey, right: EpisodeKey) -> Bool {
        left.hash == right.hash && left.execution == right.execution
            && left.stage == right.stage && left.pipeline == right.pipeline
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }

    /// As for a pipeline's key.
    package func _rawHashValue(seed: Int) -> Int { hash ^ seed }

    /// Whether `left` sorts before `right`: by pipeline, stage, execution.
    package static func < (left: EpisodeKey, right: EpisodeKey) -> Bool {
        (left.pipeline, left.stage, left.execution)
            < (right.pipeline, right.stage, right.execution)
    }

    package var description: String { "\(pipeline)/\(stage)/\(execution)" }
}
