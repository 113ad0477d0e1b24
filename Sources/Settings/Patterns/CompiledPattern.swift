import CPCRE2

/// A compiled PCRE2 pattern; it belongs to its creator and is not shared.
///
/// The only file that uses PCRE2. It is safe: the pointer never leaves the object and lives as
/// long.
@safe
final class CompiledPattern {
    /// Why a pattern does not compile.
    struct ReadingError: Error, Hashable {
        /// PCRE2's error message.
        let problem: String
        /// The offset of the error in the pattern, in bytes.
        let offset: Int
    }

    private let code: OpaquePointer

    /// Compiles a pattern; text of more than ``PatternMatcher/Bounds`` is the caller's to refuse.
    init(_ text: String) throws(ReadingError) {
        var failure: Int32 = 0
        var offset = 0
        let bytes = Array(text.utf8)
        let made = unsafe bytes.withUnsafeBufferPointer { buffer in
            // An empty array has no address, and PCRE2 takes none only with length zero.
            unsafe retryd_pattern_compile(buffer.baseAddress, buffer.count, &failure, &offset)
        }
        guard let made = unsafe made else {
            throw ReadingError(problem: CompiledPattern.text(of: failure), offset: offset)
        }
        unsafe code = made
    }

    deinit {
        unsafe retryd_pattern_free(code)
    }

    /// Searches the pattern anywhere in a text; an error of PCRE2 counts as past the limit.
    func find(in text: String, within bounds: PatternMatcher.Bounds) -> PatternSearch {
        let bytes = Array(text.utf8)
        let result = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe retryd_pattern_find(
                code,
                buffer.baseAddress,
                buffer.count,
                bounds.matchLimit,
                bounds.depthLimit,
                bounds.heapKibibytes
            )
        }
        switch result {
        case 1: return .found
        case 0: return .absent
        case _: return .pastBound
        }
    }

    private static func text(of failure: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let size = buffer.count
        let length = unsafe buffer.withUnsafeMutableBufferPointer { bytes in
            unsafe retryd_pattern_error(failure, bytes.baseAddress, size)
        }
        guard length > 0 else { return "error \(failure)" }
        return String(decoding: buffer.prefix(Int(length)), as: UTF8.self)
    }
}

/// The result of a search.
enum PatternSearch {
    /// It is there.
    case found
    /// It is not there.
    case absent
    /// A limit was reached before there was an answer.
    case pastBound
}
