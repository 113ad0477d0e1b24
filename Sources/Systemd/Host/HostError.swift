import CSystemd

/// A system call that failed.
package struct HostError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The attempted operation, such as `eventfd` or `bind /run/x.sock`.
    package let call: String
    /// The errno value.
    package let code: Int32

    /// Creates the error of a call from its errno value.
    package init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }

    /// The errno value's text, as strerror(3) gives it.
    package var reason: String {
        var text = [UInt8](repeating: 0, count: 128)
        let answer = unsafe text.withUnsafeMutableBytes { bytes in
            unsafe retryd_error_text(
                code,
                bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                bytes.count
            )
        }
        guard answer == 0 else { return "unknown error" }
        return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }

    package var description: String {
        "\(call): \(reason) (errno \(code))"
    }

    /// Checks the result of a C function of this module: negative is an errno value.
    @discardableResult
    static func check(_ answer: Int32, _ call: @autoclosure () -> String) throws(HostError)
        -> Int32
    {
        guard answer < 0 else { return answer }
        throw HostError(call: call(), code: -answer)
    }
}
