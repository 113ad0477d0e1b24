import AWSClient
import Testing

private let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
private let aws = "codepipeline.eu-west-1.amazonaws.com"

/// A certificate, the host that is called, and whether the one is for the other.
struct NameCase: Sendable, CustomTestStringConvertible {
    let title: String
    let certificate: String
    let host: String
    let isFit: Bool

    var testDescription: String { title }

    init(_ title: String, _ certificate: String, _ host: String, isFit: Bool) {
        self.title = title
        self.certificate = certificate
        self.host = host
        self.isFit = isFit
    }

    static let cases = [
        NameCase("the name itself", NameCertificates.exact, aws, isFit: true),
        NameCase("the name with a dot at its end", NameCertificates.exact, aws + ".", isFit: true),
        NameCase("the name in capitals", NameCertificates.exact, aws.uppercased(), isFit: true),
        NameCase("the certificate in capitals", NameCertificates.capitals, aws, isFit: true),
        NameCase("a whole label by wildcard", NameCertificates.wildcard, aws, isFit: true),
        NameCase("a wildcard and a dot", NameCertificates.wildcard, aws + ".", isFit: true),
        NameCase("an address only", NameCertificates.addressOnly, aws, isFit: false),
        NameCase("a common name only", NameCertificates.commonNameOnly, aws, isFit: false),
        NameCase(
            "another name and an address",
            NameCertificates.otherNameAndAddress,
            aws,
            isFit: false
        ),
        NameCase("a URI", NameCertificates.uri, aws, isFit: false),
        NameCase("another name", NameCertificates.exact, "sts.amazonaws.com", isFit: false),
        NameCase("a longer name", NameCertificates.exact, aws + ".evil.example", isFit: false),
        NameCase("a shorter name", NameCertificates.exact, "amazonaws.com", isFit: false),
        NameCase("a part of a label", NameCertificates.partialWildcard, aws, isFit: false),
        NameCase("a label in the middle", NameCertificates.innerWildcard, aws, isFit: false),
        NameCase(
            "two labels by wildcard",
            NameCertificates.wildcard,
            "a.b.eu-west-1.amazonaws.com",
            isFit: false
        ),
        NameCase(
            "no label by wildcard",
            NameCertificates.wildcard,
            "eu-west-1.amazonaws.com",
            isFit: false
        ),
        NameCase(
            "a wildcard below the root",
            NameCertificates.highWildcard,
            "amazonaws.com",
            isFit: false
        ),
        NameCase("a wildcard alone", NameCertificates.anything, "amazonaws", isFit: false),
        NameCase(
            "an address by its address",
            NameCertificates.addressOnly,
            "10.1.2.3",
            isFit: false
        ),
        NameCase("an address by a name", NameCertificates.exact, "10.1.2.3", isFit: false),
    ]
}

@Suite("For whom a certificate must be", .serialized, .timeLimit(.minutes(2)))
struct PeerNameTests {
    @Test(arguments: NameCase.cases, TransportKind.allCases)
    func `a request goes through a proxy's tunnel only to the peer in the certificate`(
        _ each: NameCase,
        _ kind: TransportKind
    ) async throws {
        let context = try NameCertificates.context(each.certificate)
        try await TunnelServer.run(context, answer: ok) { server in
            try await TestCertificates.withFile(NameCertificates.authority) { path in
                let settings = TransportSettings(
                    proxies: try ProxySettings(environment: [
                        "HTTPS_PROXY": "http://127.0.0.1:\(server.port)"
                    ]),
                    authorities: path,
                    retriesConnecting: false
                )
                let answer = try await kind.answer("https://\(each.host)/", settings)
                #expect((answer == .status(200)) == each.isFit, "\(answer)")
                #expect(server.seen.tunnels.count == 1)
                #expect(server.seen.requests.isEmpty == !each.isFit, "the request left")
                if !each.isFit {
                    guard case .failed(let error) = answer else { return }
                    #expect(error.progress == .notSent)
                }
            }
        }
    }

    @Test(
        arguments: [
            (NameCertificates.localhostByAddress, "localhost", false),
            (NameCertificates.localhostByName, "localhost", false),
            (NameCertificates.localhostByAddress, "127.0.0.1", true),
            (NameCertificates.localhostByName, "127.0.0.1", false),
        ],
        TransportKind.allCases
    )
    func `a request goes directly only to the peer in the certificate`(
        _ each: (certificate: String, host: String, isFit: Bool),
        _ kind: TransportKind
    ) async throws {
        let context = try NameCertificates.context(each.certificate)
        try await LoopbackServer.run(.answer(ok), tls: context) { server in
            try await TestCertificates.withFile(NameCertificates.authority) { path in
                let settings = TransportSettings(authorities: path, retriesConnecting: false)
                let url = "https://\(each.host):\(server.port)/"
                let answer = try await kind.answer(url, settings)
                #expect((answer == .status(200)) == each.isFit, "\(answer)")
                #expect(server.seen.requests.isEmpty == !each.isFit, "the request left")
            }
        }
    }
}

/// A status, or the error.
enum Answered: Hashable, Sendable {
    case status(Int)
    case failed(TransportError)
}

extension TransportKind {
    /// The result of a POST over its own transport.
    func answer(_ url: String, _ settings: TransportSettings) async throws -> Answered {
        try await with(settings) { transport in
            let request = HTTPRequest(method: "POST", url: url, body: Array("{}".utf8))
            do throws(TransportError) {
                return .status(try await transport.send(request, limits: .service).status)
            } catch {
                return .failed(error)
            }
        }
    }
}
