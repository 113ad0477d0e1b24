import Primitives
import RetryCore
import Settings
import Testing
import YAML

/// Broken configs: any file is read or rejected with errors inside it.
@Suite struct FuzzTests {
    /// The rounds of each seed; the work is bounded by them, not by a clock.
    private static let rounds = 100

    private static let words = [
        "never", "retry", "rules", "when", "~", "[]", "{}", "{", "}", "[", "]", "- ", ": ", "\n",
        "  ", "&a ", "*a", "<<: ", "!!str ", "'", "\"", "|\n", "#", "0", "-1", "1e99", "30s", "9d",
        "99999999999999999999", "true", "Mon-Fri 22:00-06:00", "UTC", "(a+)+$", "\u{0}", "\u{FEFF}",
        "\u{2028}", "é", "%YAML 1.2\n", "---\n", "...\n", "? ", "\t", "aws-transient",
        "ALL_ACTIONS",
    ]

    @Test(arguments: 1...6, SampleConfigs.all)
    func `a mutated config never traps`(seed: Int, sample: SampleConfigs) throws {
        let original = try sample.bytes()
        var random = SplitMix64(seed: UInt64(seed))
        var refused = 0
        for _ in 0..<FuzzTests.rounds {
            var bytes = original
            for _ in 0...Int(random.next() % 4) { mutate(&bytes, &random) }
            let result = SettingsFile.load(bytes, path: "f", environment: environment)
            switch result {
            case .success(let loaded):
                // What is valid can be reported and compared.
                #expect(!CheckReport(loaded).text.isEmpty)
                #expect(ConfigurationDiff.lines(from: loaded, to: loaded) == [])
            case .failure(let found):
                refused += 1
                check(found.errors, bytes)
            }
        }
        #expect(refused > FuzzTests.rounds / 4)
    }

    @Test func `random bytes never trap`() {
        var random = SplitMix64(seed: 42)
        for _ in 0..<2000 {
            let bytes = (0..<Int(random.next() % 200)).map { _ in
                UInt8(truncatingIfNeeded: random.next() % 128)
            }
            _ = SettingsFile.load(bytes, path: "f", environment: environment)
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
        let end = min(bytes.count, place + Int(random.next() % 60))
        switch random.next() % 6 {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 2 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 3: bytes.removeSubrange(place...)
        case 4:
            let from = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
            bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + 40)], at: place)
        case _:
            let word = FuzzTests.words[Int(random.next() % UInt64(FuzzTests.words.count))]
            bytes.insert(contentsOf: Array(word.utf8), at: place)
        }
    }

    /// Errors are sorted, there is at least one, and each points into the file on one line.
    private func check(_ errors: [SettingsError], _ bytes: [UInt8]) {
        #expect(!errors.isEmpty)
        #expect(zip(errors, errors.dropFirst()).allSatisfy { $0.position <= $1.position })
        #expect(Set(errors).count == errors.count)
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
        for error in errors {
            #expect(error.position.line >= 1 && error.position.column >= 1)
            // U+0085, U+2028 and U+2029 end a line too.
            #expect(error.position.line <= lines + bytes.count / 2)
            #expect(!error.description.contains("\n"))
            #expect(error.expected != nil)
        }
    }
}
