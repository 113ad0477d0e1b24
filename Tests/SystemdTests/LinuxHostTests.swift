import CSystemd
import Glibc
import Primitives
import Systemd
import Testing

@Suite struct LinuxHostTests {
    private let host = LinuxHost()

    @Test func `the clocks go forward and the one that counts suspend is never behind`() {
        let awake = host.awakeInstant
        let boot = host.bootInstant
        #expect(awake > .origin)
        #expect(boot >= awake)
        #expect(host.awakeInstant >= awake)
        #expect(host.bootInstant >= boot)
        #expect(host.monotonicMicroseconds >= UInt64(awake.sinceOrigin / .microseconds(1)))
    }

    @Test func `the time of day is this century's`() throws {
        let start = try #require(WallTime(rfc3339: "2025-01-01T00:00:00Z"))
        let end = try #require(WallTime(rfc3339: "2100-01-01T00:00:00Z"))
        #expect((start..<end).contains(host.wallTime))
    }

    @Test func `the heap can be settled, more than once`() throws {
        try host.settleHeap()
        try host.settleHeap()
    }

    @Test func `memory is given back, and the program goes on`() {
        let given = host.giveBackMemory()
        #expect(given > 1 << 20)
        #expect(host.giveBackMemory() == given)
        #expect(host.hostname == LinuxHost().hostname)
    }

    /// The bytes of code that the lines of /proc/self/maps have for a file.
    private func code(of file: (Substring) -> Bool) -> Int {
        guard let maps = unsafe fopen("/proc/self/maps", "r") else { return 0 }
        defer { _ = unsafe fclose(maps) }
        var line = [CChar](repeating: 0, count: 8192)
        var bytes = 0
        while unsafe fgets(&line, Int32(line.count), maps) != nil {
            let written = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let text = String(decoding: written, as: UTF8.self)
            let words = text.split { $0 == " " || $0 == "\n" }
            guard words.count == 6, words[1] == "r-xp", file(words[5]) else { continue }
            let ends = words[0].split(separator: "-").compactMap { Int($0, radix: 16) }
            bytes += ends[1] - ends[0]
        }
        return bytes
    }

    @Test func `the code of libraries is given back, too`() {
        let libraries = code { $0.contains(".so") }
        let program = code { $0.hasSuffix(".xctest") || $0.hasSuffix("Tests") }
        #expect(libraries > 1 << 20)
        // Each file's first and last page may hold other things besides.
        #expect(host.giveBackMemory() > program + libraries / 2)
    }

    @Test func `each seed differs`() throws {
        let seeds = try (0..<100).map { _ in try host.randomSeed() }
        #expect(Set(seeds).count == 100)
    }

    @Test func `the machine and the process have a name and an id`() {
        #expect(!host.hostname.isEmpty)
        #expect(host.processID == getpid())
        #expect(host.userID == geteuid())
    }

    @Test func `the environment equals that of getenv`() {
        let environment = host.environment
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) }
        #expect(environment["PATH"] == path)
        #expect(path != nil)
        #expect(environment["NO_SUCH_NAME_HERE"] == nil)
    }

    @Test func `core dumps are forbidden`() throws {
        try host.forbidCoreDumps()
        #expect(retryd_is_dumpable() == 0)
        var limit = rlimit()
        let answer = unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        #expect(answer == 0)
        #expect(limit.rlim_cur == 0)
        #expect(limit.rlim_max == 0)
    }

    @Test func `the facts of an output come from the environment and from stderr`() {
        let facts = host.outputFacts(environment: [
            "JOURNAL_STREAM": "1:2", "NOTIFY_SOCKET": "/run/n", "NO_COLOR": "1",
        ])
        #expect(facts.journalStream == "1:2")
        #expect(facts.isSupervised)
        #expect(!facts.allowsColour)
        #expect(facts.standardError != nil)
        #expect(facts.isTerminal == (isatty(2) == 1))
        #expect(host.outputFacts(environment: ["NOTIFY_SOCKET": ""]).isSupervised == false)
        #expect(host.outputFacts(environment: ["TERM": "dumb"]).allowsColour == false)
        #expect(host.outputFacts(environment: [:]).allowsColour)
    }

    @Test func `an error names the call, the reason and the number`() {
        let error = HostError(call: "bind /run/x.sock", code: 13)
        #expect(error.description == "bind /run/x.sock: Permission denied (errno 13)")
        #expect(HostError(call: "x", code: 9999).reason.lowercased().contains("unknown error"))
    }
}
