package import NIOCore
import Synchronization

/// Looks up host names for everything in the process, so that no name waits for another.
///
/// A lookup cannot be interrupted and may take as long as a name server is silent. So each has its
/// own thread; there is one at a time for a name, whose answer is shared; and when the threads are
/// used up by names that were never answered, names that were answered before still get one.
///
/// An answer is fresh for 10 s. Then it is queried again, and stays usable for up to 10 min while
/// the name server is silent or failing; "no such name" ends it at once.
package final class NameLookup: Sendable {
    /// The blocking question, by the system's resolver or a double of it.
    package typealias Ask = @Sendable (String) -> Result<[IPAddress], NameLookupError>
    /// The receiver of an answer; called once, on any thread.
    package typealias Taker = @Sendable (Result<[IPAddress], NameLookupError>) -> Void

    /// How many and how long.
    package struct Limits: Hashable, Sendable {
        /// How many lookups run concurrently; default 16.
        package var threads = 16
        /// How many of them may be for names whose last lookup had no answer; default 12.
        package var unproven = 12
        /// How long an answer is fresh; default 10 s.
        package var fresh = TimeAmount.seconds(10)
        /// How long an answer is used while no newer one comes; default 10 min.
        package var stale = TimeAmount.minutes(10)
        /// How long a dial waits for a newer answer while it could use a stale one; default 1 s.
        package var patience = TimeAmount.seconds(1)
        /// How long a failure is everybody's; default 2 s.
        package var failure = TimeAmount.seconds(2)
        /// How many names are remembered; default 256.
        package var names = 256

        /// Creates the default limits.
        package init() {}
    }

    /// The known answer of one name.
    fileprivate struct Name {
        var addresses: (list: [IPAddress], at: NIODeadline)?
        var error: (NameLookupError, at: NIODeadline)?
        var isAsked = false
        var takers: [UInt64: Taker] = [:]
    }

    fileprivate struct State {
        var names: [String: Name] = [:]
        /// Names whose lookup waits for a thread, in order.
        var queue: [String] = []
        /// The running lookups, and whether their names were answered before.
        var running: [String: Bool] = [:]
        var lastTicket: UInt64 = 0
    }

    private let ask: Ask
    /// How many and how long.
    package let limits: Limits
    private let now: @Sendable () -> NIODeadline
    private let state = Mutex(State())

    /// The lookups of this process, by getaddrinfo(3).
    package static let system = NameLookup { host in
        do throws(NameLookupError) {
            return .success(try LiveSystem.addresses(of: host))
        } catch {
            return .failure(error)
        }
    }

    /// Creates lookups without any known name.
    ///
    /// - Parameters:
    ///   - limits: The limits on threads and times.
    ///   - now: The monotonic time.
    ///   - ask: Performs a lookup on its own thread; may block.
    package init(
        limits: Limits = Limits(),
        now: @escaping @Sendable () -> NIODeadline = { .now() },
        ask: @escaping Ask
    ) {
        self.limits = limits
        self.now = now
        self.ask = ask
    }

    /// Requests the addresses of a name.
    ///
    /// - Returns: A ticket for ``forget(_:of:)`` while the answer is outstanding; nil when `taker`
    ///   already has it.
    func ask(_ host: String, _ taker: @escaping Taker) -> UInt64? {
        let now = now()
        let (known, ticket, starts) = state.withLock { state in
            state.ask(host, taker, at: now, limits)
        }
        if let known { taker(known) }
        if starts { start(host) }
        return ticket
    }

    /// Withdraws a caller from a lookup; the lookup itself continues.
    func forget(_ ticket: UInt64, of host: String) {
        state.withLock { _ = $0.names[host]?.takers.removeValue(forKey: ticket) }
    }

    /// Addresses that were valid some minutes ago; nil when there are none.
    func staleAddresses(of host: String) -> [IPAddress]? {
        let now = now()
        return state.withLock { $0.names[host]?.stale(at: now, limits) }
    }

    /// How many lookups run now.
    package var running: Int { state.withLock { $0.running.count } }

    /// The addresses of a name; a caller that is cancelled waits no longer.
    package func addresses(of host: String) async throws(NameLookupError) -> [IPAddress] {
        let caller = LookupCaller()
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                caller.begin(continuation)
                _ = ask(host) { caller.resume($0) }
            }
        } onCancel: {
            caller.resume(
                .failure(NameLookupError(host: host, .noAnswer, "the caller was cancelled"))
            )
        }
        return try answer.get()
    }

    private func start(_ host: String) {
        do throws(NameLookupError) {
            try LookupThread.start(for: host) { [self] in
                var next: String? = host
                while let host = next { next = finish(host, ask(host)) }
            }
        } catch {
            // If this one gets no thread the next gets none either: all of them get the error.
            var next: String? = host
            while let host = next {
                next = finish(host, .failure(NameLookupError(host: host, error.kind, error.detail)))
            }
        }
    }

    /// Hands out an answer; returns the name that the thread looks up next.
    private func finish(_ host: String, _ answer: Result<[IPAddress], NameLookupError>) -> String? {
        let now = now()
        let (takers, report, next) = state.withLock { $0.finish(host, answer, at: now, limits) }
        for taker in takers { taker(report) }
        return next
    }
}

extension NameLookup.Name {
    /// The answer that is possible without a lookup; nil when one is needed.
    fileprivate func known(
        at now: NIODeadline,
        _ limits: NameLookup.Limits
    ) -> Result<[IPAddress], NameLookupError>? {
        if let addresses, now < addresses.at + limits.fresh { return .success(addresses.list) }
        if let error, now < error.at + limits.failure { return report(error.0, at: now, limits) }
        return nil
    }

    /// Addresses that may still serve.
    fileprivate func stale(at now: NIODeadline, _ limits: NameLookup.Limits) -> [IPAddress]? {
        guard let addresses, now < addresses.at + limits.stale else { return nil }
        return addresses.list
    }

    /// The result of a failure for callers: stale addresses while they may be used.
    fileprivate func report(
        _ error: NameLookupError,
        at now: NIODeadline,
        _ limits: NameLookup.Limits
    ) -> Result<[IPAddress], NameLookupError> {
        stale(at: now, limits).map(Result.success) ?? .failure(error)
    }

    /// Takes an answer; returns the result for callers.
    fileprivate mutating func take(
        _ answer: Result<[IPAddress], NameLookupError>,
        at now: NIODeadline,
        _ limits: NameLookup.Limits
    ) -> Result<[IPAddress], NameLookupError> {
        switch answer {
        case .success(let list):
            addresses = (list, now)
            error = nil
            return answer
        case .failure(let error):
            self.error = (error, now)
            if error.kind == .unknownHost { addresses = nil }
            return report(error, at: now, limits)
        }
    }
}

extension NameLookup.State {
    /// Answers at once, or notes the caller; returns whether a thread must be started for the name.
    fileprivate mutating func ask(
        _ host: String,
        _ taker: @escaping NameLookup.Taker,
        at now: NIODeadline,
        _ limits: NameLookup.Limits
    ) -> (known: Result<[IPAddress], NameLookupError>?, ticket: UInt64?, starts: Bool) {
        if let known = names[host]?.known(at: now, limits) { return (known, nil, false) }
        if names[host] == nil, names.count >= limits.names {
            names = names.filter { $0.value.isAsked }
        }
        lastTicket += 1
        var name = names[host] ?? NameLookup.Name()
        name.takers[lastTicket] = taker
        let isAsked = name.isAsked
        name.isAsked = true
        names[host] = name
        guard !isAsked else { return (nil, lastTicket, false) }
        guard hasRoom(for: host, limits) else {
            queue.append(host)
            return (nil, lastTicket, false)
        }
        running[host] = isProven(host)
        return (nil, lastTicket, true)
    }

    /// Takes an answer; returns its callers, the result, and the name that is looked up next.
    fileprivate mutating func finish(
        _ host: String,
        _ answer: Result<[IPAddress], NameLookupError>,
        at now: NIODeadline,
        _ limits: NameLookup.Limits
    ) -> (takers: [NameLookup.Taker], report: Result<[IPAddress], NameLookupError>, next: String?) {
        running[host] = nil
        var name = names[host] ?? NameLookup.Name()
        let report = name.take(answer, at: now, limits)
        let takers = Array(name.takers.values)
        name.takers = [:]
        name.isAsked = false
        names[host] = name
        guard let index = queue.firstIndex(where: { hasRoom(for: $0, limits) }) else {
            return (takers, report, nil)
        }
        let next = queue.remove(at: index)
        running[next] = isProven(next)
        return (takers, report, next)
    }

    private func hasRoom(for host: String, _ limits: NameLookup.Limits) -> Bool {
        guard running.count < limits.threads else { return false }
        return isProven(host) || running.values.count { !$0 } < limits.unproven
    }

    /// Whether the last lookup of the name was answered.
    private func isProven(_ host: String) -> Bool {
        guard let name = names[host] else { return false }
        return name.addresses != nil && name.error == nil
    }
}

/// One task that waits for a lookup; only the first answer counts.
private final class LookupCaller: Sendable {
    typealias Answer = Result<[IPAddress], NameLookupError>

    private enum State {
        case new
        case waiting(CheckedContinuation<Answer, Never>)
        case answered(Answer)
        case over
    }

    private let state = Mutex(State.new)

    func begin(_ continuation: CheckedContinuation<Answer, Never>) {
        let early: Answer? = state.withLock { state in
            guard case .answered(let answer) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .over
            return answer
        }
        if let early { continuation.resume(returning: early) }
    }

    func resume(_ answer: Answer) {
        let waiting: CheckedContinuation<Answer, Never>? = state.withLock { state in
            switch state {
            case .new:
                state = .answered(answer)
                return nil
            case .waiting(let continuation):
                state = .over
                return continuation
            case .answered, .over:
                return nil
            }
        }
        waiting?.resume(returning: answer)
    }
}

/// Why a name has no addresses.
package struct NameLookupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of error.
    package enum Kind: Hashable, Sendable {
        /// There is no such name, or it has no address.
        case unknownHost
        /// There was no answer, or the name server is failing.
        case noAnswer
    }

    /// The name.
    package let host: String
    /// The kind of error.
    package let kind: Kind
    /// The resolver's message.
    package let detail: String

    /// Creates an error.
    package init(host: String, _ kind: Kind, _ detail: String) {
        self.host = host
        self.kind = kind
        self.detail = detail
    }

    package var description: String {
        switch kind {
        case .unknownHost: "there is no host \(host) (\(detail)); correct its name"
        case .noAnswer: "the name \(host) cannot be looked up (\(detail)); look at the name server"
        }
    }
}
