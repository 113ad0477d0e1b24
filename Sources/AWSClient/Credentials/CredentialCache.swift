import Primitives
import Synchronization

/// Credentials for every request of a client: cached, refreshed in time, shared by all callers.
///
/// The shell of ``CredentialMachine``. ``run()`` must be a child task of the owner: only it queries
/// the sources, so a cancelled caller does not affect the others. Until it runs, callers wait;
/// after it ended, they get an error.
package final class CredentialCache: CredentialsProvider {
    private struct State {
        var machine: CredentialMachine
        /// Callers that wait for the next `release`, by number.
        var callers: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextCaller: UInt64 = 0
        /// The loop, while it sleeps.
        var sleeper: CheckedContinuation<Void, Never>?
        /// Whether the loop must check its deadline before it sleeps again.
        var isWoken = false

        /// Removes the waiters that these effects concern.
        mutating func resume(
            for effects: [CredentialEffect]
        ) -> [CheckedContinuation<Void, Never>] {
            var resumed: [CheckedContinuation<Void, Never>] = []
            if effects.contains(.release) {
                resumed += callers.values
                callers = [:]
            }
            if effects.contains(.wake) {
                isWoken = true
                if let sleeper { resumed.append(sleeper) }
                sleeper = nil
            }
            return resumed
        }
    }

    /// The source of credentials; called by ``run()`` only.
    package typealias Fetch = @Sendable () async throws(CredentialsError) -> ResolvedCredentials

    private let environment: AWSEnvironment
    private let fetch: Fetch
    private let report: @Sendable (CredentialReport) -> Void
    private let state: Mutex<State>

    /// Creates a cache; nothing is fetched before ``run()``.
    ///
    /// - Parameters:
    ///   - environment: Clocks, sleep, randomness, file stamps.
    ///   - report: Takes the events to report: degraded, recovered, stale credentials.
    ///   - fetch: The source of credentials; it must end soon after it is cancelled.
    package init(
        environment: AWSEnvironment,
        report: @escaping @Sendable (CredentialReport) -> Void,
        fetch: @escaping Fetch
    ) {
        self.environment = environment
        self.report = report
        self.fetch = fetch
        state = Mutex(State(machine: CredentialMachine(at: environment.instant())))
    }

    /// Creates a cache of a chain's credentials.
    package convenience init(
        environment: AWSEnvironment,
        chain: CredentialChain,
        report: @escaping @Sendable (CredentialReport) -> Void
    ) {
        self.init(environment: environment, report: report) { () throws(CredentialsError) in
            try await chain.resolve()
        }
    }

    /// How many callers wait for a fetch.
    package var waitingCallers: Int { state.withLock { $0.callers.count } }

    /// Credentials that are valid now, from memory where possible.
    ///
    /// - Throws: ``CredentialsError`` when there are none or the caller is cancelled while waiting.
    package func credentials() async throws(CredentialsError) -> Credentials {
        while true {
            if let known = try credentialsAtHand() { return known }
            await waitForRelease()
            guard !Task.isCancelled else {
                throw CredentialsError(
                    source: "the credential cache",
                    reason: "the caller was cancelled"
                )
            }
        }
    }

    /// Credentials from memory; nil when the caller would have to wait.
    ///
    /// - Throws: ``CredentialsError`` when the cache knows that there are none.
    func credentialsAtHand() throws(CredentialsError) -> Credentials? {
        for effect in handle(.asked) {
            switch effect {
            case .serve(let credentials): return credentials
            case .refuse(let error): throw error
            case .wait, .fetch, .check, .release, .wake, .report: continue
            }
        }
        return nil
    }

    /// Waits by the cache's clock, or until the task is cancelled.
    func pause(_ duration: Duration) async {
        do {
            try await environment.sleep(duration)
        } catch {
            // Nothing waits any more.
        }
    }

    /// Reports that AWS refused these credentials, so that the next call gets the source's current
    /// ones.
    package func reject(_ credentials: Credentials) async {
        _ = handle(.rejected(credentials))
    }

    /// Refreshes the credentials until the task is cancelled; then all callers get an error.
    package func run() async {
        while !Task.isCancelled {
            let effects = handle(.deadline(chance: environment.random()))
            for case .fetch(let number, let until) in effects {
                await perform(fetch: number, until: until)
            }
            for case .check(let files) in effects {
                let changed = files.contains { path, stamp in environment.stat(path) != stamp }
                _ = handle(.checked(changed: changed))
            }
            if effects.isEmpty { await sleepToDeadline() }
        }
        _ = handle(.stopped)
    }

    /// Runs one transition and those of its effects that concern neither the caller nor the loop.
    private func handle(_ event: CredentialEvent) -> [CredentialEffect] {
        let now = Moment(instant: environment.instant(), wall: environment.wallTime())
        let (effects, resumed) = state.withLock { state in
            let effects = state.machine.handle(event, at: now)
            return (effects, state.resume(for: effects))
        }
        for continuation in resumed { continuation.resume() }
        for case .report(let entry) in effects { report(entry) }
        return effects
    }

    /// Queries the sources, but no longer than the machine allows.
    private func perform(fetch number: Int, until: Instant) async {
        let limit = until - environment.instant()
        let answer = await withTaskGroup(
            of: Result<ResolvedCredentials, CredentialsError>?.self
        ) { group in
            group.addTask { [fetch] in
                do throws(CredentialsError) {
                    return .success(try await fetch())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask { [sleep = environment.sleep] in
                do {
                    try await sleep(limit)
                } catch {
                    // The fetch was quicker, or the loop ends.
                }
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard !Task.isCancelled else { return }
        switch answer {
        case .success(let keys)?: _ = handle(.fetched(number, keys, chance: environment.random()))
        case .failure(let error)?: _ = handle(.failed(number, error, chance: environment.random()))
        case nil: _ = handle(.deadline(chance: environment.random()))
        }
    }
}

extension CredentialCache {
    /// Waits until the machine releases its callers; returns at once when it would serve or refuse
    /// now.
    private func waitForRelease() async {
        let number = state.withLock { state in
            state.nextCaller += 1
            return state.nextCaller
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = Moment(instant: environment.instant(), wall: environment.wallTime())
                let resumed: [CheckedContinuation<Void, Never>] = state.withLock { state in
                    guard !Task.isCancelled else { return [continuation] }
                    let effects = state.machine.handle(.asked, at: now)
                    guard effects.contains(.wait) else { return [continuation] }
                    state.callers[number] = continuation
                    return state.resume(for: effects)
                }
                for continuation in resumed { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.callers.removeValue(forKey: number) }?.resume()
        }
    }

    /// Sleeps until the machine's deadline, a `wake` or cancellation.
    private func sleepToDeadline() async {
        let deadline = state.withLock { $0.machine.nextDeadline }
        guard let deadline else { return }
        let pause = max(.zero, deadline - environment.instant())
        await withTaskGroup { group in
            group.addTask { [sleep = environment.sleep] in
                do {
                    try await sleep(pause)
                } catch {
                    // Woken or ended: the loop checks the machine in either case.
                }
            }
            group.addTask { await self.waitForWake() }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForWake() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    guard !state.isWoken, !Task.isCancelled else {
                        state.isWoken = false
                        return true
                    }
                    state.sleeper = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                defer { state.sleeper = nil }
                return state.sleeper
            }
            sleeper?.resume()
        }
    }
}
