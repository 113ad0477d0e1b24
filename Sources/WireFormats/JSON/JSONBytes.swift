/// The bytes of a document, read in place.
///
/// Every access is checked here, so nothing outside this file can read past the end. It is not
/// copyable and only exists during a call, so it cannot outlive the array.
@safe @usableFromInline package struct JSONBytes: ~Copyable {
    /// How many bytes there are.
    @usableFromInline package let count: Int
    @usableFromInline let buffer: UnsafeRawBufferPointer

    @inlinable init(_ buffer: UnsafeRawBufferPointer) {
        unsafe self.buffer = buffer
        count = buffer.count
    }

    /// Lends the bytes of an array to a reader for the length of a call.
    @inlinable package static func reading<Value, Failure: Error>(
        _ bytes: [UInt8],
        _ read: (inout JSONReader) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try unsafe bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            var reader = unsafe JSONReader(JSONBytes(UnsafeRawBufferPointer(buffer)))
            return try read(&reader)
        }
    }

    /// The byte at a position; zero, which no JSON text contains, past the end.
    @inline(__always)
    @inlinable package subscript(place: Int) -> UInt8 {
        place >= 0 && place < count ? unsafe buffer[place] : 0
    }

    /// Eight bytes from a position, the first lowest; nil if fewer are left.
    @inline(__always)
    @inlinable package func word(at place: Int) -> UInt64? {
        guard place >= 0, place <= count &- 8 else { return nil }
        return UInt64(
            littleEndian: unsafe buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        )
    }

    /// The text of a part that is known to be UTF-8.
    @inlinable package func text(_ part: Range<Int>) -> String {
        let whole = part.clamped(to: 0..<count)
        return unsafe String(
            decoding: UnsafeRawBufferPointer(rebasing: buffer[whole]),
            as: UTF8.self
        )
    }
}

@available(*, unavailable) extension JSONBytes: Sendable {}
