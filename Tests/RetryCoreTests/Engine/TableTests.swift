import Primitives
import Testing

@testable import RetryCore

/// A table holds what a dictionary would, whatever is done to it.
@Suite struct TableTests {
    @Test(arguments: 0..<20) func `any changes give the contents of a dictionary`(_ seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var table = Table<Int, [Int]>()
        var model: [Int: [Int]] = [:]
        for step in 0..<400 {
            let key = Int(random.next() % 12)
            switch random.next() % 5 {
            case 0: (table[key], model[key]) = ([step], [step])
            case 1: (table[key], model[key]) = (nil, nil)
            case 2:
                table[key]?.append(step)
                model[key]?.append(step)
            case 3:
                table = table.filter { $0.key != key }
                model = model.filter { $0.key != key }
            default: #expect(table[key] == model[key])
            }
            #expect(table.count == model.count)
            #expect(Set(table.keys) == Set(model.keys))
            #expect(Set(table.values) == Set(model.values))
            #expect(Dictionary(uniqueKeysWithValues: table.map { ($0.key, $0.value) }) == model)
        }
    }

    @Test func `two tables with the same content are equal, in whatever order it came`() {
        var left = Table<Int, String>()
        var right = Table<Int, String>()
        for key in 0..<5 { left[key] = "\(key)" }
        for key in [9, 3, 1, 4, 0, 2] { right[key] = "\(key)" }
        #expect(left != right)
        right[9] = nil
        #expect(left == right && left.hashValue == right.hashValue)
        right[3]?.append("!")
        #expect(left != right)
    }

    @Test func `nothing is kept in the place of a value that was taken away`() {
        var table = Table<Int, Int>()
        for key in 0..<1000 {
            table[key] = key
            table[key - 3] = nil
        }
        #expect(Set(table.keys) == [997, 998, 999])
        #expect(table.values.sorted() == [997, 998, 999])
    }
}
