import Testing

@testable import RetryCore

@Suite struct RedactionTests {
    private static let jwt =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0."
        + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    private static let key = "wJalrXUtnFEMIzK7MDENGzbPxRfiCYEXAMPLEKEY"
    private static let letters = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5hJ7k"

    /// A text with `@` where the secret was.
    private static func shown(_ text: String) -> String {
        Redaction.redacted(text).replacing("<redacted>", with: "@")
    }

    @Test(arguments: [
        ("key AKIAIOSFODNN7EXAMPLE used", "key @ used"), ("(ASIAIOSFODNN7EXAMPLE)", "(@)"),
        ("AWS_SECRET_ACCESS_KEY=\(key)", "AWS_SECRET_ACCESS_KEY=@"),
        ("found \(key) here", "found @ here"),
        ("export AWS_SESSION_TOKEN=IQoJb3JpZ2lu", "export AWS_SESSION_TOKEN=@"),
        ("token IQoJb3JpZ2luX2VjEJr\(letters)\(letters) x", "token @ x"),
        ("ghp_\(letters) pushed", "@ pushed"), ("gho_\(letters)", "@"), ("ghs_\(letters)", "@"),
        ("github_pat_\(letters)", "@"), ("glpat-\(letters)", "@"), ("npm_\(letters)", "@"),
        ("pypi-AgEIcHlwaS5vcmc\(letters)", "@"), ("dckr_pat_\(letters)", "@"),
        ("xoxb-123456789012-\(letters)", "@"), ("sk_live_\(letters)", "@"), ("AIza\(letters)", "@"),
        ("hvs.\(letters)", "@"), ("shpat_\(letters)", "@"), ("SG.\(letters).\(letters)", "@"),
        ("Bearer \(jwt)", "Bearer @"), ("jwt=\(jwt)", "jwt=@"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic @"),
        (
            "curl -H \"Authorization: Bearer abc def\" https://x",
            "curl -H \"Authorization: Bearer @\" https://x"
        ),
        (
            "authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=ab",
            "authorization: AWS4-HMAC-SHA256 @"
        ),
        ("x-api-key: 12ab", "x-api-key: @"), ("Cookie: a=b; c=d", "Cookie: @"),
        ("https://user:pa55@host/path", "https://@@host/path"),
        ("git clone https://oauth2:abc@gitlab.com/x.git", "git clone https://@@gitlab.com/x.git"),
        ("postgres://u:p@db:5432/app failed", "postgres://@@db:5432/app failed"),
        ("password=hunter2", "password=@"), ("PGPASSWORD=x psql", "PGPASSWORD=x psql"),
        ("DB_PASSWORD = 'a b c' set", "DB_PASSWORD = '@' set"),
        ("\"password\": \"abc\",", "\"password\": \"@\","),
        ("password: hunter2", "password: @"), ("password: letmein", "password: @"),
        ("--password s3cret -x", "--password @ -x"), ("--token=abc", "--token=@"),
        ("curl -u admin:pass https://x", "curl -u @ https://x"),
        ("https://h/p?token=abc&x=1", "https://h/p?token=@&x=1"),
        ("?X-Amz-Signature=0a1b&X-Amz-Date=1", "?X-Amz-Signature=@&X-Amz-Date=1"),
        ("AccountKey=abc==;EndpointSuffix=x", "AccountKey=@;EndpointSuffix=x"),
        ("clientSecret: 'x1'", "clientSecret: '@'"), ("api-key: 12345678", "api-key: @"),
    ])
    func `a secret is taken out, and the rest stays`(_ text: String, _ expected: String) {
        #expect(RedactionTests.shown(text) == expected)
        // What the ledger gives back is cleaned once more.
        let stored = RootCause(provider: "", line: text, command: text)
        let read = RootCause(provider: "", line: stored.line, command: stored.command)
        #expect(read == stored)
    }

    @Test(arguments: [2047, 2048, 2049, 5000])
    func `a long line that was cut is not cut again`(_ length: Int) {
        for unit in ["a", "é", "word ", "x=1 "] {
            let text = String(repeating: unit, count: length / unit.utf8.count)
            let stored = RootCause(provider: "", line: text, command: text)
            let read = RootCause(provider: "", line: stored.line, command: stored.command)
            #expect(read == stored)
        }
    }

    @Test(arguments: [
        "ExpiredToken: The security token included in the request is expired",
        "Unexpected token: }", "Error: password authentication failed for user \"app\"",
        "(RequestToken: 5f2d1e10-0000-4000-8000-0123456789ab, HandlerErrorCode: InvalidRequest)",
        "token: $TOKEN", "password=${DB_PASSWORD}", "secret: none", "password=***",
        "commit 9dc356f5e5cc49d2d334178a09c1398dd1c62617", "https://host:8443/path@2",
        "a@b.example",
        "sha256:9dc356f5e5cc49d2d334178a09c1398dd1c626179dc356f5e5cc49d2d334178a",
        "passwordless login", "tokenizer=fast", "pass: 12 tests",
        "arn:aws:iam::111122223333:role/web",
        "Request ID: 5f0c3f8e-1a2b-4c3d-9e8f-0123456789ab", "secret not found: prod/db",
    ])
    func `what is no secret stays`(_ text: String) {
        #expect(Redaction.redacted(text) == text)
    }

    @Test func `a long line of separators or of one word ends`() {
        for unit in ["=", "a", "password=", "https://", "eyJ.", "\"", "Bearer "] {
            let text = String(repeating: unit, count: 20_000 / unit.count)
            #expect(!Redaction.redacted(text).isEmpty)
        }
    }

    @Test func `the lines of a private key are taken out, also of one that is cut off`() {
        let log = CauseLog([
            "before", "-----BEGIN RSA PRIVATE KEY-----", "MIIEow", "abc+/=",
            "-----END RSA PRIVATE KEY-----",
            "between", "-----BEGIN PRIVATE KEY-----", "MIIEvQ", "the log goes on",
        ])
        let key = "<redacted>"
        #expect(
            log.lines == [
                "before", key, key, key, key, "between", key, key, "the log goes on",
            ]
        )
    }
}
