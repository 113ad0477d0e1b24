import CodePipelineSimulator

extension ServiceModel {
    /// Whether the executions of a pipeline run side by side.
    func runsInParallel(_ name: String) -> Bool {
        do throws(ServiceError) {
            return try definition(of: name).executionMode == .parallel
        } catch {
            return false
        }
    }

    /// The same, or they may have done so until a short time ago: a list is what shows them, and
    /// the daemon notices another mode within minutes.
    func ranInParallel(_ name: String, at now: ModelTime) -> Bool {
        if runsInParallel(name) { return true }
        do throws(ServiceError) {
            let state = try state(of: name)
            return now.milliseconds - state.updated.milliseconds < 20 * 60_000
        } catch {
            return false
        }
    }
}
