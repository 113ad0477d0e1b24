/// The names under which secrets stand in commands, settings and logs.
enum SecretName {
    /// Whether a piece of text names a secret: `AWS_SESSION_TOKEN`, `dbPassword`, `--api-key`.
    ///
    /// The words of the name decide, so that `passwordless` or `tokenizer` are none.
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 64, !notSecret.contains(text.lowercased()) else { return false }
        let words = words(of: text)
        if words.contains(where: single.contains) { return true }
        return zip(words, words.dropFirst()).contains { pairs.contains("\($0) \($1)") }
    }

    /// Whether it is an HTTP header whose whole value is secret.
    static func isHeader(_ text: String) -> Bool {
        headers.contains(text.lowercased())
    }

    /// Whether it is the scheme of an `Authorization` header.
    static func isScheme(_ text: String) -> Bool {
        schemes.contains(text.lowercased())
    }

    /// Whether it is the option of curl and the like that `user:password` follows.
    static func isUserOption(_ text: String) -> Bool {
        text == "-u" || text == "--user"
    }

    /// Whether a value only refers to a secret, or is one that somebody has masked.
    static func isReference(_ value: String) -> Bool {
        guard let first = value.first else { return true }
        return "$*<%".contains(first) || ["null", "none", "nil", "true", "false"].contains(value)
    }

    private static let single: Set<String> = [
        "password", "passwd", "pwd", "pass", "passphrase", "secret", "secrets", "token", "apikey",
        "accesskey", "authorization", "credential", "credentials", "cookie", "signature",
        "accesstoken", "authtoken", "accountkey", "clientsecret", "secretkey", "privatekey",
        "sharedaccesskey",
    ]

    private static let pairs: Set<String> = [
        "access key", "account key", "api key", "auth key", "encryption key", "private key",
        "secret key", "shared key", "signing key", "license key", "master key",
    ]

    /// Names that have such a word, and values that are none.
    private static let notSecret: Set<String> = [
        "requesttoken", "clientrequesttoken", "nexttoken", "clienttoken", "continuationtoken",
        "invalidtoken", "expiredtoken", "invalidclienttokenid", "unrecognizedtoken", "pass",
        "signature", "secrets", "credentials", "--credentials",
    ]

    private static let headers: Set<String> = [
        "authorization", "proxy-authorization", "x-auth-token", "cookie", "set-cookie",
        "x-amz-security-token", "x-api-key", "private-token", "job-token",
    ]

    private static let schemes: Set<String> = [
        "bearer", "basic", "digest", "negotiate", "aws4-hmac-sha256", "sharedaccesssignature",
    ]

    /// `dbPassword-old` as db, password and old.
    private static func words(of text: String) -> [String] {
        var words: [String] = []
        var wasLower = false
        var isOpen = false
        for scalar in text.unicodeScalars {
            let isLetter = scalar.properties.isAlphabetic && scalar.isASCII
            let isUpper = ("A"..."Z").contains(scalar)
            if !isLetter {
                isOpen = false
            } else {
                if !isOpen || isUpper && wasLower { words.append("") }
                words[words.count - 1] += String(scalar).lowercased()
                isOpen = true
            }
            wasLower = isLetter && !isUpper
        }
        return words
    }
}
