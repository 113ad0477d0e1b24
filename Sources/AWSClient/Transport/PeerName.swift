import NIOSSL
import Primitives

/// The required identity of a connection's peer, by the certificate alone (RFC 9525).
///
/// A name needs a dNSName that is the same or has `*` as its whole first label; an address needs
/// the iPAddress. The common name is ignored, and an address never substitutes for a name: the
/// owner of an address does not own the names that a forged DNS answer maps to it.
package enum PeerName: Hashable, Sendable {
    /// A host name in lower case, without the dot of the root.
    case name(String)
    /// An address that the URL itself has.
    case address(IPAddress)

    /// The peer for a URL's host.
    package init(host: String) {
        if let address = IPAddress(host) {
            self = .address(address)
        } else {
            let bytes = host.utf8.map(\.lowercasedASCII)
            let isRooted = bytes.count > 1 && bytes.last == UInt8(ascii: ".")
            self = .name(String(decoding: isRooted ? bytes.dropLast() : bytes[...], as: UTF8.self))
        }
    }

    /// The SNI of the handshake: names only.
    var serverName: String? {
        switch self {
        case .name(let name): name
        case .address: nil
        }
    }

    /// Checks the certificate that the handshake ended with.
    ///
    /// - Throws: ``ConnectionError/otherPeer(_:)`` with the names that it has.
    func check(_ certificate: NIOSSLCertificate?) throws(ConnectionError) {
        guard let certificate else { throw .otherPeer("there is no certificate") }
        let names = certificate._subjectAlternativeNames().map(AlternativeName.init)
        guard !names.contains(where: matches) else { return }
        let shown = names.prefix(5).map(\.description).joined(separator: ", ")
        let list = names.isEmpty ? "nobody: it has no subjectAltName" : shown
        throw .otherPeer(
            "the certificate is for \(list)\(names.count > 5 ? ", ..." : ""), not for \(text)"
        )
    }

    /// Whether one name of a certificate is this peer's.
    package func matches(_ other: AlternativeName) -> Bool {
        switch (self, other) {
        case (.address(let address), .address(let bytes)): address.bytes == bytes
        case (.name(let host), .name(let pattern)): PeerName.covers(pattern, Array(host.utf8))
        case (.address, .name), (.name, .address), (_, .other): false
        }
    }

    private var text: String {
        switch self {
        case .name(let name): name
        case .address: "the address of the URL"
        }
    }

    /// Whether a dNSName is the host's or covers it: `*` for one whole label, the first, above at
    /// least two others.
    private static func covers(_ pattern: [UInt8], _ host: [UInt8]) -> Bool {
        let pattern = pattern.map(\.lowercasedASCII)
        guard pattern.starts(with: Array("*.".utf8)) else {
            return !pattern.contains(UInt8(ascii: "*")) && pattern == host
        }
        let rest = pattern.dropFirst()
        guard let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > 0,
            !rest.contains(UInt8(ascii: "*")),
            rest.dropFirst().contains(UInt8(ascii: "."))
        else { return false }
        return host[dot...].elementsEqual(rest)
    }
}

/// One subjectAltName of a certificate, as far as it can name a peer.
package enum AlternativeName: Hashable, Sendable, CustomStringConvertible {
    /// A dNSName, as in the certificate.
    case name([UInt8])
    /// An iPAddress: its bytes.
    case address([UInt8])
    /// An e-mail address, a URI or another kind.
    case other

    init(_ name: _SubjectAlternativeName) {
        switch name.nameType {
        case .dnsName: self = .name(Array(name.contents))
        case .ipAddress: self = .address(Array(name.contents))
        case _: self = .other
        }
    }

    package var description: String {
        switch self {
        case .name(let bytes): String(decoding: bytes, as: UTF8.self).printable(limit: 80)
        case .address(let bytes):
            "the address " + bytes.map(String.init).joined(separator: bytes.count == 4 ? "." : ",")
        case .other: "something other than a host"
        }
    }
}
