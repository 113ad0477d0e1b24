import Crypto
import FoundationEssentials

/// The scope of a signature: one day, one Region, one service.
package struct SigningScope: Hashable, Sendable {
    /// The day in UTC as `20261123`.
    package let day: String
    /// The Region, such as `eu-west-1`.
    package let region: String
    /// The service's signing name, such as `codepipeline`.
    package let service: String

    /// Creates a scope.
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
    /// HMAC with the key already taken in: two of the four blocks of every signature.
    private let prepared: HMAC<SHA256>
    /// The credential scope of the string to sign.
    let scopeText: String

    /// Derives the key of a scope: four rounds of HMAC-SHA256.
    package init(secret: Secret, scope: SigningScope) {
        var key = SymmetricKey(data: Array("AWS4\(secret.exposed)".utf8))
        for part in [scope.day, scope.region, scope.service, "aws4_request"] {
            key = SymmetricKey(
                data: HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
            )
        }
        prepared = HMAC(key: key)
        scopeText = scope.text
    }

    /// The signature of a text, in hex.
    package func signature(of text: String) -> String { signature(of: Array(text.utf8)) }

    /// The signature of bytes, in hex.
    func signature(of bytes: [UInt8]) -> String {
        var code = prepared
        code.update(data: bytes)
        return String(decoding: hex(code.finalize()), as: UTF8.self)
    }

    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A few derived signing keys, so that a call costs one HMAC instead of five.
package struct SigningKeyCache: Sendable {
    private var entries: [(secret: Secret, scope: SigningScope, key: SigningKey)] = []

    /// Creates an empty cache.
    package init() {}

    /// The signing key of a secret and scope; the oldest of four entries is replaced by a new one.
    package mutating func key(secret: Secret, scope: SigningScope) -> SigningKey {
        for entry in entries where entry.scope == scope && entry.secret == secret {
            return entry.key
        }
        let key = SigningKey(secret: secret, scope: scope)
        if entries.count >= 4 { entries.removeFirst() }
        entries.append((secret, scope, key))
        return key
    }

    /// How many signing keys are cached: at most four.
    package var count: Int { entries.count }
}

/// SHA-256 of bytes, in hex.
package func sha256Hex(_ bytes: [UInt8]) -> String {
    String(decoding: hex(SHA256.hash(data: bytes)), as: UTF8.self)
}

/// The digits of a digest.
private func hex(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var digits: [UInt8] = []
    digits.reserveCapacity(64)
    for byte in bytes {
        digits.append((byte >> 4).hexDigit)
        digits.append((byte & 15).hexDigit)
    }
    return digits
}

extension UInt8 {
    /// The small hex digit of a number below 16.
    fileprivate var hexDigit: UInt8 { self < 10 ? self + 0x30 : self + 0x57 }
}
