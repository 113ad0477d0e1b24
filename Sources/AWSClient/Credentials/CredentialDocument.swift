import FoundationEssentials
import Primitives

/// A JSON object of texts: the answer of container endpoints, IMDS and credential processes.
///
/// Names compare without case. Values that are not text are kept as text where they are numbers.
struct CredentialDocument {
    private let fields: [String: String]

    /// Reads a JSON object; nil when it is none.
    ///
    /// A decoding error is not passed on because it can quote the document.
    init?(_ bytes: [UInt8]) {
        do {
            let fields = try JSONDecoder().decode([String: LooseText].self, from: Data(bytes))
            self.fields = Dictionary(
                fields.compactMap { name, value in value.text.map { (name.lowercased(), $0) } },
                uniquingKeysWith: { first, _ in first }
            )
        } catch {
            return nil
        }
    }

    /// A field's text, nil where it is absent, null or empty.
    subscript(_ name: String) -> String? {
        guard let text = fields[name.lowercased()], !text.isEmpty else { return nil }
        return text
    }

    /// The fields that may be shown: `code` and `message` of an error answer.
    var complaint: String? {
        let parts = [self["code"], self["message"]].compactMap { $0 }
        return parts.isEmpty ? nil : scrubbed(parts.joined(separator: ": "), limit: 300)
    }

    /// The credentials in it.
    ///
    /// The name of the session token differs between sources. With `needsExpiration` only temporary
    /// credentials are valid.
    ///
    /// - Throws: ``CredentialsError`` that names the field that is missing or wrong.
    func credentials(
        source: String,
        tokenName: String,
        needsExpiration: Bool,
        accountID: String? = nil
    ) throws(CredentialsError) -> Credentials {
        func need(_ name: String) throws(CredentialsError) -> String {
            guard let text = self[name] else {
                throw CredentialsError(source: source, reason: "its answer has no \(name)")
            }
            return text
        }
        let keyID = try need("AccessKeyId")
        let secret = try need("SecretAccessKey")
        let token = needsExpiration ? try need(tokenName) : self[tokenName]
        let expirationText = needsExpiration ? try need("Expiration") : self["Expiration"]
        var expiration: WallTime?
        if let expirationText {
            guard let time = WallTime(expiration: expirationText) else {
                throw CredentialsError(
                    source: source,
                    reason: "its answer has an Expiration that is not an RFC 3339 time "
                        + "with an offset, such as 2026-11-23T01:02:03Z"
                )
            }
            expiration = time
        }
        return Credentials(
            accessKeyID: keyID,
            secretAccessKey: Secret(secret),
            sessionToken: token.map { Secret($0) },
            expiration: expiration,
            accountID: self["AccountId"] ?? accountID
        )
    }
}

/// A JSON value of which only text and whole numbers are kept.
private struct LooseText: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            text = try container.decode(String.self)
        } catch is DecodingError {
            do {
                text = String(try container.decode(Int64.self))
            } catch is DecodingError {
                text = nil
            }
        }
    }
}

extension WallTime {
    /// Reads an expiration as botocore does: RFC 3339, and its common variants.
    ///
    /// These are a blank for the `T`, an offset without a colon or minutes, `UTC` or `GMT` for `Z`,
    /// and the dates of HTTP. A time without an offset gives nil, since its zone is unknown.
    init?(expiration text: String) {
        let text = text.trimmingWhiteSpace
        if let time = WallTime(rfc3339: text) ?? WallTime(httpDate: text) {
            self = time
            return
        }
        let bytes = Array(text.utf8)
        guard bytes.count > 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ")
        else { return nil }
        let clock = bytes[11...].prefix { (0x30...0x3A).contains($0) || $0 == UInt8(ascii: ".") }
        let offset = String(decoding: bytes[clock.endIndex...], as: UTF8.self).trimmingWhiteSpace
        guard let zone = WallTime.offset(offset) else { return nil }
        let date = String(decoding: bytes[..<10], as: UTF8.self)
        self.init(rfc3339: "\(date)T\(String(decoding: clock, as: UTF8.self))\(zone)")
    }

    /// An offset in the form of RFC 3339; nil when it is none.
    private static func offset(_ text: String) -> String? {
        if ["Z", "UTC", "GMT"].contains(text.uppercased()) { return "Z" }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        switch digits.count {
        case 2: return "\(sign)\(digits):00"
        case 4: return "\(sign)\(digits.prefix(2)):\(digits.suffix(2))"
        case _: return nil
        }
    }
}
