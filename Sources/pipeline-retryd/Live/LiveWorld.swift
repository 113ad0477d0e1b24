import AWSClient
import Primitives
import RetryCore
import RetryDaemon
import Settings
import Synchronization
import Systemd

/// Everything live that more than one command needs, made once.
struct LiveWorld: Sendable {
    let host = LinuxHost()
    let clock = LiveClock()
    let sink: any ReportSink
    let variables: [String: String]
    let environment: AWSEnvironment
    let metadata: InstanceMetadata
    let transports: TransportPool
    private let metadataTransport: ServiceTransport

    init(sink: any ReportSink, variables: [String: String]) throws(TransportSettingsError) {
        self.sink = sink
        self.variables = variables
        metadataTransport = try ServiceTransport(.metadata)
        // Every target reads the same files: an error of one is reported once.
        let reported = Mutex<Set<String>>([])
        environment = .live(metadataTransport: metadataTransport) { level, text in
            switch level {
            case .trace, .debug: break
            case .info: sink.note(.info, text)
            case .warning:
                let isNew = reported.withLock { reported in
                    if reported.count >= 1000 { reported = [] }
                    return reported.insert(text).inserted
                }
                if isNew { sink.note(.warning, text) }
            }
        }
        metadata = InstanceMetadata(environment: environment)
        transports = TransportPool(environment: variables)
    }

    func loader(path: String) -> LiveLoader {
        let clock = clock
        let planner = ConnectionPlanner(
            environment: environment,
            metadata: metadata,
            transports: transports
        )
        return LiveLoader(path: path, planner: planner) { clock.wall }
    }

    var connector: LiveConnector {
        LiveConnector(
            environment: environment,
            metadata: metadata,
            transports: transports,
            sink: sink,
            userAgent: "pipeline-retryd/\(ProgramVersion.text)"
        )
    }

    /// The same number on every start of this host: due times must survive a restart.
    var seed: UInt64 {
        var hash = StableHash()
        do throws(FileError) {
            let contents = try environment.readFile("/etc/machine-id")
            hash.add(String(decoding: contents.bytes, as: UTF8.self))
        } catch {
            hash.add(host.hostname)
        }
        return hash.value
    }

    /// Keeps credentials in memory out of core dumps; a failure is reported.
    func forbidDumps() {
        host.forbidDumps(sink)
    }

    /// Checks whether the authority files changed, until it is cancelled, and reports the result.
    func watchTrust() async {
        while !Task.isCancelled {
            do {
                try await environment.sleep(TransportPool.interval)
            } catch {
                return
            }
            for change in transports.renewTrust() {
                sink.note(change.isProblem ? .warning : .info, change.description)
            }
        }
    }

    func shutDown() async {
        await transports.shutDown()
        await metadataTransport.shutDown()
    }
}

/// Notes go to standard error, events nowhere: for commands that are not the daemon.
struct TerminalSink: ReportSink {
    func write(_ report: Report) {}

    func note(_ priority: JournalPriority, _ message: String) {
        guard priority <= .warning else { return }
        Terminal.complain("\(priority.name): \(message)")
    }
}

extension LinuxHost {
    /// Keeps credentials in memory out of core dumps; a failure is reported.
    func forbidDumps(_ sink: any ReportSink) {
        do throws(HostError) {
            try forbidCoreDumps()
        } catch {
            sink.note(.warning, "core dumps cannot be forbidden: \(error)")
        }
    }
}
