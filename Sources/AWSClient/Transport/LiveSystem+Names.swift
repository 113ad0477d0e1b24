import Glibc

extension LiveSystem {
    /// All addresses of a name, as the system's resolver gives them; blocks as long as it does.
    static func addresses(of host: String) throws(NameLookupError) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            throw NameLookupError(host: host, lookup: status)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            var name = [CChar](repeating: 0, count: 1025)
            let status = unsafe getnameinfo(
                entry.pointee.ai_addr,
                entry.pointee.ai_addrlen,
                &name,
                socklen_t(name.count),
                nil,
                0,
                NI_NUMERICHOST
            )
            let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            // A scoped link-local address has a zone and is no address that any rule allows.
            guard status == 0, let address = IPAddress(String(decoding: bytes, as: UTF8.self))
            else {
                throw NameLookupError(host: host, .noAnswer, "one of its addresses is not readable")
            }
            addresses.append(address)
            unsafe next = unsafe entry.pointee.ai_next
        }
        return addresses
    }
}

extension NameLookupError {
    /// Interprets a status of getaddrinfo(3).
    fileprivate init(host: String, lookup status: Int32) {
        // EAI_ADDRFAMILY and EAI_NODATA, which Glibc shows to GNU programs only.
        let unknown = [EAI_NONAME, -9, -5]
        let text =
            status == EAI_SYSTEM
            ? LiveSystem.text(of: errno) : unsafe String(cString: gai_strerror(status))
        self.init(host: host, unknown.contains(status) ? .unknownHost : .noAnswer, text)
    }
}
