import CodePipelineSimulator
import RetryCore

/// How often the executions of a pipeline are listed.
extension Oracle {
    /// The lists of a pipeline that has nothing in PARALLEL mode.
    struct Lists: Sendable {
        /// When the newest was requested, in true milliseconds.
        var newest: Int64
        /// Since when nothing of PARALLEL mode was left at any of them.
        var overSince: Int64
        /// The restarts, reloads and pauses until the newest.
        var upheavals: Int
    }

    /// The shortest time between two lists in the other modes, in milliseconds: ten minutes, less a
    /// tenth for the drift of the clock.
    private static let listGap: Int64 = 540_000
    /// How long the daemon may take to notice that nothing is left, when nothing goes wrong.
    private static let listSlack: Int64 = 600_000

    /// A pipeline that has left PARALLEL mode is listed as rarely as any other once all that began
    /// in it has ended: its state shows the rest.
    mutating func judgeList(
        of key: PipelineKey,
        at time: Int64,
        hasLeft: @autoclosure () -> Bool
    ) {
        guard calmSince != nil, !readings.isParallel(key), !hasOpenHistory(of: key), hasLeft()
        else { return histories.others[key] = nil }
        guard let before = histories.others[key], before.upheavals == upheavals else {
            let first = Lists(newest: time, overSince: time, upheavals: upheavals)
            return histories.others[key] = first
        }
        histories.others[key]?.newest = time
        let gap = time - before.newest
        if time - before.overSince > Oracle.listSlack, gap < Oracle.listGap {
            blame(.lists, "\(key) is listed again after \(gap / 1000) s")
        }
    }

    /// Whether the end of a failure in PARALLEL mode is still awaited.
    private func hasOpenHistory(of pipeline: PipelineKey) -> Bool {
        cases.contains { key, state in
            key.pipeline == pipeline && state.isOfHistory && state.isSeen && state.outcomes == 0
        }
    }
}

extension ServiceModel {
    /// Whether a pipeline is in another mode than PARALLEL, and nothing runs that began in that.
    func hasLeftParallel(_ name: String) -> Bool {
        guard !runsInParallel(name) else { return false }
        do throws(ServiceError) {
            return try executions(of: name).allSatisfy {
                $0.mode != .parallel || !$0.status.isActive
            }
        } catch {
            return false
        }
    }
}
