import Testing

@testable import RetryCore

/// The facts in a row of ListPipelineExecutions.
@Suite struct ExecutionSummaryTests {
    @Test(
        arguments: [
            (ExecutionStatus.failed, ExecutionType.standard, nil, nil, false, true),
            (.failed, .standard, .queued, "no value", true, true),
            (.failed, .standard, .superseded, nil, true, false),
            (.failed, .unknown("X"), .unknown("X"), nil, false, true),
            (.failed, .rollback, nil, "no value", false, false),
            (.failed, .standard, .parallel, "no value", false, false),
            (.inProgress, .standard, nil, nil, false, false),
            (.succeeded, .standard, nil, "no value", true, false),
        ] as [(ExecutionStatus, ExecutionType, ExecutionMode?, String?, Bool, Bool)]
    )
    func `only a failed row without revisions or with a reason may be without a failed stage`(
        _ status: ExecutionStatus,
        _ type: ExecutionType,
        _ mode: ExecutionMode?,
        _ summary: String?,
        _ hasRevisions: Bool,
        _ expected: Bool
    ) {
        let row = ExecutionSummary(
            id: "e",
            status: status,
            type: type,
            mode: mode,
            statusSummary: summary,
            hasRevisions: hasRevisions
        )
        #expect(row.mayBeWithoutStage == expected)
    }
}
