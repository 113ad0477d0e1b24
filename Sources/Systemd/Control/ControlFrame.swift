/// A message on the control socket: its length in four bytes, big-endian, and its bytes.
package enum ControlFrame {
    /// The frame of a message.
    package static func encoded(_ message: [UInt8]) -> [UInt8] {
        let length = UInt32(message.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + message
    }

    /// Assembles one frame from the parts that arrive.
    package struct Reader: Hashable, Sendable {
        /// How far the frame is.
        package enum Progress: Hashable {
            /// More bytes must come.
            case incomplete
            /// The message; everything after it is ignored.
            case message([UInt8])
            /// The announced length is over the limit.
            case tooLarge(bytes: Int)
        }

        private let limit: Int
        private var received: [UInt8] = []

        /// Whether nothing has arrived.
        package var isEmpty: Bool { received.isEmpty }

        /// Creates a reader of a message of at most this many bytes.
        package init(limit: Int) {
            self.limit = limit
        }

        /// Takes the next bytes; an announced length over the limit is refused before its bytes
        /// arrive.
        package mutating func append(_ bytes: [UInt8]) -> Progress {
            received += bytes
            guard received.count >= 4 else { return .incomplete }
            let length = received.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard length <= limit else { return .tooLarge(bytes: length) }
            guard received.count >= 4 + length else { return .incomplete }
            return .message(Array(received[4..<4 + length]))
        }
    }
}
