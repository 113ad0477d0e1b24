import CodePipelineClient
import Primitives
import Testing

@Suite("The digest of a body")
struct BodyDigesterTests {
    private let digester = BodyDigester(seed: (7, 11))

    @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100])
    func `every bit matters, in both halves`(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let digest = digester.digest(of: bytes)
        #expect(digest == digester.digest(of: bytes))
        for bit in 0..<count * 8 {
            var other = bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            let changed = digester.digest(of: other)
            // Each half alone flips about half of its 64 bits.
            #expect((10...54).contains((changed.high ^ digest.high).nonzeroBitCount), "\(bit)")
            #expect((10...54).contains((changed.low ^ digest.low).nonzeroBitCount), "\(bit)")
        }
    }

    @Test func `zeros, swaps and the order of words matter`() {
        let words = (0..<8).map { word in (0..<8).map { UInt8($0 * 16 + word) } }
        var bodies: [[UInt8]] = [[], words.flatMap { $0 }]
        for count in 1...200 { bodies.append(Array(repeating: 0, count: count)) }
        for count in 1...40 { bodies.append(bodies[1] + Array(repeating: 0, count: count)) }
        for left in 0..<7 {
            for right in left + 1..<8 {
                var swapped = words
                swapped.swapAt(left, right)
                bodies.append(swapped.flatMap { $0 })
            }
        }
        #expect(Set(bodies).count == bodies.count)
        #expect(Set(bodies.map(digester.digest)).count == bodies.count)
    }

    @Test func `another seed gives another digest in its half`() {
        let body = Array("{}".utf8)
        let digest = digester.digest(of: body)
        let first = BodyDigester(seed: (8, 11)).digest(of: body)
        let second = BodyDigester(seed: (7, 12)).digest(of: body)
        #expect(first.high != digest.high && first.low == digest.low)
        #expect(second.high == digest.high && second.low != digest.low)
        let same = BodyDigester(seed: (7, 7)).digest(of: body)
        #expect(same.high != same.low)
    }

    @Test func `a million similar bodies have a million digests, in each half`() {
        var firsts: Set<UInt64> = []
        var seconds: Set<UInt64> = []
        let count = 1_000_000
        firsts.reserveCapacity(count)
        seconds.reserveCapacity(count)
        var body = Array("{\"actionExecutionId\":\"".utf8) + Array(repeating: 0x30, count: 8)
        let last = body.count - 1
        for number in 0..<count {
            // Counting in place: neighbours differ in a digit or a few.
            var rest = number
            for place in 0..<6 {
                body[last - place] = 0x30 + UInt8(rest % 10)
                rest /= 10
            }
            let digest = digester.digest(of: body)
            firsts.insert(digest.high)
            seconds.insert(digest.low)
        }
        #expect(firsts.count == count)
        #expect(seconds.count == count)
    }
}
