import AttemptLedger
import RetryCore
import Testing

@Suite("The ledger's files")
struct LedgerFileTests {
    @Test
    func `stored rows are there after a restart`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory)
        #expect(first.snapshot == LedgerSnapshot())
        #expect(first.setAside == nil)
        try first.ledger.record(intent(), now: time(0))
        try first.ledger.apply([.episode(fullEpisode()), .pause(pause())], now: time(0))
        first.ledger.close()
        #expect(
            try stored(directory)
                == LedgerSnapshot(episodes: [fullEpisode()], intents: [intent()], pauses: [pause()])
        )
    }

    @Test
    func `stored rows survive a crash at any time after the answer`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        for sequence in 1...5 {
            try ledger.record(intent(sequence), now: time(0))
            let copy = TemporaryDirectory()
            for name in ["ledger.sqlite", "ledger.sqlite-wal"] { directory.copy(name, to: copy) }
            #expect(try stored(copy).intents == (1...sequence).map { intent($0) })
        }
    }

    @Test
    func `a log cut in the middle of a write loses that write and nothing before it`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        try ledger.record(intent(1), now: time(0))
        let before = directory.size("ledger.sqlite-wal")
        try ledger.record(intent(2), now: time(0))
        let log = try #require(directory.read("ledger.sqlite-wal"))
        #expect(log.count > before)
        for length in [before, before + 1, before + 24, log.count - 1] {
            let copy = TemporaryDirectory()
            directory.copy("ledger.sqlite", to: copy)
            copy.write(Array(log.prefix(length)), to: "ledger.sqlite-wal")
            #expect(try stored(copy).intents == [intent(1)], "length \(length)")
        }
    }

    @Test
    func `the files may be read by the group and by nobody else`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        #expect(directory.mode("ledger.sqlite") == 0o640)
        #expect(directory.mode("ledger.sqlite-wal") == 0o640)
        #expect(directory.mode("ledger.lock") == 0o640)
        #expect(directory.names == ["ledger.lock", "ledger.sqlite", "ledger.sqlite-wal"])
    }

    @Test
    func `the state directory is created, its parent is not`() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/state"
        do {
            let opening = try Ledger.open(directory: path, now: time(0), processID: 1)
            opening.ledger.close()
        }
        #expect(directory.mode("state") == 0o750)
        directory.remove("state/ledger.sqlite")
        directory.remove("state/ledger.lock")
        #expect(throws: LedgerError.cannotCreate(path: path + "/a/b", errno: 2)) {
            try Ledger.open(directory: path + "/a/b", now: time(0), processID: 1)
        }
    }

    @Test
    func `a directory that is not writable is an error with its path`() {
        #expect(throws: LedgerError.self) {
            try Ledger.open(directory: "/proc/self", now: time(0), processID: 1)
        }
        let directory = TemporaryDirectory()
        directory.write([], to: "file")
        let lock = directory.path + "/file/ledger.lock"
        #expect(throws: LedgerError.cannotCreate(path: lock, errno: 20)) {
            try Ledger.open(directory: directory.path + "/file", now: time(0), processID: 1)
        }
    }

    @Test
    func `a second instance is refused and shown who holds the ledger`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        let refusal = #expect(throws: LedgerError.heldByOther(pid: 4711)) {
            try Ledger.open(directory: directory.path, now: time(0), processID: 2)
        }
        #expect(refusal?.exitStatus == 75)
        #expect(directory.read("ledger.lock") == Array("4711\n".utf8))
        first.close()
        let second = try Ledger.open(directory: directory.path, now: time(0), processID: 2)
        second.ledger.close()
        #expect(directory.read("ledger.lock") == Array("2\n".utf8))
    }

    @Test
    func `a dropped ledger releases its lock`() throws {
        let directory = TemporaryDirectory()
        _ = try open(directory)
        try open(directory).ledger.close()
    }

    @Test
    func `an instance that lost the lock file to another one writes no more`() throws {
        let directory = TemporaryDirectory()
        let first = try open(directory).ledger
        defer { first.close() }
        directory.remove("ledger.lock")
        // The lock file is free for a second instance, but the database is not.
        let refusal = #expect(throws: LedgerError.self) { try open(directory) }
        #expect(refusal?.sentence.contains("locked") == true)
        try first.record(intent(1), now: time(0))
        #expect(directory.names.contains("ledger.lock"))
    }

    @Test
    func `a refused intent is no reason to let go of the file`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        try ledger.apply([.episode(episode(endedAt: time(1)))], now: time(1))
        #expect(throws: LedgerError.episodeEnded) { try ledger.record(intent(), now: time(2)) }
        directory.remove("ledger.lock")
        // Another program gets what is let go of, if only for a moment.
        let refusal = #expect(throws: LedgerError.self) { try open(directory) }
        #expect(refusal?.sentence.contains("locked") == true)
    }

    @Test
    func `a foreign lock on a new lock file stops the intents`() throws {
        let directory = TemporaryDirectory()
        let other = TemporaryDirectory()
        let first = try open(directory).ledger
        let holder = try Ledger.open(directory: other.path, now: time(0), processID: 99).ledger
        directory.remove("ledger.lock")
        other.move("ledger.lock", toPath: directory.path + "/ledger.lock")
        #expect(throws: LedgerError.heldByOther(pid: 99)) {
            try first.record(intent(), now: time(0))
        }
        holder.close()
        try first.record(intent(), now: time(0))
        first.close()
    }

    @Test(arguments: [true, false])
    func `an instance that finds the lock taken releases its own and the database`(
        _ writes: Bool
    ) throws {
        let directory = TemporaryDirectory()
        let other = TemporaryDirectory()
        let third = TemporaryDirectory()
        let first = try open(directory).ledger
        defer { first.close() }
        let holder = try Ledger.open(directory: other.path, now: time(0), processID: 99).ledger
        directory.move("ledger.lock", toPath: third.path + "/ledger.lock")
        other.move("ledger.lock", toPath: directory.path + "/ledger.lock")
        #expect(throws: LedgerError.heldByOther(pid: 99)) {
            if writes {
                try first.record(intent(), now: time(0))
            } else {
                _ = try first.recall(key(), now: time(0))
            }
        }
        holder.close()
        for place in [directory, third] {
            let second = try open(place).ledger
            defer { second.close() }
            try second.record(intent(), now: time(0))
        }
    }
}
