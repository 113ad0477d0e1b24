/// Whether an execution's history covers the attempts that the state shows.
///
/// ListActionExecutions and GetPipelineState are two APIs: one may lag the other by seconds. Rows
/// without the failed attempt give no information about it, and an empty list is not a valid
/// answer, since each execution that reached a stage began with a source action.
package enum HistoryCheck {
    /// The rows as evidence of the stage: as they are, or what they lack.
    package static func evidence(of rows: [ActionRow], for stage: StageSnapshot) -> Evidence {
        missing(in: rows, of: stage).map(Evidence.lagging) ?? .rows(rows)
    }

    /// What the state shows and the rows lack, for people; nil when they agree.
    static func missing(in rows: [ActionRow], of stage: StageSnapshot) -> String? {
        guard !rows.isEmpty else { return "ListActionExecutions shows no action at all" }
        let own = rows.filter { $0.stage == stage.name }
        for action in stage.actions.sorted(by: { $0.name < $1.name })
        where action.status == .failed || action.status == .abandoned {
            guard let id = action.executionID else {
                // Only its name tells which attempt it was.
                if own.contains(where: { $0.action.name == action.name }) { continue }
                return "ListActionExecutions does not show action \(action.name)"
            }
            guard let row = own.first(where: { $0.action.executionID == id }) else {
                return "ListActionExecutions does not show attempt \(id) of action \(action.name)"
            }
            if row.action.status == .inProgress || row.action.status == nil {
                return "ListActionExecutions still shows attempt \(id) of action \(action.name) "
                    + "as InProgress"
            }
            if action.status == .failed, row.action.status == .succeeded {
                return "ListActionExecutions shows attempt \(id) of action \(action.name) as "
                    + "Succeeded, and GetPipelineState as Failed"
            }
            let newer = own.first { other in
                other.action.name == action.name && other.age > row.age
            }
            if let newer {
                let name = newer.action.executionID?.text ?? "one"
                return "GetPipelineState still shows attempt \(id) of action \(action.name), "
                    + "and ListActionExecutions the newer \(name)"
            }
        }
        return otherAttempt(in: own, than: stage)
    }

    /// The failure of an action of which the state shows another attempt, that succeeded: either is
    /// the newer one, and the other API lags.
    private static func otherAttempt(in own: [ActionRow], than stage: StageSnapshot) -> String? {
        for action in stage.actions.sorted(by: { $0.name < $1.name })
        where action.status == .succeeded {
            guard let id = action.executionID, let shown = action.lastStatusChange else { continue }
            let failures = own.filter { row in
                row.action.name == action.name && row.action.status == .failed
                    && row.action.executionID != id
            }
            let newer = failures.first { row in
                row.action.lastStatusChange.map { $0 > shown } == true
            }
            if let name = newer?.action.executionID {
                return "GetPipelineState still shows attempt \(id) of action \(action.name), "
                    + "and ListActionExecutions the newer \(name)"
            }
            // A stage that succeeded now has failed for another reason, such as a condition.
            if !failures.isEmpty, !own.contains(where: { $0.action.executionID == id }) {
                return "ListActionExecutions does not show attempt \(id) of action \(action.name)"
            }
        }
        return nil
    }
}
