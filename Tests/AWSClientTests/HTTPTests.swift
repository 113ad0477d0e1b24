import AWSClient
import Primitives
import Testing

@Suite("URLs, addresses and dates")
struct HTTPTests {
    @Test func `a URL is split and not decoded`() throws {
        let url = try #require(URLParts("HTTPS://u%40:p@Host.example:8443/a%20b/?q=%2F&r#frag"))
        #expect(url.scheme == "https")
        #expect(url.host == "Host.example")
        #expect(url.port == 8443)
        #expect(url.path == "/a%20b/")
        #expect(url.query == "q=%2F&r")
        #expect(url.userInfo == "u%40:p")
        #expect(url.origin == "https://host.example:8443")
    }

    @Test(arguments: [
        "", "/path", "host", "://host", "http://", "http://:80/", "http://h:0/", "http://h:65536/",
        "http://h:-1/", "http://h:1x/", "http://[::1/", "http://[zz]/", "http://[::1]x/",
        "http://127.0.0.01/", "http://0177.0.0.1/", "http://2130706433/", "http://0x7f000001/",
        "http://127.1/", "http://1.2.3.4.5/", "http://a.0x/", "http://1.2.3.08./",
        "http://a^b/", "http://a b/", "http://a\\b/", "http://h\u{7}/", "http://é.example/",
    ])
    func `a text without scheme, host or a valid port is not a URL`(_ text: String) {
        #expect(URLParts(text) == nil)
    }

    @Test(arguments: [
        ("http://localhost/", true), ("http://LOCALHOST/", true), ("http://127.9.9.9/", true),
        ("http://[::1]/", true), ("http://[::ffff:127.0.0.1]/", true),
        ("http://localhost.evil.example/", false), ("http://10.0.0.1/", false),
        ("http://127.0.0.1.evil.example/", false), ("http://[::2]/", false),
    ])
    func `only this machine is loopback`(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(URLParts(text)).isLoopback == isLoopback)
    }

    @Test(
        arguments: [
            ("1.2.3.4", [1, 2, 3, 4]), ("::", Array(repeating: 0, count: 16)),
            ("fd00:ec2::254", [0xFD, 0, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54]),
            ("::ffff:1.2.3.4", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 1, 2, 3, 4]),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]),
        ] as [(String, [UInt8])]
    )
    func `addresses are read`(_ text: String, _ bytes: [UInt8]) {
        #expect(IPAddress(text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.x", "1..2.3", "+1.2.3.4", ":", ":::",
        "1::2::3",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "1:2:3:4:5:6:7::8:9", "::1.2.3",
        "1.2.3.4::", "::+1", "127.0.0.01", "0177.0.0.1", "1.2.3.4\0", "::1\0", "fe80::1%1",
        " 1.2.3.4",
    ])
    func `other texts are not addresses`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.1.2.3", "10.0.0.0", 8, true), ("11.1.2.3", "10.0.0.0", 8, false),
        ("10.1.2.3", "10.1.2.3", 32, true), ("10.1.2.3", "0.0.0.0", 0, true),
        ("192.168.1.129", "192.168.1.128", 25, true), ("192.168.1.1", "192.168.1.128", 25, false),
        ("fd00::1", "fd00::", 8, true), ("10.1.2.3", "fd00::", 0, false),
        ("10.1.2.3", "10.1.2.3", 33, false),
    ])
    func `networks contain their addresses`(
        _ address: String,
        _ network: String,
        _ bits: Int,
        _ isWithin: Bool
    ) throws {
        let network = try #require(IPAddress(network))
        #expect(try #require(IPAddress(address)).isWithin(network, bits: bits) == isWithin)
    }

    @Test func `a header's date is read`() {
        let date = WallTime(httpDate: "Mon, 23 Nov 2026 01:02:03 GMT")
        #expect(date == WallTime(rfc3339: "2026-11-23T01:02:03Z"))
    }

    @Test(arguments: [
        "", "Mon, 23 Nov 2026 01:02:03", "Mon, 23 Nov 2026 01:02:03 PST",
        "Monday, 23-Nov-26 01:02:03 GMT", "Mon, 31 Feb 2026 01:02:03 GMT",
        "Mon, 3 Nov 2026 01:02:03 GMT", "Mon, 23 Nov 2026 25:02:03 GMT",
    ])
    func `other forms of a date give nil`(_ text: String) {
        #expect(WallTime(httpDate: text) == nil)
    }
}

@Suite("Proxy settings")
struct ProxyTests {
    private func proxy(_ environment: [String: String], _ url: String) throws -> String? {
        let parts = try #require(URLParts(url))
        return try ProxySettings(environment: environment).proxy(for: parts)?.description
    }

    private let both = ["HTTPS_PROXY": "http://p:3128", "HTTP_PROXY": "http://q:80"]

    @Test func `each scheme has its proxy and lower case takes precedence`() throws {
        #expect(try proxy(both, "https://sts.amazonaws.com") == "http://p:3128")
        #expect(try proxy(both, "http://plain.example") == "http://q:80")
        let small = both.merging(["https_proxy": "r:1"]) { $1 }
        #expect(try proxy(small, "https://sts.amazonaws.com") == "http://r:1")
        #expect(try proxy([:], "https://sts.amazonaws.com") == nil)
        #expect(try proxy(["HTTPS_PROXY": ""], "https://sts.amazonaws.com") == nil)
    }

    @Test(arguments: [
        "http://169.254.169.254/", "http://169.254.170.2/", "http://[fd00:ec2::254]/",
        "http://[fd00:ec2::23]/", "http://127.0.0.1:9911/", "http://localhost/",
        "http://[::1]/", "https://localhost:8443/", "http://[fe80::1]/",
        "http://[::ffff:169.254.169.254]/",
    ])
    func `metadata and this machine are never reached through a proxy`(_ url: String) throws {
        #expect(try proxy(both, url) == nil)
    }

    @Test(arguments: [
        ("*", "https://a.example", true), ("example", "https://a.example", true),
        (".example", "https://a.example", true), ("*.example", "https://a.example", true),
        ("a.example", "https://a.example", true), ("A.EXAMPLE", "https://a.example", true),
        ("b.example", "https://a.example", false), ("xample", "https://a.example", false),
        ("a.example:443", "https://a.example", true), ("a.example:80", "https://a.example", false),
        ("x, a.example ,y", "https://a.example", true), ("10.0.0.0/8", "https://10.2.3.4", true),
        ("10.0.0.0/8", "https://11.2.3.4", false), ("10.2.3.4", "https://10.2.3.4:99", true),
        ("2.3.4", "https://10.2.3.4", false), ("[fd12::1]", "https://[fd12::1]/", true),
        ("", "https://a.example", false),
    ])
    func `exceptions are reached directly`(_ list: String, _ url: String, _ isDirect: Bool) throws {
        let environment = both.merging(["NO_PROXY": list]) { $1 }
        #expect((try proxy(environment, url) == nil) == isDirect)
    }

    @Test func `user and password are taken and never shown`() throws {
        let settings = try ProxySettings(environment: ["HTTPS_PROXY": "http://jo%40e:pa%3Ass@p:1"])
        let proxy = try #require(settings.https)
        #expect(proxy.user == "jo@e")
        #expect(proxy.password?.exposed == "pa:ss")
        #expect(proxy.description == "http://***@p:1")
    }

    @Test(arguments: [
        ("http://:token@p:1", "", "token"), ("http://joe:@p:1", "joe", ""),
        ("http://joe@p:1", "joe", ""), ("http://a:b:c@p:1", "a", "b:c"), ("http://:@p:1", "", ""),
    ])
    func `an empty user or password stays empty`(
        _ text: String,
        _ user: String,
        _ password: String
    ) throws {
        let proxy = try #require(try ProxySettings(environment: ["HTTPS_PROXY": text]).https)
        #expect(proxy.user == user)
        #expect(proxy.password?.exposed == password)
    }

    @Test(arguments: ["https://p:1", "socks5://p:1", "http://", "http://u:hidden@:1", "http://p:x"])
    func `a proxy that cannot be used is named without its password`(_ text: String) {
        let error = #expect(throws: ProxyError.self) {
            try ProxySettings(environment: ["HTTPS_PROXY": text])
        }
        #expect(error?.description.hasPrefix("HTTPS_PROXY: ") == true)
        #expect(error?.description.contains("hidden") == false)
    }
}
