package import AWSClient
package import Primitives
import Synchronization

/// An environment for one case: its variables and files, a frozen clock, sleeps that take no time.
package final class ReplayWorld: Sendable {
    /// Where the case's files are.
    package enum Files: Hashable, Sendable {
        /// A folder that is used as `/`.
        case folder(String)
        /// Contents by path.
        case contents([String: String])
    }

    /// The transport of the case, for STS as well as for metadata.
    package let transport: ReplayTransport
    private let variables: [String: String]
    private let files: Files
    private let lines = Mutex<[String]>([])
    private let clock = Mutex<Duration>(.zero)

    /// The time of day in every case: before all expirations of the published cases.
    package static let start = WallTime(milliseconds: 978_307_200_000)

    /// Creates an environment.
    package init(variables: [String: String], files: Files, exchanges: [ReplayExchange] = []) {
        self.variables = variables
        self.files = files
        transport = ReplayTransport(exchanges)
    }

    /// The log lines of every level.
    package var log: [String] { lines.withLock { $0 } }

    /// The time that all sleeps would have taken.
    package var slept: Duration { clock.withLock { $0 } }

    /// The world as the credentials side sees it; processes are run for real.
    package var environment: AWSEnvironment {
        AWSEnvironment(
            variables: variables,
            homeDirectory: variables["HOME"],
            hostName: "replay",
            userID: nil,
            readFile: { path throws(FileError) in try self.read(path) },
            stat: { path in
                do throws(FileError) {
                    return try self.read(path).stamp
                } catch {
                    return nil
                }
            },
            wallTime: { ReplayWorld.start + self.slept },
            instant: { Instant(sinceOrigin: self.slept) },
            sleep: { pause throws(CancellationError) in
                guard !Task.isCancelled else { throw CancellationError() }
                self.clock.withLock { $0 += pause }
            },
            random: { 0.5 },
            runProcess: { request async throws(ProcessError) in
                try await LiveProcess.run(self.withPath(request))
            },
            metadataTransport: transport,
            resolveHost: { host throws(AWSEnvironmentError) in
                guard host == "localhost", let address = IPAddress("127.0.0.1") else {
                    throw AWSEnvironmentError(detail: "the case knows no such host")
                }
                return [address]
            },
            log: { level, text in self.lines.withLock { $0.append("\(level): \(text)") } }
        )
    }

    /// Cases set few variables; a shell still needs to find its commands.
    private func withPath(_ request: ProcessRequest) -> ProcessRequest {
        let path = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        return ProcessRequest(
            command: request.command,
            variables: request.variables.merging(path) { own, _ in own },
            timeout: request.timeout,
            outputBytes: request.outputBytes
        )
    }

    private func read(_ path: String) throws(FileError) -> FileContents {
        let bytes: [UInt8]
        switch files {
        case .folder(let root):
            bytes = try LiveSystem.readFile(root + (path.hasPrefix("/") ? "" : "/") + path).bytes
        case .contents(let contents):
            guard let text = contents[path] else { throw .absent }
            bytes = Array(text.utf8)
        }
        let stamp = FileStamp(
            modified: 0,
            size: Int64(bytes.count),
            inode: 1,
            mode: 0o600,
            owner: 0
        )
        return FileContents(bytes: bytes, stamp: stamp)
    }
}
