import AttemptLedger
import RetryCore
import Testing

@Suite("A disk that takes no writes")
struct LedgerErrorTests {
    /// Fills a ledger of few pages with pauses until it is full; returns the pauses.
    private func fill(_ ledger: Ledger) -> [Pause] {
        var pauses: [Pause] = []
        for number in 0..<200 {
            var next = pause(PipelineName("p\(number)"))
            next.reason = String(repeating: "x", count: 1000)
            pauses.append(next)
            do {
                try ledger.apply([.pause(next)], now: time(0))
            } catch {
                #expect(error == .full)
                return pauses
            }
        }
        Issue.record("the ledger never became full")
        return pauses
    }

    @Test
    func `a full disk fails intents, keeps the other writes, and recovers by itself`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory, options: LedgerOptions(maximumPages: 36)).ledger
        let pauses = fill(ledger)
        #expect(throws: LedgerError.full) { try ledger.record(intent(), now: time(1)) }
        guard case .failed(let text) = ledger.durability(of: intent(), now: time(1)) else {
            Issue.record("an intent was recorded on a full disk")
            return
        }
        #expect(text.contains("full"))
        #expect(throws: LedgerError.full) {
            try ledger.apply([.episode(fullEpisode())], now: time(2))
        }
        #expect(try ledger.snapshot().intents.isEmpty)
        #expect(try ledger.snapshot().pauses.count == pauses.count)

        try ledger.apply(pauses.map { .resume($0.scope) }, now: time(3))
        let other = intent(of: "e2", at: time(3))
        try ledger.record(other, now: time(3))
        ledger.close()
        let after = try stored(directory)
        #expect(after == LedgerSnapshot(episodes: [fullEpisode()], intents: [other]))
    }

    @Test
    func `a full disk still lets the next start read`() throws {
        let directory = TemporaryDirectory()
        let options = LedgerOptions(maximumPages: 36)
        let first = try open(directory, options: options).ledger
        let pauses = fill(first)
        first.close()
        let second = try open(directory, options: options)
        #expect(second.snapshot.pauses.count == pauses.count - 1)
        #expect(throws: LedgerError.full) {
            try second.ledger.apply([.pause(pauses[pauses.count - 1])], now: time(1))
        }
        second.ledger.close()
    }

    @Test
    func `an empty batch tests whether the disk accepts writes again`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        defer { ledger.close() }
        directory.remove("ledger.sqlite")
        directory.makeDirectory("ledger.sqlite")
        #expect(throws: LedgerError.self) { try ledger.record(intent(), now: time(0)) }
        #expect(throws: LedgerError.self) { try ledger.apply([], now: time(1)) }
        directory.removeDirectory("ledger.sqlite")
        try ledger.apply([], now: time(2))
        try ledger.record(intent(), now: time(3))
        #expect(try ledger.snapshot().intents == [intent()])
    }

    @Test
    func `a file that cannot be opened keeps the writes for later`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        directory.remove("ledger.sqlite")
        directory.makeDirectory("ledger.sqlite")
        let refusal = #expect(throws: LedgerError.self) {
            try ledger.apply([.episode(episode()), .pause(pause())], now: time(0))
        }
        #expect(refusal == .readOnly)
        directory.removeDirectory("ledger.sqlite")
        try ledger.record(intent(), now: time(1))
        ledger.close()
        let after = try stored(directory)
        #expect(
            after == LedgerSnapshot(episodes: [episode()], intents: [intent()], pauses: [pause()])
        )
    }

    @Test
    func `writes that the disk refused are remembered while nothing can be read`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        directory.remove("ledger.sqlite")
        directory.makeDirectory("ledger.sqlite")
        #expect(throws: LedgerError.readOnly) {
            try ledger.apply([.episode(episode()), .intent(intent())], now: time(0))
        }
        #expect(try ledger.recall(key(), now: time(1)) == .open(episode(), [intent()]))
        #expect(throws: LedgerError.readOnly) { try ledger.recall(key("e2"), now: time(1)) }
        directory.removeDirectory("ledger.sqlite")
        ledger.close()
    }

    @Test
    func `an end that the disk refused is as final as one on disk`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        directory.remove("ledger.sqlite")
        directory.makeDirectory("ledger.sqlite")
        let ended = episode("ended", endedAt: time(1))
        for writes in [
            [.episode(ended), .intent(intent(of: "open"))], [.episode(episode("ended"))],
        ] as [[LedgerWrite]] {
            #expect(throws: LedgerError.self) { try ledger.apply(writes, now: time(1)) }
        }
        directory.removeDirectory("ledger.sqlite")
        #expect(throws: LedgerError.episodeEnded) {
            try ledger.record(intent(of: "ended"), now: time(2))
        }
        #expect(throws: LedgerError.intentExists(sequence: 1)) {
            try ledger.record(intent(of: "open", at: time(2)), now: time(2))
        }
        try ledger.apply([], now: time(3))
        ledger.close()
        let after = try stored(directory)
        #expect(after == LedgerSnapshot(episodes: [ended], intents: [intent(of: "open")]))
    }

    @Test
    func `writes that failed until the end get a last attempt at close`() throws {
        let directory = TemporaryDirectory()
        let ledger = try open(directory).ledger
        directory.remove("ledger.sqlite")
        directory.makeDirectory("ledger.sqlite")
        #expect(throws: LedgerError.readOnly) {
            try ledger.apply([.pause(pause())], now: time(0))
        }
        directory.removeDirectory("ledger.sqlite")
        ledger.close()
        #expect(try stored(directory).pauses == [pause()])
    }

    @Test(arguments: [
        LedgerError.cannotCreate(path: "/x/ledger.lock", errno: 13), .heldByOther(pid: 12),
        .heldByOther(pid: nil), .unsafe(path: "/x", why: "it is a symbolic link"),
        .newer(version: 9, known: 1), .notALedger, .full, .readOnly,
        .corrupt, .intentExists(sequence: 3), .episodeEnded,
        .unstorable("the stage's name", row: "the pause of stage ?"), .closed, .noRoomForHistory,
        .other(code: 1034, message: "disk I/O error"),
    ])
    func `every error has a sentence and an exit status`(_ error: LedgerError) {
        #expect(error.sentence.hasPrefix("ledger: "))
        #expect(error.sentence.hasSuffix("."))
        #expect(error.sentence.utf8.count > 30)
        if case .heldByOther = error {
            #expect(error.exitStatus == 75)
        } else {
            #expect(error.exitStatus == 73)
        }
    }
}
