import Glibc
package import Primitives
import Synchronization

extension AWSEnvironment {
    /// The live environment: this process's variables, files, clocks, resolver and child processes.
    ///
    /// - Parameters:
    ///   - metadataTransport: A transport without any proxy, for link-local endpoints.
    ///   - wallTime: The skew-corrected time of day; nil for the system clock.
    ///   - log: Takes log lines.
    /// - Returns: An environment on the clocks of this process.
    package static func live(
        metadataTransport: any HTTPTransport,
        wallTime: (@Sendable () -> WallTime)? = nil,
        log: @escaping @Sendable (CredentialLogLevel, String) -> Void
    ) -> AWSEnvironment {
        let variables = LiveSystem.variables()
        // Back-off and the ids of calls need randomness, not secrecy, and a poll draws three times.
        let rng = Mutex(SplitMix64(seed: .random(in: .min ... .max)))
        return AWSEnvironment(
            variables: variables,
            homeDirectory: variables["HOME"].flatMap { $0.isEmpty ? nil : $0 }
                ?? LiveSystem.homeDirectory(),
            hostName: LiveSystem.hostName(),
            userID: geteuid(),
            readFile: { path throws(FileError) in try LiveSystem.readFile(path) },
            stat: { LiveSystem.stamp(ofPath: $0) },
            wallTime: wallTime ?? { LiveSystem.wallTime() },
            instant: { LiveSystem.instant() },
            sleep: { pause throws(CancellationError) in
                do {
                    try await Task.sleep(for: pause)
                } catch {
                    throw CancellationError()
                }
            },
            random: { rng.withLock { $0.uniform() } },
            runProcess: { request async throws(ProcessError) in
                try await LiveProcess.run(request)
            },
            metadataTransport: metadataTransport,
            resolveHost: { host async throws(AWSEnvironmentError) in
                do throws(NameLookupError) {
                    return try await NameLookup.system.addresses(of: host)
                } catch {
                    throw AWSEnvironmentError(detail: error.detail)
                }
            },
            log: log
        )
    }
}
