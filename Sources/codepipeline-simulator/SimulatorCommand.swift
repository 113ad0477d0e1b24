import ArgumentParser
import CodePipelineSimulator
import FoundationEssentials
import UnixSignals

/// Simulates AWS CodePipeline on 127.0.0.1 according to a scenario.
@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codepipeline-simulator",
        abstract: "Plays AWS CodePipeline on 127.0.0.1, as a scenario says.",
        discussion: """
            Point a client at the printed address with endpoint_url or AWS_ENDPOINT_URL and one \
            of the scenario's keys. The format of scenarios is described at the top of \
            config/scenarios/lifecycle.yaml. Exit status: 0 after SIGTERM or SIGINT, 64 usage, \
            66 unreadable file, 69 port or certificate not usable, 78 bad scenario.
            """
    )

    @Option(help: "The scenario file.")
    var scenario: String

    @Option(help: "The port to listen on; 0 takes any free one.")
    var port: Int = 0

    @Option(help: "How many times faster the scenario's durations pass.")
    var speed: Double = 1

    @Flag(help: "Only check the scenario.")
    var check = false

    @Flag(help: "Do not log calls.")
    var quiet = false

    @Option(help: "Where calls are logged: a file, or - for standard output.")
    var log: String?

    @Option(help: "A PEM file with a certificate chain: serve https.")
    var cert: String?

    @Option(help: "The PEM file of the certificate's key.")
    var key: String?

    func validate() throws {
        guard speed.isFinite, speed > 0 else {
            throw ValidationError("--speed must be greater than 0.")
        }
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port must be from 0 to 65535.")
        }
        guard (cert == nil) == (key == nil) else {
            throw ValidationError("--cert and --key go together.")
        }
    }

    func run() async throws {
        let scenario = try readScenario()
        if check {
            LineOutput.standardOutput.write(
                "\(self.scenario): ok, pipelines: \(scenario.pipelines.count), "
                    + "faults: \(scenario.faults.count)"
            )
            return
        }
        let calls = try callLog()
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let service = SimulatedService(scenario, speed: speed, clock: LiveClock.now)
        let server = try await start(service, calls)
        let scheme = cert == nil ? "http" : "https"
        LineOutput.standardOutput.write("listening on \(scheme)://127.0.0.1:\(server.port)")
        for await _ in signals {
            break
        }
        try await server.shutdown()
        let totals = service.totals
        LineOutput.standardOutput.write(
            "served \(totals.calls) calls, \(totals.retryCalls) of them RetryStageExecution; "
                + "\(totals.effectiveRetries) retries took effect; "
                + "\(totals.faults) faults played"
        )
    }

    private func readScenario() throws -> Scenario {
        let text: String
        do {
            text = try String(contentsOfFile: scenario, encoding: .utf8)
        } catch {
            throw failure(66, "\(scenario): the file cannot be read: \(error)")
        }
        do throws(ScenarioError) {
            return try ScenarioReader.read(text, file: scenario)
        } catch {
            throw failure(78, error.description)
        }
    }

    private func callLog() throws -> LineOutput? {
        if quiet {
            return nil
        }
        guard let log else { return .standardError }
        if log == "-" {
            return .standardOutput
        }
        guard let file = LineOutput(appendingTo: log) else {
            throw failure(66, "\(log): the file cannot be opened for writing")
        }
        return file
    }

    private func start(
        _ service: SimulatedService,
        _ calls: LineOutput?
    ) async throws -> SimulatorServer {
        var tls: SimulatorServer.TLSFiles?
        if let cert, let key {
            tls = SimulatorServer.TLSFiles(certificate: cert, key: key)
        }
        do {
            return try await SimulatorServer.start(service, port: port, tls: tls) { line in
                calls?.write(line)
            }
        } catch {
            throw failure(69, "cannot listen on 127.0.0.1:\(port): \(error)")
        }
    }

    private func failure(_ status: Int32, _ what: String) -> ExitCode {
        LineOutput.standardError.write("codepipeline-simulator: \(what)")
        return ExitCode(status)
    }
}
