package import Primitives

/// The reading of a cause, without IO: it says which call comes next and takes its answer.
package struct CauseReading: Sendable {
    /// The most calls of a reading; ordinary ones need up to three.
    package static let callLimit = 12

    /// What is known so far; all that can be known when there is no next call.
    package private(set) var evidence: CauseEvidence
    /// How many calls were answered.
    package private(set) var calls = 0
    /// The services that answered one call at least with what was asked for.
    package private(set) var answered: Set<AWSService> = []
    private var source: (any CauseSource)?
    private let isIdentified: Bool
    private let isRead: Bool

    /// Begins a reading.
    package init(_ subject: CauseSubject) {
        evidence = CauseEvidence(provider: subject.provider)
        evidence.consoleURL = subject.externalExecutionURL
        let kind = CauseProvider(subject.provider)
        source = kind.flatMap { $0.source(subject) }
        isRead = kind != nil
        isIdentified = source != nil
    }

    /// The call that comes next; nil when the reading is over.
    package var next: CauseCall? { source?.next }

    /// The result of a reading that is over, or is ended now.
    package var result: CauseResult {
        guard isRead else { return .notRead }
        guard isIdentified else { return .notIdentified }
        return evidence.isKnown ? .evidence(evidence) : .unavailable(evidence.gaps)
    }

    /// Takes what became of the next call.
    package mutating func take(_ answer: CauseAnswer) {
        guard let call = source?.next else { return }
        calls += 1
        source?.next = nil
        if let gap = answer.gap(of: call.operation) {
            source?.take(gap, into: &evidence)
        } else if case .body(let body) = answer {
            do throws(UnreadableAnswer) {
                try source?.take(body, into: &evidence)
                answered.insert(call.operation.definition.service)
            } catch {
                evidence.gaps.append(CauseGap(call.operation, .unreadable, error.reason))
            }
        }
        guard calls >= CauseReading.callLimit, let more = source?.next else { return }
        end(because: .bounded, "more than \(CauseReading.callLimit) calls", of: more.operation)
    }

    /// Ends the reading before its next call.
    package mutating func end(because kind: CauseGap.Kind, _ text: String) {
        guard let call = source?.next else { return }
        end(because: kind, text, of: call.operation)
    }

    private mutating func end(
        because kind: CauseGap.Kind,
        _ text: String,
        of operation: AWSOperation
    ) {
        source?.next = nil
        evidence.gaps.append(CauseGap(operation, kind, text))
    }
}

/// The result of a reading.
package enum CauseResult: Hashable, Sendable {
    /// The service said something; gaps tell what is missing.
    case evidence(CauseEvidence)
    /// The service said nothing of it, and this is why; empty: nothing is wrong there.
    case unavailable([CauseGap])
    /// CodePipeline does not say what ran.
    case notIdentified
    /// No service is read for this provider: CodePipeline has its words.
    case notRead
}
