import CodePipelineSimulator
import NIOCore
import NIOPosix
import Synchronization
import Testing

@Suite struct `The HTTP face` {
    static let state = Signer().request("GetPipelineState", #"{"name":"web"}"#)

    static func service(_ faults: String = "[]", clock: TestClock = TestClock()) throws
        -> SimulatedService
    {
        let scenario = try ScenarioReader.read(
            """
            credentials:
              - access_key_id: AKIDEXAMPLE
                secret_access_key: wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
            pipelines:
              - name: web
                starts: [0s]
                stages:
                  - { name: Source, actions: [{ name: Fetch, category: Source }] }
                  - { name: Deploy, actions: [{ name: Ship, attempts: [fail] }] }
            faults: \(faults)
            """,
            file: "s.yaml"
        )
        return SimulatedService(scenario, clock: { clock.now })
    }

    static func text(_ answer: SimulatorAnswer) -> String {
        String(decoding: answer.response.body, as: UTF8.self)
    }

    @Test func `an answer has the shape of awsJson1_1`() throws {
        let answer = try Self.service().answer(Self.state)
        #expect(answer.response.status == 200)
        let headers = Dictionary(
            answer.response.headers.map { ($0.name, $0.value) },
            uniquingKeysWith: { $1 }
        )
        #expect(headers["Content-Type"] == "application/x-amz-json-1.1")
        #expect(headers["Date"] == "Mon, 23 Nov 2026 01:02:03 GMT")
        #expect(headers["x-amzn-RequestId"]?.utf8.count == 36)
        #expect(Self.text(answer).hasPrefix(#"{"created":1795395723.0,"pipelineName":"web""#))
        #expect(answer.line == "2026-11-23T01:02:03.000Z GetPipelineState web - ok")
    }

    @Test func `the model runs with the clock`() throws {
        let clock = TestClock()
        let service = try Self.service(clock: clock)
        #expect(Self.text(service.answer(Self.state)).contains(#""status":"InProgress""#))
        clock.advance(by: .seconds(2))
        #expect(Self.text(service.answer(Self.state)).contains(#""status":"Failed""#))
        #expect(service.totals.calls == 2)
    }

    @Test(arguments: [
        ("ListAll", "{}", "UnknownOperationException"),
        ("ListPipelines", "[]", "SerializationException"),
        ("ListPipelines", "{", "SerializationException"),
        ("ListPipelines", "{\"a\":" + String(repeating: "[", count: 100), "SerializationException"),
        ("GetPipelineState", #"{"name":"none"}"#, "PipelineNotFoundException"),
    ])
    func `a bad request is refused with status 400`(
        operation: String,
        body: String,
        code: String
    ) throws {
        let answer = try Self.service().answer(Signer().request(operation, body))
        #expect(answer.response.status == 400)
        #expect(Self.text(answer).hasPrefix(#"{"__type":"\#(code)""#))
    }

    @Test(arguments: [
        ("kind: throttle", 400, "ThrottlingException"),
        ("kind: 500", 500, "InternalFailure"),
        ("kind: 502", 502, "<html>"),
        ("kind: 503", 503, "<html>"),
        ("kind: access_denied", 400, "arn:aws:codepipeline:eu-west-1:111122223333:web "),
        ("kind: expired_token", 400, "ExpiredTokenException"),
        ("kind: garbage", 200, "<html>"),
        ("kind: skewed_date, seconds: 400", 400, "Signature expired"),
        ("kind: skewed_date, seconds: -400", 400, "Signature not yet current"),
        ("kind: error, code: ConflictException, message: busy", 400, "ConflictException"),
    ])
    func `a fault gives its answer`(fault: String, status: Int, text: String) throws {
        let answer = try Self.service("[{ \(fault) }]").answer(Self.state)
        #expect(answer.response.status == status)
        #expect(Self.text(answer).contains(text))
        #expect(answer.delivery == .whole)
        #expect(answer.line.contains(" fault="))
    }

    @Test func `a skewed server also gives the wrong date`() throws {
        let answer = try Self.service("[{ kind: skewed_date, seconds: 3600 }]").answer(Self.state)
        #expect(answer.response.headers.contains { $0.value == "Mon, 23 Nov 2026 02:02:03 GMT" })
    }

    @Test(arguments: [
        ("throttle", 0, SimulatorAnswer.Delivery.whole), ("lost_request", 0, .nothing),
        ("lost_answer", 1, .nothing), ("close_mid_answer", 1, .half), ("garbage", 1, .whole),
    ])
    func `a fault on a retry decides whether the retry is performed`(
        kind: String,
        effective: Int,
        delivery: SimulatorAnswer.Delivery
    ) throws {
        let clock = TestClock()
        let service = try Self.service(
            "[{ operation: RetryStageExecution, kind: \(kind), calls: [1] }]",
            clock: clock
        )
        clock.advance(by: .seconds(2))
        let state = Self.text(service.answer(Self.state))
        let id = try #require(
            state.components(after: #""pipelineExecutionId":""#).first?.prefix(36)
        )
        let retry = Signer().request(
            "RetryStageExecution",
            #"{"pipelineName":"web","stageName":"Deploy","pipelineExecutionId":"\#(id)","#
                + #""retryMode":"FAILED_ACTIONS"}"#
        )
        #expect(service.answer(retry).delivery == delivery)
        #expect(service.totals.effectiveRetries == effective)
        #expect(service.totals.retryCalls == 1)
        #expect(service.totals.faults == 1)
        let again = service.answer(retry)
        #expect(again.response.status == (effective == 1 ? 400 : 200))
        #expect(again.line.contains("web Deploy"))
    }

    @Test func `latency delays an answer`() throws {
        let answer = try Self.service("[{ kind: latency, for: 1500ms }]").answer(Self.state)
        #expect(answer.delay == .milliseconds(1500))
        #expect(answer.response.status == 200)
    }

    @Test func `a log line stays one line`() throws {
        let request = Signer().request("GetPipelineState", #"{"name":"a\nb c"}"#)
        #expect(try Self.service().answer(request).line.contains(" a?b?c - ValidationException"))
    }

    @Test func `requests are answered over loopback`() async throws {
        let lines = Mutex<[String]>([])
        let server = try await SimulatorServer.start(Self.service(), port: 0) { line in
            lines.withLock { $0.append(line) }
        }
        let answer = try await LoopbackClient.send(Self.state, port: server.port)
        let refused = try await LoopbackClient.send(
            Self.state.with("authorization", nil),
            port: server.port
        )
        try await server.shutdown()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains(#""pipelineName":"web""#))
        #expect(refused.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(refused.contains("MissingAuthenticationTokenException"))
        #expect(lines.withLock { $0 }.count == 2)
    }

    @Test(arguments: [
        ("lost_answer", "", ""), ("lost_request", "", ""),
        ("close_mid_answer", "HTTP/1.1 200 OK", "}"),
    ])
    func `a connection is closed as the fault defines`(
        kind: String,
        start: String,
        missingEnd: String
    ) async throws {
        let server = try await SimulatorServer.start(
            Self.service("[{ kind: \(kind) }]"),
            port: 0,
            log: { _ in }
        )
        let answer = try await LoopbackClient.send(Self.state, port: server.port)
        try await server.shutdown()
        #expect(answer.hasPrefix(start))
        #expect(answer.isEmpty == start.isEmpty)
        #expect(missingEnd.isEmpty || !answer.hasSuffix(missingEnd))
    }

    @Test func `a late answer arrives`() async throws {
        let server = try await SimulatorServer.start(
            Self.service("[{ kind: latency, for: 20ms }]"),
            port: 0,
            log: { _ in }
        )
        let answer = try await LoopbackClient.send(Self.state, port: server.port)
        try await server.shutdown()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
    }

    @Test func `a body that is too large is refused`() async throws {
        let server = try await SimulatorServer.start(Self.service(), port: 0, log: { _ in })
        let request = Signer().request(
            "ListPipelines",
            String(repeating: " ", count: (1 << 20) + 1)
        )
        let answer = try await LoopbackClient.send(request, port: server.port)
        try await server.shutdown()
        #expect(answer.hasPrefix("HTTP/1.1 413"))
    }

    @Test func `a silent connection is closed`() async throws {
        let server = try await SimulatorServer.start(
            Self.service(),
            port: 0,
            idleTimeout: .milliseconds(50),
            log: { _ in }
        )
        let answer = try await LoopbackClient.send(bytes: Array("POST /".utf8), port: server.port)
        try await server.shutdown()
        #expect(answer.isEmpty)
    }

    @Test func `a port that is taken is an error`() async throws {
        let server = try await SimulatorServer.start(Self.service(), port: 0, log: { _ in })
        await #expect(throws: (any Error).self) {
            try await SimulatorServer.start(Self.service(), port: server.port, log: { _ in })
        }
        try await server.shutdown()
    }
}

/// A clock that a test moves.
final class TestClock: Sendable {
    private let time = Mutex(ModelTime(milliseconds: 1_795_395_723_000))

    var now: ModelTime {
        time.withLock { $0 }
    }

    func advance(by duration: Duration) {
        time.withLock { $0 = $0 + duration }
    }
}

extension String {
    /// The texts after each occurrence of a text.
    fileprivate func components(after text: String) -> [Substring] {
        var found: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            rest = rest[range.upperBound...]
            found.append(rest)
        }
        return found
    }
}

/// Sends bytes over one connection and reads until the server closes it, five seconds at most.
enum LoopbackClient {
    static func send(_ request: SimulatorRequest, port: Int) async throws -> String {
        var head = "\(request.method) \(request.target) HTTP/1.1\r\n"
        for header in request.headers {
            head += "\(header.name): \(header.value)\r\n"
        }
        head += "connection: close\r\ncontent-length: \(request.body.count)\r\n\r\n"
        return try await send(bytes: Array(head.utf8) + request.body, port: port)
    }

    static func send(bytes: [UInt8], port: Int) async throws -> String {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let whole = loop.makePromise(of: [UInt8].self)
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(whole))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        loop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
        return String(decoding: try await whole.futureResult.get(), as: UTF8.self)
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var bytes: [UInt8] = []
        private let whole: EventLoopPromise<[UInt8]>

        init(_ whole: EventLoopPromise<[UInt8]>) {
            self.whole = whole
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes.append(contentsOf: Self.unwrapInboundIn(data).readableBytesView)
        }

        func channelInactive(context: ChannelHandlerContext) {
            whole.succeed(bytes)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
