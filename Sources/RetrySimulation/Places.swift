import CodePipelineSimulator
import RetryCore

/// Where a target looks for its pipelines.
struct Place: Hashable, Sendable {
    var region: String
    var endpoint: String

    /// The place of a target; one that the config file does not have is nowhere.
    init(of target: TargetName, _ configuration: Configuration) {
        let place = configuration.place(of: target)
        region = place.map { configuration.targets[$0].region } ?? ""
        endpoint = place.map { configuration.targets[$0].endpoint } ?? ""
    }
}

/// Which of the model's pipelines are at which place.
///
/// The model has one list of names: those in another Region than the usual one end in its name.
struct Places: Sendable {
    /// The Region of every target at the start.
    static let home = "eu-west-1"
    /// The other Region.
    static let abroad = "us-east-1"

    /// The endpoint behind which the pipelines of each name are.
    private var endpoints: [PipelineName: String]
    /// The names that the other Region has as well.
    private(set) var namesAbroad: Set<PipelineName> = []

    init(_ owners: [PipelineName: TargetName]) {
        endpoints = owners.mapValues(\.text)
    }

    /// Another pipeline behind the same endpoint.
    mutating func add(_ name: PipelineName, beside other: PipelineName) {
        endpoints[name] = endpoints[other]
    }

    /// The other Region has a pipeline of this name, too.
    mutating func addAbroad(_ name: PipelineName) { namesAbroad.insert(name) }

    /// The model's name for a pipeline of the other Region.
    static func nameAbroad(_ name: String) -> String { "\(name)@\(abroad)" }

    /// Whether the model's name is one of the usual Region.
    static func isAtHome(_ name: String) -> Bool { !name.contains("@") }

    /// The model's name for what a place has under a name; no pipeline of the model has it where
    /// that is nothing.
    func name(of pipeline: PipelineName, in place: Place) -> String {
        guard endpoints[pipeline] == place.endpoint else { return "" }
        return place.region == Places.home
            ? pipeline.text : place.region == Places.abroad ? Places.nameAbroad(pipeline.text) : ""
    }

    /// The same for what a target reaches now.
    func name(of key: PipelineKey, _ configuration: Configuration) -> String {
        name(of: key.pipeline, in: Place(of: key.target, configuration))
    }

    /// The name under which a place has one of the model's pipelines; nil: it does not.
    func name(_ modelName: String, in place: Place) -> PipelineName? {
        let isAtHome = Places.isAtHome(modelName)
        let name = isAtHome ? modelName : String(modelName.prefix { $0 != "@" })
        let pipeline = PipelineName(name)
        return self.name(of: pipeline, in: place) == modelName ? pipeline : nil
    }

    /// A key that tells the pipelines of two Regions apart.
    static func spot(_ key: PipelineKey, _ name: String) -> PipelineKey {
        name == key.pipeline.text
            ? key : PipelineKey(target: key.target, pipeline: PipelineName(name))
    }

    /// AWS's current state of an episode, in the Region that had its execution.
    func now(
        _ key: EpisodeKey,
        _ configuration: Configuration,
        _ model: ServiceModel
    ) -> StageNow {
        let reached = name(of: key.pipeline, configuration)
        let isUsual = namesAbroad.isEmpty && reached == key.pipeline.pipeline.text
        guard !isUsual else { return model.now(key, reached) }
        let text = key.pipeline.pipeline.text
        let home = [text, Places.nameAbroad(text)].first { name in
            name != reached && model.view(of: key.execution, in: name) != nil
        }
        var now = model.now(key, home ?? reached)
        now.isReached = home == nil
        return now
    }
}

extension Request.Kind {
    /// The target that is asked.
    var target: TargetName {
        switch self {
        case .state(_, let key, _), .definition(_, let key), .evidence(_, let key, _),
            .executions(_, let key, _, _), .execution(_, let key, _):
            key.target
        case .list(_, let target): target
        case .retry(_, let key, _): key.pipeline.target
        }
    }
}
