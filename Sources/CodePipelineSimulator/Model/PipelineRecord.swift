extension ServiceModel {
    /// One pipeline: its versions, its executions and the shown state of its stages.
    ///
    /// Every transition of an execution is made here and in this type's extensions.
    struct PipelineRecord: Sendable {
        let index: Int
        let name: String
        let script: Script
        let created: ModelTime
        var updated: ModelTime
        var definitions: [Definition] { didSet { changes &+= 1 } }
        var stages: [StageRecord] { didSet { changes &+= 1 } }
        var executions: [Execution] = [] { didSet { changes &+= 1 } }
        /// Counts the changes of all that the state shows.
        private(set) var changes: Int
        var indexByID: [String: Int] = [:]
        var standardCount = 0
        var requestTokens: [String: String] = [:]
        var busyUntil: ModelTime?
        /// DeletePipeline has taken it away: nothing of it happens any more.
        var isDeleted = false

        init(index: Int, definition: Definition, script: Script, created: ModelTime) {
            self.index = index
            self.name = definition.name
            self.script = script
            self.created = created
            updated = created
            definitions = [definition]
            // A pipeline that is created again does not count where the old one stopped.
            changes = index << 40
            stages = definition.stages.map {
                StageRecord(
                    name: $0.name,
                    actions: Array(repeating: nil, count: $0.actions.count)
                )
            }
        }

        var version: Int {
            definitions.count
        }

        /// The current definition.
        var definition: Definition {
            definitions[definitions.count - 1]
        }

        func definition(of execution: Int) -> Definition {
            definitions[executions[execution].version - 1]
        }

        func stageDefinition(_ execution: Int, _ stage: Int) -> Stage {
            definitions[executions[execution].version - 1].stages[stage]
        }

        func recordIndex(_ stage: String) -> Int? {
            stages.firstIndex { $0.name == stage }
        }

        func run(_ visit: Visit) -> StageRun? {
            executions[visit.execution].runs[visit.stage]
        }

        /// Reads or changes a run that must exist.
        subscript(execution: Int, stage: Int) -> StageRun {
            get {
                guard let run = executions[execution].runs[stage] else {
                    preconditionFailure("execution \(execution) never entered stage \(stage)")
                }
                return run
            }
            // Out of its list meanwhile: a second holder would make every change a copy.
            _modify {
                guard var run = executions[execution].runs[stage].take() else {
                    preconditionFailure("execution \(execution) never entered stage \(stage)")
                }
                defer { executions[execution].runs[stage] = run }
                yield &run
            }
        }

        /// How many executions run or wait.
        var activeCount: Int {
            executions.indices.count { executions[$0].status.isActive }
        }

        /// An execution's row is touched when the execution ends, not while it runs.
        mutating func setStatus(_ status: ExecutionStatus, of execution: Int, at now: ModelTime) {
            executions[execution].status = status
            executions[execution].former = nil
            if !status.isActive { executions[execution].updated = now }
        }
    }
}
