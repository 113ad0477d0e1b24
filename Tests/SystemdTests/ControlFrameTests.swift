import Systemd
import Testing

@Suite struct ControlFrameTests {
    @Test(arguments: [0, 1, 255, 256, 65_536])
    func `a message that is framed and read in any parts is the same`(size: Int) {
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let frame = ControlFrame.encoded(message)
        for part in [1, 3, 4, 5, 1000, frame.count] where size < 1000 || part > 100 {
            var reader = ControlFrame.Reader(limit: 65_536)
            var progress = ControlFrame.Reader.Progress.incomplete
            for start in stride(from: 0, to: frame.count, by: part) {
                #expect(progress == .incomplete)
                progress = reader.append(Array(frame[start..<min(start + part, frame.count)]))
            }
            #expect(progress == .message(message))
        }
    }

    @Test func `the length is big-endian`() {
        #expect(
            ControlFrame.encoded([UInt8](repeating: 7, count: 258)).prefix(5) == [0, 0, 1, 2, 7]
        )
    }

    @Test(
        arguments: [
            ([0, 0, 0, 11], 11), ([0xFF, 0xFF, 0xFF, 0xFF], 4_294_967_295),
            ([0x47, 0x45, 0x54, 0x20], 1_195_725_856),
        ] as [([UInt8], Int)]
    )
    func `an announced length over the limit is rejected before its bytes come`(
        bytes: [UInt8],
        announced: Int
    ) {
        var reader = ControlFrame.Reader(limit: 10)
        #expect(reader.append(bytes) == .tooLarge(bytes: announced))
    }

    @Test func `what comes after the message is ignored`() {
        var reader = ControlFrame.Reader(limit: 10)
        #expect(reader.append([0, 0, 0, 1, 42, 9, 9]) == .message([42]))
    }
}
