import Glibc
import Primitives
import Synchronization
import Systemd
import Testing

/// The errors of a server's clients, and a way to wait for them.
private final class Errors: Sendable {
    private let received = Mutex<[ControlServerError]>([])
    private let notices: EventCounter

    init() throws { notices = try EventCounter() }

    func hear(_ error: ControlServerError) {
        received.withLock { $0.append(error) }
        notices.raise()
    }

    /// The errors, as soon as there are this many.
    func wait(for count: Int) async throws -> [ControlServerError] {
        try await HostThread.run(named: "test") { [self] in
            while received.withLock({ $0.count }) < count, notices.wait(atMost: .seconds(30)) {}
            return received.withLock { $0 }
        }
    }
}

@Suite struct ControlServerTests {
    private let folder: TemporaryFolder
    private let path: String
    private let errors: Errors

    init() throws {
        folder = try #require(TemporaryFolder())
        path = "\(folder.path)/control.sock"
        errors = try Errors()
    }

    @Test func `a request is answered, and the client is known`() async throws {
        try await serving { request in
            let me = PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid())
            return request.peer == me ? Array(request.bytes.reversed()) : []
        } body: {
            try await expect([3, 2, 1], for: [1, 2, 3])
            try await expect([], for: [])
        }
    }

    @Test func `the largest request and a large answer pass`() async throws {
        let request = [UInt8](repeating: 1, count: 64 * 1024)
        let answer = [UInt8](repeating: 2, count: 3_000_000)
        try await serving {
            $0.bytes == request ? answer : []
        } body: {
            try await expect(answer, for: request)
            await #expect(throws: ControlSocketError.tooLarge(bytes: 65_537, limit: 65_536)) {
                try await ask(request + [1])
            }
        }
    }

    @Test func `a hundred concurrent requests are all answered`() async throws {
        try await serving {
            $0.bytes
        } body: {
            try await withThrowingTaskGroup { group in
                for number in 0..<100 as Range<UInt8> {
                    group.addTask { try await ask([number]) == [number] }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `malformed, truncated and huge requests are dropped, and the next is answered`()
        async throws
    {
        try await serving {
            $0.bytes
        } body: {
            for bytes in ["GET / HTTP/1.1\r\n\r\n", "\u{01}", "\0\0\0\u{09}abc"] {
                let client = try StreamSocket.connect(to: path)
                #expect(client.write(Array(bytes.utf8)[...]) == .wrote(bytes.utf8.count))
            }
            let me = PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid())
            let received = try await errors.wait(for: 3)
            #expect(received.contains(.tooLarge(bytes: 0x4745_5420, me)))
            #expect(received.count { $0 == .gone(me) } == 2)
            try await expect([5], for: [5])
        }
    }

    @Test func `silent clients are disconnected and do not keep others out`()
        async throws
    {
        var limits = ControlLimits()
        limits.clients = 2
        limits.patience = .milliseconds(400)
        try await serving(limits) {
            $0.bytes
        } body: {
            let silent = try (0..<4).map { _ in try StreamSocket.connect(to: path) }
            try await expect([5], for: [5])
            let received = try await errors.wait(for: 4)
            #expect(received.count == 4)
            #expect(received.allSatisfy { if case .tooSlow = $0 { true } else { false } })
            #expect(silent.allSatisfy { $0.read() == .ended })
        }
    }

    @Test func `silent clients give up their slots to one that sends a request`() async throws {
        var limits = ControlLimits()
        limits.clients = 2
        limits.patience = .seconds(3600)
        limits.haste = .milliseconds(5)
        try await serving(limits) {
            $0.bytes
        } body: {
            let silent = try (0..<6).map { _ in try StreamSocket.connect(to: path) }
            try await expect([5], for: [5])
            let received = try await errors.wait(for: 5)
            #expect(received.allSatisfy { if case .tooSlow = $0 { true } else { false } })
            // Without another client waiting, the last ones keep their slots.
            #expect(silent[5].read() == .nothingYet)
            #expect(received.count == 5)
        }
    }

    @Test func `a client that does not read its answer is disconnected`() async throws {
        var limits = ControlLimits()
        limits.patience = .milliseconds(400)
        let huge = [UInt8](repeating: 2, count: 3_000_000)
        try await serving(limits) {
            $0.bytes == [1] ? huge : $0.bytes
        } body: {
            let client = try StreamSocket.connect(to: path)
            #expect(client.write(ControlFrame.encoded([1])[...]) == .wrote(5))
            let received = try await errors.wait(for: 1)
            #expect(received.count == 1)
            #expect(received.allSatisfy { if case .tooSlow = $0 { true } else { false } })
            try await expect([5], for: [5])
        }
    }

    @Test func `an answer over the limit is not sent`() async throws {
        var limits = ControlLimits()
        limits.answerBytes = 10
        try await serving(limits) { _ in
            [UInt8](repeating: 2, count: 11)
        } body: {
            await #expect(throws: ControlSocketError.closedEarly(path: path)) { try await ask([1]) }
            let me = PeerCredentials(processID: getpid(), userID: geteuid(), groupID: getegid())
            let received = try await errors.wait(for: 1)
            #expect(received == [.answerTooLarge(bytes: 11, me)])
        }
    }

    @Test func `a daemon that does not answer in time is told from a missing one`()
        async throws
    {
        let server = try ControlServer(path: path)
        await #expect(throws: ControlSocketError.timedOut(path: path, after: .milliseconds(20))) {
            try await ControlClient.ask([1], at: path, within: .milliseconds(20))
        }
        server.close()
        await server.serve { $0.bytes }
        await #expect(throws: ControlSocketError.notRunning(path: path)) { try await ask([1]) }
    }

    @Test func `a second server on a live socket is refused, the first continues`() async throws {
        try await serving {
            $0.bytes
        } body: {
            #expect(throws: ControlSocketError.inUse(path: path)) { try ControlServer(path: path) }
            try await expect([5], for: [5])
        }
        let received = try await errors.wait(for: 0)
        #expect(received.isEmpty)
    }

    @Test func `the socket of a daemon that died is replaced`() async throws {
        do {
            _ = try StreamSocket.listen(at: path, mode: 0o600, backlog: 1)
        }
        #expect(try SocketFile.at(path) != nil)
        await #expect(throws: ControlSocketError.notRunning(path: path)) { try await ask([1]) }
        try await serving {
            $0.bytes
        } body: {
            try await expect([5], for: [5])
        }
    }

    @Test func `a file that is not a socket is not touched`() throws {
        let descriptor = unsafe open(path, O_CREAT | O_WRONLY, 0o600)
        close(descriptor)
        #expect(throws: ControlSocketError.notASocket(path: path)) {
            try ControlServer(path: path)
        }
        #expect(try SocketFile.at(path)?.isSocket == false)
    }

    @Test func `the socket has mode 0660 and is removed with the server`() async throws {
        try await serving {
            $0.bytes
        } body: {
            var status = stat()
            let answer = unsafe lstat(path, &status)
            #expect(answer == 0)
            #expect(status.st_mode & 0o7777 == 0o660)
            let hidden = try SocketFile.at(path + "~")
            #expect(hidden == nil)
        }
        #expect(try SocketFile.at(path) == nil)
    }

    @Test(arguments: [
        "/nonexistent/folder/control.sock": Int32(2),
        "/tmp/" + String(repeating: "x", count: 110): 36,
        "": 22,
    ])
    func `a path that cannot be used is reported`(path: String, code: Int32) {
        let error = HostError(call: "listening at \(path)", code: code)
        #expect(throws: ControlSocketError.failed(error)) { try ControlServer(path: path) }
    }

    private func expect(
        _ answer: [UInt8],
        for request: [UInt8],
        at location: SourceLocation = #_sourceLocation
    ) async throws {
        let received = try await ask(request)
        #expect(received == answer, sourceLocation: location)
    }

    private func ask(_ request: [UInt8]) async throws(ControlSocketError) -> [UInt8] {
        try await ControlClient.ask(request, at: path, within: .seconds(30))
    }

    /// Runs a server while the body runs, and waits for its end.
    private func serving(
        _ limits: ControlLimits = ControlLimits(),
        _ handler: @escaping @Sendable (ControlRequest) async -> [UInt8],
        body: () async throws -> Void
    ) async throws {
        let server = try ControlServer(path: path, limits: limits) { [errors] in errors.hear($0) }
        async let service: Void = server.serve(handler)
        do {
            try await body()
        } catch {
            server.close()
            throw error
        }
        server.close()
        await service
    }
}

@Suite struct ControlSocketErrorTests {
    @Test(
        arguments: [
            2: ControlSocketError.notRunning(path: "/c"), 111: .notRunning(path: "/c"),
            13: .notPermitted(path: "/c"), 11: .busy(path: "/c"), 104: .closedEarly(path: "/c"),
            5: .failed(HostError(call: "asking at /c", code: 5)),
        ] as [Int32: ControlSocketError]
    )
    func `an errno value becomes a reason that a person can act on`(
        code: Int32,
        expected: ControlSocketError
    ) {
        let error = ControlSocketError(HostError(call: "asking at /c", code: code), path: "/c")
        #expect(error == expected)
        #expect(error.description.contains("/c"))
    }
}
