import Crypto
import FoundationEssentials

/// What a signature is valid for: one day, one Region, one service.
package struct SigningScope: Hashable, Sendable {
    /// The day in UTC as `20261123`.
    package let day: String
    /// The Region, such as `eu-west-1`.
    package let region: String
    /// The service's signing name, such as `codepipeline`.
    package let service: String

    /// Makes a scope of its parts.
    package init(day: String, region: String, service: String) {
        self.day = day
        self.region = region
        self.service = service
    }

    /// The credential scope of the string to sign.
    package var text: String { "\(day)/\(region)/\(service)/aws4_request" }
}

/// The key that signs within one scope; derived from the secret, which it does not show.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: SymmetricKey

    /// Derives the key of a scope: four rounds of HMAC-SHA256.
    package init(secret: Secret, scope: SigningScope) {
        var key = SymmetricKey(data: Array("AWS4\(secret.exposed)".utf8))
        for part in [scope.day, scope.region, scope.service, "aws4_request"] {
            key = SymmetricKey(
                data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
            )
        }
        self.key = key
    }

    /// The signature of a text, in hex.
    package func signature(of text: String) -> String {
        hex(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A few derived keys, so that a call costs one HMAC instead of five.
package struct SigningKeyCache: Sendable {
    private var entries: [(secret: Secret, scope: SigningScope, key: SigningKey)] = []

    /// Makes an empty cache.
    package init() {}

    /// The key of a secret and scope; the oldest of four entries makes room for a new one.
    package mutating func key(secret: Secret, scope: SigningScope) -> SigningKey {
        if let known = entries.first(where: { $0.scope == scope && $0.secret == secret }) {
            return known.key
        }
        let key = SigningKey(secret: secret, scope: scope)
        if entries.count >= 4 { entries.removeFirst() }
        entries.append((secret, scope, key))
        return key
    }

    /// How many keys are held: at most four.
    package var count: Int { entries.count }
}

/// SHA-256 of bytes, in hex.
package func sha256Hex(_ bytes: [UInt8]) -> String {
    hex(SHA256.hash(data: bytes))
}

private func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
        decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
        as: UTF8.self
    )
}
