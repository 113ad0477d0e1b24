import CodePipelineSimulator
import RetryCore

extension ServiceModel {
    /// The current state of an execution; nil when there is none.
    func view(of id: ExecutionID, in name: String) -> ExecutionView? {
        do throws(ServiceError) {
            return try execution(id.text, of: name)
        } catch {
            return nil
        }
    }

    /// How many executions run or wait.
    var runningExecutions: Int {
        pipelineNames.reduce(0) { count, name in
            do throws(ServiceError) {
                return count + (try executions(of: name).count { $0.status.isActive })
            } catch {
                return count
            }
        }
    }
}

/// The daemon's reports on executions that failed without a stage.
extension Oracle {
    /// It is reported once in a process by each target that watches the pipeline, and only for a
    /// failed one: one that a person may have retried since has entered a stage.
    mutating func reportedFailed(
        _ id: ExecutionID,
        of key: PipelineKey,
        _ view: ServiceModel.ExecutionView?
    ) {
        if !reportedFailed[key, default: []].insert(id).inserted {
            blame(.outcome, "execution \(id) is said to have failed twice")
        }
        guard let view else { return blame(.truth, "there is no execution \(id)") }
        let mayHaveMoved = !view.stageStatuses.isEmpty
        if view.type == .rollback || view.status != .failed && !mayHaveMoved {
            blame(.truth, "execution \(id) is a \(view.type) and \(view.status), not failed")
        }
    }
}
