package import Primitives

/// Everything that the credentials side takes from the outside world.
///
/// Tests replay it; `AWSEnvironment.live` builds the real one. All closures may be called from any
/// task.
package struct AWSEnvironment: Sendable {
    /// The environment variables.
    package var variables: [String: String]
    /// The home directory for `~`; nil when there is none.
    package var homeDirectory: String?
    /// The host's name, for session names.
    package var hostName: String
    /// The effective user, who may own credentials files; nil skips the owner check.
    package var userID: UInt32?
    /// Reads a whole file of at most 1 MiB.
    package var readFile: @Sendable (String) throws(FileError) -> FileContents
    /// Examines a file without reading it; nil when it is not accessible.
    package var stat: @Sendable (String) -> FileStamp?
    /// The time of day, corrected by the clock skew to AWS where that is known.
    package var wallTime: @Sendable () -> WallTime
    /// The monotonic time.
    package var instant: @Sendable () -> Instant
    /// Waits; throws only when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws(CancellationError) -> Void
    /// A random number from 0 up to, not including, 1; for jitter.
    package var random: @Sendable () -> Double
    /// Runs a credential process.
    package var runProcess: @Sendable (ProcessRequest) async throws(ProcessError) -> ProcessOutput
    /// Sends to a metadata or container endpoint: always direct, never through a proxy.
    package var metadataTransport: any HTTPTransport
    /// The addresses of a host name.
    package var resolveHost: @Sendable (String) async throws(AWSEnvironmentError) -> [IPAddress]
    /// Takes log lines; no text contains a secret.
    package var log: @Sendable (CredentialLogLevel, String) -> Void

    /// Creates an environment.
    package init(
        variables: [String: String],
        homeDirectory: String?,
        hostName: String,
        userID: UInt32?,
        readFile: @escaping @Sendable (String) throws(FileError) -> FileContents,
        stat: @escaping @Sendable (String) -> FileStamp?,
        wallTime: @escaping @Sendable () -> WallTime,
        instant: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void,
        random: @escaping @Sendable () -> Double,
        runProcess:
            @escaping @Sendable (ProcessRequest) async throws(ProcessError) ->
            ProcessOutput,
        metadataTransport: any HTTPTransport,
        resolveHost: @escaping @Sendable (String) async throws(AWSEnvironmentError) -> [IPAddress],
        log: @escaping @Sendable (CredentialLogLevel, String) -> Void
    ) {
        self.variables = variables
        self.homeDirectory = homeDirectory
        self.hostName = hostName
        self.userID = userID
        self.readFile = readFile
        self.stat = stat
        self.wallTime = wallTime
        self.instant = instant
        self.sleep = sleep
        self.random = random
        self.runProcess = runProcess
        self.metadataTransport = metadataTransport
        self.resolveHost = resolveHost
        self.log = log
    }

    /// A variable without white space around it; nil when it is absent or blank.
    package func variable(_ name: String) -> String? {
        guard let value = variables[name] else { return nil }
        let text = value.trimmingWhiteSpace
        return text.isEmpty ? nil : text
    }
}
