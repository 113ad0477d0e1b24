import ArgumentParser
import Primitives
import RetryCore
import RetryDaemon
import Systemd

extension ControlAnswer {
    /// Prints what was done, and on standard error what was not.
    func printLines() {
        for line in lines {
            if outcome == .done {
                Terminal.write(line.asOneLine + "\n")
            } else {
                Terminal.complain(line)
            }
        }
    }
}

/// One question to the running daemon.
struct ControlSession {
    private let sockets: [String]

    init(_ daemon: DaemonOption) {
        sockets = RuntimePaths(environment: LiveHostVariables.read())
            .sockets(given: daemon.stateDirectory)
    }

    /// Sends the request, prints the answer, and exits with its status.
    ///
    /// If nothing listens the next socket is tried; any other error is final.
    func run(_ question: ControlQuestion, _ show: (ControlAnswer) -> Void) async throws {
        let answer = try await answer(to: question)
        show(answer)
        try ExitStatus(answer.outcome).exit()
    }

    /// Sends the request; without an answer it says why and exits.
    func answer(to question: ControlQuestion) async throws -> ControlAnswer {
        switch await ask(question) {
        case .success(let (socket, bytes)):
            guard let answer = ControlAnswer(bytes: bytes) else {
                Terminal.complain("\(socket): the answer cannot be read; is the daemon newer?")
                throw ExitCode(ExitStatus.unavailable.rawValue)
            }
            return answer
        case .failure(let problem):
            Terminal.complain("pipeline-retryd: \(problem)")
            throw ExitCode(ExitStatus(problem).rawValue)
        }
    }

    /// The daemon's status, for a command that can work without it.
    func status() async -> Result<StatusDocument, ControlSocketError> {
        switch await ask(.status) {
        case .success(let (socket, bytes)):
            guard let status = ControlAnswer(bytes: bytes)?.status else {
                return .failure(.closedEarly(path: socket))
            }
            return .success(status)
        case .failure(let problem): return .failure(problem)
        }
    }

    private func ask(
        _ question: ControlQuestion
    ) async -> Result<(socket: String, bytes: [UInt8]), ControlSocketError> {
        for socket in sockets {
            switch await ask(question, at: socket) {
            case .success(let bytes): return .success((socket, bytes))
            case .failure(.notRunning): continue
            case .failure(let error): return .failure(error)
            }
        }
        return .failure(.notRunning(path: sockets.first ?? "control.sock"))
    }

    private func ask(
        _ question: ControlQuestion,
        at socket: String
    ) async -> Result<[UInt8], ControlSocketError> {
        do throws(ControlSocketError) {
            return .success(
                try await ControlClient.ask(question.bytes, at: socket, within: .seconds(60))
            )
        } catch {
            return .failure(error)
        }
    }
}
