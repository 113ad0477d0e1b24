/// The course of a reading of one provider: a value that says which call comes next.
protocol CauseSource: Sendable {
    /// The call that comes next; nil: nothing is left to read.
    ///
    /// Before an answer is taken it is nil, so that a reading that forgets to set it ends.
    var next: CauseCall? { get set }

    /// Takes the body of the answer to the last call.
    ///
    /// - Throws: ``UnreadableAnswer`` when it is not what was asked for; the reading may have set
    ///   another call.
    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer)

    /// Takes that the last call has no result; by default that is the gap it leaves.
    mutating func take(_ gap: CauseGap, into evidence: inout CauseEvidence)
}

extension CauseSource {
    mutating func take(_ gap: CauseGap, into evidence: inout CauseEvidence) {
        evidence.gaps.append(gap)
    }
}

/// Why an answer is not what was asked for.
struct UnreadableAnswer: Error, Hashable, Sendable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
