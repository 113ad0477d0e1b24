/// One entry under `pipelines`.
package struct PipelineEntry: Hashable, Sendable {
    /// Which pipelines an entry takes.
    package enum Selector: Hashable, Sendable {
        /// Exactly this one.
        case name(PipelineName)
        /// Every one that ListPipelines shows, that matches, and that no exception matches.
        case match(Glob, except: [Glob])
    }

    /// Which pipelines the entry takes.
    package var selector: Selector
    /// The policies of stages with an entry of their own.
    package var stages: [StageName: StagePolicy]
    private var shared: SharedPolicy

    /// Creates an entry.
    package init(selector: Selector, policy: StagePolicy, stages: [StageName: StagePolicy]) {
        self.selector = selector
        self.stages = stages
        shared = SharedPolicy(policy)
    }

    /// The policy of every stage without an entry of its own.
    package var policy: StagePolicy {
        get { shared.policy }
        set { shared = SharedPolicy(newValue) }
    }

    /// The policy of a stage.
    package func policy(of stage: StageName) -> StagePolicy {
        stages[stage] ?? policy
    }

    /// Whether the entry takes a pipeline of this name, where discovery has shown it if it must.
    package func takes(_ name: PipelineName) -> Bool {
        switch selector {
        case .name(let exact): exact == name
        case .match(let glob, let except):
            glob.matches(name.text) && !except.contains { $0.matches(name.text) }
        }
    }

    /// Shares the policy's storage with another entry whose policy is equal.
    mutating func share(with other: PipelineEntry) {
        if policy == other.policy { shared = other.shared }
    }
}

/// One policy that many entries and watches share at the price of a reference.
///
/// Otherwise ten thousand pipelines under one policy would carry as many copies of its quarter KiB.
private final class SharedPolicy: Hashable, Sendable {
    let policy: StagePolicy

    init(_ policy: StagePolicy) {
        self.policy = policy
    }

    static func == (left: SharedPolicy, right: SharedPolicy) -> Bool {
        left === right || left.policy == right.policy
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(policy)
    }
}
