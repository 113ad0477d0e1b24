/// The forms by which a secret is known without its name.
enum SecretForm {
    /// Whether a piece of text has the form of a secret.
    static func isSecret(_ piece: String) -> Bool {
        let bytes = Array(piece.utf8)
        guard bytes.count >= 16 else { return false }
        return hasKnownBeginning(bytes) || isWebToken(bytes) || isSecretAccessKey(bytes)
            || isLongOpaque(bytes)
    }

    /// Whether a text is no word of prose: it has a digit, or a sign or a capital inside.
    static func isNoProse(_ text: String) -> Bool {
        guard text.utf8.count >= 6 else { return false }
        let inner = text.unicodeScalars.dropFirst().dropLast()
        return text.unicodeScalars.contains { ("0"..."9").contains($0) }
            || inner.contains { scalar in
                ("A"..."Z").contains(scalar) || "!@#$%^&*+~=".unicodeScalars.contains(scalar)
            }
    }

    /// How tokens of known issuers begin, and the fewest bytes after that.
    private static let beginnings: [(start: [UInt8], rest: Int)] = [
        // AWS: access key ids (IAM guide, unique identifiers), session tokens.
        ("AKIA", 12), ("ASIA", 12), ("ABIA", 12), ("ACCA", 12), ("IQoJb3JpZ2lu", 40),
        ("FwoGZXIvYXdz", 40), ("FQoGZXIvYXdz", 40),
        // GitHub, GitLab, Bitbucket and Atlassian.
        ("ghp_", 30), ("gho_", 30), ("ghu_", 30), ("ghs_", 30), ("ghr_", 30), ("github_pat_", 30),
        ("glpat-", 16), ("glrt-", 16), ("gldt-", 16), ("glcbt-", 16), ("ATBB", 24), ("ATATT3", 40),
        ("ATCTT3", 40),
        // Registries: npm, PyPI, Docker Hub, RubyGems, crates.io, NuGet.
        ("npm_", 30), ("pypi-", 40), ("dckr_pat_", 20), ("dckr_oat_", 20), ("rubygems_", 30),
        ("oy2", 40),
        // Slack, Stripe, Google, SendGrid, Twilio, OpenAI, Anthropic, HashiCorp, others.
        ("xoxb-", 12), ("xoxp-", 12), ("xoxa-", 12), ("xoxr-", 12), ("xoxs-", 12), ("xapp-", 12),
        ("sk_live_", 12), ("sk_test_", 12), ("rk_live_", 12), ("whsec_", 12), ("AIza", 30),
        ("ya29.", 20), ("GOCSPX-", 20), ("SG.", 40), ("sk-", 32), ("hvs.", 20), ("hvb.", 20),
        ("dop_v1_", 30), ("shpat_", 24), ("shpss_", 24), ("sq0atp-", 20), ("sq0csp-", 30),
        ("NRAK-", 20), ("PMAK-", 20), ("dapi", 30), ("lin_api_", 30), ("AGE-SECRET-KEY-1", 40),
        ("sntrys_", 30), ("snyk_", 30), ("figd_", 30), ("EAAA", 50), ("CCIPAT_", 30),
    ]
    .map { (Array($0.0.utf8), $0.1) }

    private static func hasKnownBeginning(_ bytes: [UInt8]) -> Bool {
        beginnings.contains { known in
            bytes.count >= known.start.count + known.rest && bytes.starts(with: known.start)
                && bytes.allSatisfy(\.isTokenByte)
        }
    }

    /// `eyJ….eyJ….signature` (RFC 7519): three parts, the first two JSON in base64url.
    private static func isWebToken(_ bytes: [UInt8]) -> Bool {
        guard bytes.starts(with: Array("eyJ".utf8)) else { return false }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count >= 2 && bytes.allSatisfy(\.isTokenByte)
    }

    /// A secret access key of AWS: 40 bytes of base64, of every kind of letter.
    private static func isSecretAccessKey(_ bytes: [UInt8]) -> Bool {
        bytes.count == 40 && isMixed(bytes)
    }

    /// A long text of base64, such as a session token; hashes in hex are none.
    private static func isLongOpaque(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 100 && isMixed(bytes)
    }

    private static func isMixed(_ bytes: [UInt8]) -> Bool {
        bytes.allSatisfy(\.isBase64Byte)
            && bytes.contains { (0x30...0x39).contains($0) }
            && bytes.contains { (0x41...0x5A).contains($0) }
            && bytes.contains { (0x67...0x7A).contains($0) }
            && bytes.count { $0 == UInt8(ascii: "/") } <= 4
    }
}

extension UInt8 {
    /// A byte of base64 (RFC 4648, both alphabets); `_` and `-` join words and paths, so they do
    /// not count.
    fileprivate var isBase64Byte: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "/"),
            UInt8(ascii: "="):
            true
        case _: false
        }
    }

    fileprivate var isTokenByte: Bool {
        isBase64Byte || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
            || self == UInt8(ascii: ".")
    }
}
