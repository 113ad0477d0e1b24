/// How the conditions of a stage are evaluated, and what follows from them.
extension ServiceModel.PipelineRecord {
    /// Evaluates a condition; its result applies immediately or after a while.
    ///
    /// A stage that failed stays locked meanwhile, as by its own retry.
    mutating func evaluate(
        _ place: ServiceModel.ConditionPlace,
        of execution: Int,
        _ stage: Int,
        _ context: inout ModelContext
    ) {
        let due = context.now + context.draw(.conditionTakes)
        self[execution, stage][place] = ServiceModel.ConditionRecord(
            status: .inProgress,
            at: context.now,
            due: due,
            ruleExecution: context.ids.uuid()
        )
        guard due > context.now else {
            judge(place, of: execution, stage, &context)
            return
        }
        if place == .onFailure { self[execution, stage].nativeDue = due }
        context.agenda.add(
            .judge(place, execution: execution, stage: stage),
            pipeline: index,
            at: due
        )
    }

    /// Ends an evaluation as scripted.
    mutating func judge(
        _ place: ServiceModel.ConditionPlace,
        of execution: Int,
        _ stage: Int,
        _ context: inout ModelContext
    ) {
        let definition = stageDefinition(execution, stage)
        let holds = script.holds(
            place,
            in: definition.name,
            ordinal: executions[execution].ordinal,
            retries: self[execution, stage].retries
        )
        self[execution, stage][place]?.status = holds ? .succeeded : .failed
        self[execution, stage][place]?.at = context.now
        switch place {
        case .beforeEntry:
            judgedEntry(execution, stage, holds ? nil : definition.beforeEntry, &context)
        case .onSuccess:
            judgedSuccess(execution, stage, holds ? nil : definition.onSuccess, &context)
        case .onFailure:
            judgedFailure(execution, stage, holds ? nil : definition.failureCondition, &context)
        }
    }

    /// A result applies only when the condition did not hold.
    private mutating func judgedEntry(
        _ execution: Int,
        _ stage: Int,
        _ result: ServiceModel.ConditionResult?,
        _ context: inout ModelContext
    ) {
        switch result {
        case nil: drive(execution, stage, &context)
        case .skip: leave(execution, stage, as: .skipped, &context)
        case .fail, .rollback: fail(execution, stage, reaction: nil, &context)
        }
    }

    private mutating func judgedSuccess(
        _ execution: Int,
        _ stage: Int,
        _ result: ServiceModel.ConditionResult?,
        _ context: inout ModelContext
    ) {
        guard let result else {
            leave(execution, stage, as: .succeeded, &context)
            return
        }
        let rollsBack =
            result == .rollback && executions[execution].type == .standard && canRollBack(execution)
        fail(
            execution,
            stage,
            reaction: rollsBack ? .nativeRollback(execution: execution, stage: stage) : nil,
            &context
        )
    }

    /// Without a result the stage stays failed; so does one that another execution has taken since.
    private mutating func judgedFailure(
        _ execution: Int,
        _ stage: Int,
        _ result: ServiceModel.ConditionResult?,
        _ context: inout ModelContext
    ) {
        self[execution, stage].nativeDue = nil
        guard holdsStage(execution, stage) else { return }
        switch result {
        case .skip: leave(execution, stage, as: .skipped, &context)
        case .rollback:
            let step = Step.nativeRollback(execution: execution, stage: stage)
            fail(execution, stage, reaction: canRollBack(execution) ? step : nil, &context)
        case .fail, nil: fail(execution, stage, reaction: nil, &context)
        }
    }

    /// A pipeline in PARALLEL mode takes no condition with this result, by the guide.
    private func canRollBack(_ execution: Int) -> Bool {
        executions[execution].mode != .parallel
    }

    /// Whether no other execution has taken the stage since.
    private func holdsStage(_ execution: Int, _ stage: Int) -> Bool {
        guard executions[execution].mode != .parallel else { return true }
        let visit = ServiceModel.Visit(execution: execution, stage: stage)
        let record = recordIndex(stageDefinition(execution, stage).name)
        return record.map { stages[$0].latest == visit } == true
    }

    /// A stop or an update ends what is being evaluated.
    mutating func cancelConditions(_ execution: Int, _ stage: Int, _ now: ModelTime) {
        for place in ServiceModel.ConditionPlace.allCases
        where self[execution, stage][place]?.status == .inProgress {
            self[execution, stage][place]?.status = .cancelled
            self[execution, stage][place]?.at = now
        }
    }

    /// The conditions of an execution in a stage, as far as they were evaluated.
    func conditionViews(_ run: ServiceModel.StageRun?) -> [ServiceModel.ConditionView] {
        ServiceModel.ConditionPlace.allCases.compactMap { place in
            run?[place].map { conditionView($0) }
        }
    }

    func conditionView(_ record: ServiceModel.ConditionRecord) -> ServiceModel.ConditionView {
        ServiceModel.ConditionView(
            status: record.status,
            at: record.at,
            ruleExecution: record.ruleExecution
        )
    }
}
