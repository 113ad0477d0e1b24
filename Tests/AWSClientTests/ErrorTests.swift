import AWSClient
import Primitives
import Testing

private func error(
    _ body: String,
    status: Int = 400,
    headers: [HTTPHeader] = []
) -> ServiceError {
    ServiceError(response: HTTPResponse(status: status, headers: headers, body: Array(body.utf8)))
}

@Suite("Reading error answers")
struct ServiceErrorTests {
    @Test(arguments: [
        (#"{"__type":"ThrottlingException"}"#, "ThrottlingException"),
        (#"{"__type":"com.amazonaws.codepipeline#ConflictException"}"#, "ConflictException"),
        (#"{"__type":"a#b#C:http://x"}"#, "C"),
        (#"{"code":"ns#One","__type":"Two"}"#, "One"),
        (#"{"code":7,"__type":"Two"}"#, "Two"),
        (#"{"__type":"","message":"m"}"#, "400"),
        (#"{"details":{"__type":"Nested"}}"#, "400"),
        ("", "400"), ("[]", "400"), ("null", "400"), ("{", "400"), ("  \n", "400"),
    ])
    func `the code comes from the body`(_ body: String, _ code: String) {
        #expect(error(body).code == code)
    }

    @Test func `the header's code comes before the body's`() {
        let headers = [HTTPHeader("X-Amzn-ErrorType", "ns#FromHeader:http://internal.amazon.com/")]
        #expect(error(#"{"code":"FromBody"}"#, headers: headers).code == "FromHeader")
        #expect(error("", headers: headers).code == "FromHeader")
        #expect(error("", headers: [HTTPHeader("X-Amzn-Errortype", ":")]).code == "400")
    }

    @Test(arguments: ["message", "Message", "errorMessage"])
    func `the text is found under each of its names`(_ name: String) {
        #expect(error("{\"\(name)\":\"Rate exceeded\"}").message == "Rate exceeded")
    }

    @Test func `XML of the Query protocol is read`() {
        let found = error(
            """
            <?xml version="1.0"?>
            <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
              <Error><Type>Sender</Type><Code>ExpiredToken</Code>
                <Message>The token &lt;old&gt; &amp; more &#233;</Message></Error>
              <RequestId>r-1</RequestId>
            </ErrorResponse>
            """,
            status: 403
        )
        #expect(found.code == "ExpiredToken")
        #expect(found.message == "The token <old> & more é")
        #expect(found.requestID == "r-1")
    }

    @Test func `an exception that is the root element is the code`() {
        let found = error(
            "<AccessDeniedException><Message>no</Message></AccessDeniedException>",
            status: 403
        )
        #expect(found.code == "AccessDeniedException")
        #expect(found.message == "no")
    }

    @Test func `a page of a proxy becomes the text`() {
        let found = error("<html><body><h1>502 Bad Gateway</h1></body>", status: 502)
        #expect(found.code == "502")
        #expect(found.message.contains("502 Bad Gateway"))
        #expect(error("upstream down", status: 503).message == "upstream down")
    }

    @Test func `a text can neither steer a terminal nor fill a log`() {
        let found = error(
            #"{"message":"a\u001b[31m\r\nb\u202ec\u0000\#(String(repeating: "x", count: 9000))"}"#
        )
        #expect(found.message.hasPrefix("a [31m b c xxx"))
        #expect(found.message.count <= 501)
        #expect(error("\u{FF}\u{1B}]0;title\u{07}").message == "ÿ ]0;title")
    }

    @Test func `the request's id is the header's`() {
        let headers = [HTTPHeader("x-amzn-requestid", "abc\u{1B}")]
        let found = error(#"{"__type":"X","message":"why"}"#, headers: headers)
        #expect(found.requestID == "abc")
        #expect(found.description == "X: why (HTTP 400, request abc)")
    }

    @Test(
        arguments: [
            ("ThrottlingException", 400, .throttling), ("SlowDown", 503, .throttling),
            ("429", 429, .throttling), ("RequestTimeout", 400, .transient),
            ("408", 408, .transient),
            ("InternalFailure", 500, .server), ("503", 503, .server),
            ("ExpiredTokenException", 400, .credentials),
            ("InvalidClientTokenId", 403, .credentials),
            ("UnrecognizedClientException", 400, .credentials),
            ("RequestTimeTooSkewed", 403, .clock), ("InvalidSignatureException", 400, .clock),
            ("AccessDeniedException", 400, .accessDenied), ("403", 403, .accessDenied),
            ("ConflictException", 400, .client), ("307", 307, .client),
            ("LimitExceededException", 400, .client),
            ("ConcurrentPipelineExecutionsLimitExceededException", 400, .client),
        ] as [(String, Int, ErrorClass)]
    )
    func `each code has its class for CodePipeline`(
        _ code: String,
        _ status: Int,
        _ expected: ErrorClass
    ) {
        let error = ServiceError(code: code, message: "", requestID: nil, status: status)
        #expect(error.errorClass(of: .codePipeline) == expected)
    }

    @Test func `some codes mean something else to other services`() {
        func kind(_ code: String, _ service: AWSService) -> ErrorClass {
            ServiceError(code: code, message: "", requestID: nil, status: 400)
                .errorClass(of: service)
        }
        #expect(kind("LimitExceededException", .sts) == .throttling)
        #expect(kind("IDPCommunicationError", .sts) == .transient)
        #expect(kind("IDPCommunicationError", .codePipeline) == .client)
    }
}

@Suite("The small XML reader")
struct XMLTests {
    private func parse(_ text: String) throws(XMLError) -> XMLElement {
        try XMLElement(parsing: Array(text.utf8))
    }

    @Test func `elements, attributes, comments, CDATA and prefixes are read`() throws {
        let root = try parse(
            "<?xml version='1.0'?><!-- c --><a:r x=\"1>2\" y='/'><b/>t<![CDATA[<&]]>"
                + "<c>1</c><c>2</c></a:r>"
        )
        #expect(root.name == "r")
        #expect(root.text == "t<&")
        #expect(root.children.map(\.name) == ["b", "c", "c"])
        #expect(root.first("c")?.text == "1")
        #expect(root.first("z") == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a", "<a></b>", "</a>", "<a>&unknown;</a>", "<a>&amp</a>",
        "<a>&#xD800;</a>", "<a><![CDATA[</a>", "<a><!-- </a>", "< a></a>", "<a x=\"></a>",
        "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><r>&e;</r>",
    ])
    func `everything else is refused`(_ text: String) {
        #expect(throws: XMLError.self) { try parse(text) }
    }

    @Test func `depth is limited`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        _ = try parse(nested(32))
        #expect(throws: XMLError.self) { try parse(nested(33)) }
    }

    @Test func `no prefix of a document traps`() {
        let whole = Array(
            "<?xml?><a b='c'><!--d--><e/>&lt;&#65;<![CDATA[f]]><g>h</g></a>".utf8
        )
        for length in 0..<whole.count {
            #expect(throws: XMLError.self) { try XMLElement(parsing: Array(whole[..<length])) }
        }
    }
}
