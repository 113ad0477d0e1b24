import Primitives
import WireFormats

/// Reads a build of CodeBuild: the batch that it belongs to, the build, the end of its log.
struct BuildReading: CauseSource {
    private enum Step: Sendable {
        case batch(id: String)
        case build(id: String)
        case log(LogReading)
    }

    var next: CauseCall?
    private var step: Step
    private let lines: Int

    /// The prefix of a batch among the ids of CodePipeline.
    private static let batchPrefix = "build-batch/"

    /// Creates a reading; nil without a build's id.
    init?(_ subject: CauseSubject) {
        guard let id = subject.externalID else { return nil }
        lines = subject.logLines
        if id.hasPrefix(BuildReading.batchPrefix) {
            let batch = String(id.dropFirst(BuildReading.batchPrefix.count))
            step = .batch(id: batch)
            next = CauseCall(.batchGetBuildBatches, ["ids": [.text(batch)]])
        } else {
            step = .build(id: id)
            next = CauseCall(.batchGetBuilds, ["ids": [.text(id)]])
        }
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        switch step {
        case .batch(let id): try takeBatch(body, id: id, into: &evidence)
        case .build(let id): try takeBuild(body, id: id, into: &evidence)
        case .log(var log):
            log.next = nil
            try log.take(body, into: &evidence)
            next = log.next
            step = .log(log)
        }
    }

    private mutating func takeBatch(
        _ body: [UInt8],
        id: String,
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: BuildBatchPage = try JSONReader.answer(body)
        guard let batch = page.buildBatches.first(where: { $0.id == id }) else {
            evidence.gaps.append(CauseGap(.batchGetBuildBatches, .missing, "there is no \(id)"))
            return
        }
        evidence.take(batch)
        if let build = batch.failedBuild {
            step = .build(id: build)
            next = CauseCall(.batchGetBuilds, ["ids": [.text(build)]])
        }
    }

    private mutating func takeBuild(
        _ body: [UInt8],
        id: String,
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: BuildPage = try JSONReader.answer(body)
        guard let build = page.builds.first(where: { $0.id == id }) else {
            evidence.gaps.append(CauseGap(.batchGetBuilds, .missing, "there is no \(id)"))
            return
        }
        evidence.take(build)
        guard let stream = build.usefulLog else { return }
        let log = LogReading(stream, lines: lines)
        next = log.next
        step = .log(log)
    }
}
