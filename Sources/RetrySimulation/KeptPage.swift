import CodePipelineSimulator
import RetryCore

/// The newest executions of a pipeline, for as long as the model's stay the same.
struct KeptPage: Sendable {
    let name: String
    let limit: Int
    let revision: Int
    let page: [ServiceModel.ExecutionView]
    /// The same as the daemon reads them.
    let rows: [ExecutionSummary]

    /// The rows, given the model's revision now, and the oldest start that is still listed; nil
    /// when they have changed since.
    func rows(at now: Int?, since: ModelTime?, of model: ServiceModel) -> [ExecutionSummary]? {
        guard now == revision else { return nil }
        if let since, !page.indices.allSatisfy({ page[$0].started >= since }) { return nil }
        assert(isTrue(of: model, since), "the executions of \(name) have changed without notice")
        return rows
    }

    private func isTrue(of model: ServiceModel, _ since: ModelTime?) -> Bool {
        do throws(ServiceError) {
            return try model.executions(of: name, newest: limit)
                .filter { since == nil || $0.started >= since ?? $0.started } == page
        } catch {
            return false
        }
    }
}
