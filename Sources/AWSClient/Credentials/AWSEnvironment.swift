package import Primitives

/// Everything that the credentials side takes from the outside world.
///
/// Tests replay it; `AWSEnvironment.live` builds the real one. All closures may be called from any
/// task.
package struct AWSEnvironment: Sendable {
    /// The environment variables.
    package var variables: [String: String]
    /// The home directory that `~` stands for; nil when there is none.
    package var homeDirectory: String?
    /// The host's name, for session names.
    package var hostName: String
    /// The effective user, who may own credentials files; nil skips the owner check.
    package var userID: UInt32?
    /// Reads a whole file of at most 1 MiB.
    package var readFile: @Sendable (String) throws(FileTrouble) -> FileContents
    /// Looks at a file without reading it; nil when it cannot be seen.
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
    package var runProcess: @Sendable (ProcessRequest) async throws(ProcessTrouble) -> ProcessOutput
    /// Sends to a metadata or container endpoint: always direct, never through a proxy.
    package var metadataTransport: any HTTPTransport
    /// The addresses of a host name.
    package var resolveHost: @Sendable (String) async throws(HostTrouble) -> [IPAddress]
    /// Takes what is worth saying; no text has a secret in it.
    package var log: @Sendable (CredentialLogLevel, String) -> Void

    /// Makes an environment of its parts.
    package init(
        variables: [String: String],
        homeDirectory: String?,
        hostName: String,
        userID: UInt32?,
        readFile: @escaping @Sendable (String) throws(FileTrouble) -> FileContents,
        stat: @escaping @Sendable (String) -> FileStamp?,
        wallTime: @escaping @Sendable () -> WallTime,
        instant: @escaping @Sendable () -> Instant,
        sleep: @escaping @Sendable (Duration) async throws(CancellationError) -> Void,
        random: @escaping @Sendable () -> Double,
        runProcess:
            @escaping @Sendable (ProcessRequest) async throws(ProcessTrouble) ->
            ProcessOutput,
        metadataTransport: any HTTPTransport,
        resolveHost: @escaping @Sendable (String) async throws(HostTrouble) -> [IPAddress],
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

/// How much a log line of the credentials side matters.
package enum CredentialLogLevel: Hashable, Sendable {
    /// Every step.
    case trace
    /// What was decided.
    case debug
    /// What changed.
    case info
    /// What somebody should look at.
    case warning
}

/// Why a file's bytes are not there.
package enum FileTrouble: Error, Hashable, Sendable {
    /// There is no such file.
    case absent
    /// It is there, or may be, and cannot be read; the text says why.
    case unreadable(String)
}

/// What tells one state of a file from another, and who may write it.
package struct FileStamp: Hashable, Sendable {
    /// Nanoseconds since the epoch of the last change.
    package let modified: Int64
    /// The size in bytes.
    package let size: Int64
    /// The inode number.
    package let inode: UInt64
    /// The permission bits.
    package let mode: UInt32
    /// The owner's user id.
    package let owner: UInt32

    /// Makes a stamp of its parts.
    package init(modified: Int64, size: Int64, inode: UInt64, mode: UInt32, owner: UInt32) {
        self.modified = modified
        self.size = size
        self.inode = inode
        self.mode = mode
        self.owner = owner
    }
}

/// A file's bytes and the stamp of the very file that was opened.
package struct FileContents: Sendable {
    /// The bytes.
    package let bytes: [UInt8]
    /// The stamp, taken after opening.
    package let stamp: FileStamp

    /// Makes contents of their parts.
    package init(bytes: [UInt8], stamp: FileStamp) {
        self.bytes = bytes
        self.stamp = stamp
    }
}

/// Why a host name has no addresses.
package struct HostTrouble: Error, Hashable, Sendable {
    /// What the resolver said.
    package let detail: String

    /// Makes an error of what the resolver said.
    package init(detail: String) {
        self.detail = detail
    }
}

/// One run of a credential process.
package struct ProcessRequest: Sendable {
    /// The command line, with or without signs for a shell; it may hold secrets.
    package let command: Secret
    /// The environment of the child.
    package let variables: [String: String]
    /// The time after which it is killed.
    package let timeout: Duration
    /// The most bytes of output that are taken; one more kills it.
    package let outputBytes: Int

    /// Makes a request of its parts.
    package init(
        command: Secret,
        variables: [String: String],
        timeout: Duration,
        outputBytes: Int
    ) {
        self.command = command
        self.variables = variables
        self.timeout = timeout
        self.outputBytes = outputBytes
    }
}

/// What a process left behind.
///
/// Both outputs may hold secrets: no rendering shows them.
package struct ProcessOutput: Sendable, CustomStringConvertible, CustomReflectable {
    /// The exit status; 128 plus the signal number when a signal ended it.
    package let status: Int32
    /// The standard output.
    package let output: [UInt8]
    /// The first 4 KiB of the standard error.
    package let errors: [UInt8]

    /// Makes an output of its parts.
    package init(status: Int32, output: [UInt8], errors: [UInt8]) {
        self.status = status
        self.output = output
        self.errors = errors
    }

    package var description: String { "exit status \(status)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why a process gave no output.
package enum ProcessTrouble: Error, Hashable, Sendable {
    /// It could not be started.
    case notStarted(String)
    /// It ran too long and was killed.
    case timedOut
    /// It wrote too much and was killed.
    case tooMuchOutput
    /// The caller was cancelled and the process killed.
    case cancelled
}

extension AWSEnvironment {
    /// Refuses a secret file that others could have written, and warns of one that others can read.
    ///
    /// Files below `$CREDENTIALS_DIRECTORY` and `/var/run/secrets` are made by systemd and the
    /// kubelet with wider read permissions and cause no warning.
    func judge(
        _ stamp: FileStamp,
        of path: String,
        holdsSecrets: Bool = true
    ) throws(CredentialsError) {
        // By which people say none; everybody may write there, and nothing of it is read.
        guard path != "/dev/null" else { return }
        if stamp.mode & 0o022 != 0 {
            throw CredentialsError(
                source: path,
                reason: "the file is writable by group or others; run chmod go-w on it"
            )
        }
        if let userID, stamp.owner != 0, stamp.owner != userID {
            throw CredentialsError(
                source: path,
                reason: "the file belongs to user \(stamp.owner); expected \(userID) or root"
            )
        }
        guard holdsSecrets else { return }
        let managed = [variable("CREDENTIALS_DIRECTORY"), "/var/run/secrets", "/run/secrets"]
        guard !managed.compactMap({ $0 }).contains(where: { path.hasPrefix($0 + "/") }) else {
            return
        }
        // Who does not own the file reads it by its group, and would lose it with that access.
        let isOurs = userID.map { $0 != 0 && stamp.owner == $0 } ?? true
        let group = isOurs && stamp.mode & 0o040 != 0
        let others = stamp.mode & 0o004 != 0
        guard group || others else { return }
        log(
            .warning,
            "\(path) is readable by \(others ? "every user of this machine" : "its group"); run "
                + "chmod \(group ? "g" : "")\(others ? "o" : "")-r on it"
        )
    }
}

extension String {
    /// The text without white space and line ends around it.
    var trimmingWhiteSpace: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
