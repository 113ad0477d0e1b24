import Primitives
import Testing

@Suite struct StableHashTests {
    /// FNV-1a of the bytes of `a` and of the terminator.
    @Test func `the hash is FNV-1a and separates texts`() {
        var empty = StableHash()
        #expect(empty.value == 0xcbf2_9ce4_8422_2325)
        empty.add("a")
        let one: UInt64 = 0xaf63_dc4c_8601_ec8c
        #expect(empty.value == (one ^ 0xff) &* 0x100_0000_01b3)
        var left = StableHash()
        left.add("ab")
        left.add("c")
        var right = StableHash()
        right.add("a")
        right.add("bc")
        #expect(left != right)
    }
}
