import Primitives

/// A fault that the simulator's server applies to calls.
package struct Fault: Hashable, Sendable {
    /// The kind of fault.
    package enum Kind: Hashable, Sendable {
        /// ThrottlingException, "Rate exceeded".
        case throttle
        /// An HTTP status with a body that is not of the service; nothing is performed.
        case status(Int)
        /// The answer is late.
        case latency(Duration)
        /// The call is performed, then the connection is closed without an answer.
        case lostAnswer
        /// The connection is closed and nothing is performed.
        case lostRequest
        /// The call is performed and half of the answer is sent.
        case closeMidAnswer
        /// AccessDeniedException.
        case accessDenied
        /// ExpiredTokenException.
        case expiredToken
        /// The server's clock is wrong by this many seconds: Date header and signature check.
        case skewedDate(Int)
        /// Status 200 with a body that is not JSON; the call is performed.
        case garbage
        /// Any error of the service; nothing is performed.
        case error(ServiceError)

        /// The name in scenarios and in the log of calls.
        package var name: String {
            switch self {
            case .throttle: "throttle"
            case .status(let status): String(status)
            case .latency: "latency"
            case .lostAnswer: "lost_answer"
            case .lostRequest: "lost_request"
            case .closeMidAnswer: "close_mid_answer"
            case .accessDenied: "access_denied"
            case .expiredToken: "expired_token"
            case .skewedDate: "skewed_date"
            case .garbage: "garbage"
            case .error(let error): error.code
            }
        }
    }

    /// The matching calls to which a fault applies.
    package enum Timing: Hashable, Sendable {
        /// Every one.
        case always
        /// These, counted from 1.
        case calls(Set<Int>)
        /// Every n-th.
        case every(Int)
        /// Each with this chance, 0 to 1.
        case rate(Double)
    }

    /// The operation; nil: any.
    package let operation: Operation?
    /// The pipeline; nil: any.
    package let pipeline: String?
    /// The kind of fault.
    package let kind: Kind
    /// On which calls.
    package let timing: Timing

    /// Creates a fault.
    package init(
        operation: Operation? = nil,
        pipeline: String? = nil,
        kind: Kind,
        timing: Timing = .always
    ) {
        self.operation = operation
        self.pipeline = pipeline
        self.kind = kind
        self.timing = timing
    }
}

/// Decides call by call which faults apply; a value, driven by a seed.
package struct FaultPlan: Sendable {
    /// The faults of one call.
    package struct Verdict: Hashable, Sendable {
        /// The delay of the answer.
        package var latency: Duration = .zero
        /// The kind of fault; nil: none.
        package var kind: Fault.Kind?
    }

    private let faults: [Fault]
    private var counts: [Int]
    private var chance: SplitMix64

    /// Creates a plan before any call.
    package init(faults: [Fault], seed: UInt64) {
        self.faults = faults
        counts = Array(repeating: 0, count: faults.count)
        chance = SplitMix64(seed: seed ^ 0xFA17)
    }

    /// The verdict on the next call: delays add up, of the other faults the first one applies.
    package mutating func next(operation: Operation, pipeline: String?) -> Verdict {
        var verdict = Verdict()
        for (index, fault) in faults.enumerated() {
            guard fault.operation == nil || fault.operation == operation,
                fault.pipeline == nil || fault.pipeline == pipeline
            else { continue }
            counts[index] += 1
            guard strikes(fault.timing, call: counts[index]) else { continue }
            if case .latency(let duration) = fault.kind {
                verdict.latency += duration
            } else if verdict.kind == nil {
                verdict.kind = fault.kind
            }
        }
        return verdict
    }

    private mutating func strikes(_ timing: Fault.Timing, call: Int) -> Bool {
        switch timing {
        case .always: true
        case .calls(let calls): calls.contains(call)
        case .every(let step): call % step == 0
        case .rate(let rate): chance.uniform() < rate
        }
    }
}
