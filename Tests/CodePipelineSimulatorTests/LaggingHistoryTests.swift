import CodePipelineSimulator
import Testing

@Suite struct `A history that lags` {
    /// Ship starts at 1 s and fails at 2 s; its retry starts at 10 s and fails at 11 s.
    private static func failedTwice() throws -> (TraceReplay, String) {
        var web = TraceReplay.shipping([[TraceReplay.failing(message: "full")]])
        let id = try web.start()
        #expect(web.retry("Deploy", id, 10) == nil)
        #expect(try web.status("Deploy", 11) == .failed)
        return (web, id)
    }

    @Test(arguments: [
        (11, [ServiceModel.ActionStatus.failed, .failed, .succeeded]),
        (10.5, [.inProgress, .failed, .succeeded]),
        (10, [.inProgress, .failed, .succeeded]),
        (9.9, [.failed, .succeeded]),
        (1.5, [.inProgress, .succeeded]),
        (0.5, [.inProgress]),
        (-1, []),
    ])
    func `misses actions started since and shows actions ended since as running`(
        _ seconds: Double,
        _ statuses: [ServiceModel.ActionStatus]
    ) throws {
        let (web, id) = try Self.failedTwice()
        for execution in [id, nil] {
            let rows = try web.model.actionRuns(
                of: "web",
                execution: execution,
                asOf: web.at(seconds)
            )
            #expect(rows.map(\.status) == statuses)
            for row in rows where row.status == .inProgress {
                #expect(row.updated == row.started)
                #expect(row.errorCode == nil && row.errorMessage == nil && row.summary == nil)
            }
        }
    }

    @Test func `shows all of it as of now`() throws {
        let (web, id) = try Self.failedTwice()
        let rows = try web.model.actionRuns(of: "web", execution: id)
        #expect(rows == (try web.model.actionRuns(of: "web", execution: id, asOf: web.model.now)))
        #expect(rows.map(\.errorMessage) == ["full", "full", nil])
    }
}
