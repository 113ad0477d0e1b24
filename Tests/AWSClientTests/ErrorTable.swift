import AWSClient
import Primitives
import Testing

/// One error and the behaviour of a call that may run twice (safe) and one that must not (unsafe).
struct Fault: Sendable, CustomTestStringConvertible {
    /// The error's name, as on the page.
    let name: String
    /// The behaviour of a safe call: sends and outcome.
    let safe: String
    /// The behaviour of an unsafe call.
    let unsafe: String
    /// The same in words.
    let words: String
    /// Plays the error for one kind of call over a transport and returns the behaviour.
    let play: @Sendable (Replay, TransportKind) async throws -> String

    var testDescription: String { name }

    /// The line of the table on the page.
    var line: String { "| \(name) | \(safe) | \(unsafe) | \(words) |" }
}

/// The error table: `docs/CLIENT.md` shows it, ``ErrorTableTests`` plays it.
enum ErrorTable {
    static let errors = onTheWay + between + answers + keys

    private static let once = "1 send, accepted"
    private static let twice = "2 sends, accepted"

    /// Errors of a connection.
    private static let onTheWay = [
        Fault(
            name: "closed before the request's head",
            safe: once,
            unsafe: once,
            words: "no byte was written: it connects again and sends then",
            play: ErrorTrial.closedInHandshake
        ),
        Fault(
            name: "closed after the request's head",
            safe: twice,
            unsafe: "1 send, unknown broken",
            words: "it may have been executed: only what may run twice is sent again",
            play: { try await ErrorTrial.first(.closeAfterHead, $0, $1) }
        ),
        Fault(
            name: "closed after the request's body",
            safe: twice,
            unsafe: "1 send, unknown broken",
            words: "the same",
            play: { try await ErrorTrial.first(.closeAfterBody, $0, $1) }
        ),
        Fault(
            name: "closed in the middle of the answer",
            safe: twice,
            unsafe: "1 send, unknown broken",
            words: "half an answer is none",
            play: { try await ErrorTrial.first(.answerAndClose(ErrorTrial.half), $0, $1) }
        ),
    ]

    /// Errors between this machine and AWS.
    private static let between = [
        Fault(
            name: "a certificate for somebody else",
            safe: "1 send, notSent lasting; again: 1 send, notSent lasting; 1 handshake",
            unsafe: "1 send, notSent lasting; again: 1 send, notSent lasting; 1 handshake",
            words: "no byte was written; the host is left alone for a while",
            play: ErrorTrial.otherPeer
        ),
        Fault(
            name: "a block page: HTML and 403",
            safe: twice,
            unsafe: "1 send, unknown foreign 403",
            words:
                "without an id it is not AWS's answer, whatever it says: AWS may have the request",
            play: { try await ErrorTrial.first(.answer(ErrorTrial.page(403)), $0, $1) }
        ),
        Fault(
            name: "a page: HTML and 400",
            safe: twice,
            unsafe: "1 send, unknown foreign 400",
            words: "the same",
            play: { try await ErrorTrial.first(.answer(ErrorTrial.page(400)), $0, $1) }
        ),
        Fault(
            name: "a proxy that wants a password: 407",
            safe: "1 send, notSent lasting",
            unsafe: "1 send, notSent lasting",
            words: "a proxy answers so before it passes anything on",
            play: { try await ErrorTrial.first(.answer(ErrorTrial.page(407)), $0, $1) }
        ),
    ]

    /// Errors of an answer.
    private static let answers = [
        Fault(
            name: "an answer after the time limit",
            safe: twice,
            unsafe: "1 send, unknown timeout",
            words: "the connection is closed; the late answer reaches nobody, no later call either",
            play: ErrorTrial.late
        ),
        Fault(
            name: "a doubled answer",
            safe: "1 send, accepted; next call: accepted",
            unsafe: "1 send, accepted; next call: accepted",
            words:
                "the second copy is dropped with its connection; the next call gets its own answer",
            play: ErrorTrial.doubled
        ),
        Fault(
            name: "refused for the clock, with AWS's Date",
            safe: twice,
            unsafe: twice,
            words: "it was not executed: signed anew with AWS's time, once; later calls keep the "
                + "correction",
            play: ErrorTrial.skewed
        ),
        Fault(
            name: "expired token, then good keys",
            safe: twice,
            unsafe: twice,
            words:
                "it was not executed: the source is asked once, and the call sent with other keys",
            play: ErrorTrial.expired
        ),
    ]

    /// Errors of the credentials.
    private static let keys = [
        Fault(
            name: "refresh failing for its whole window",
            safe: "1 send, accepted; ended: 0 sends, noCredentials; healed: 1 send, accepted",
            unsafe: "1 send, accepted; ended: 0 sends, noCredentials; healed: 1 send, accepted",
            words:
                "the old keys serve to their end, never after it; the source is asked again after "
                + "at most 5 min",
            play: { replay, _ in try await ErrorTrial.failingRefresh(replay) }
        ),
        Fault(
            name: "a rotated file",
            safe: "1 send, accepted; old keys already refused: 2 sends, accepted",
            unsafe: "1 send, accepted; old keys already refused: 2 sends, accepted",
            words: "the file is looked at every 30 s, and at once when AWS refuses its keys",
            play: { replay, _ in try await ErrorTrial.rotatedFile(replay) }
        ),
        Fault(
            name: "sessions of 900 s, for an hour",
            safe: "361 calls: 1 send, accepted; 6 sessions",
            unsafe: "361 calls: 1 send, accepted; 6 sessions",
            words: "renewed 180 to 225 s before the end, in the background",
            play: { replay, _ in try await ErrorTrial.shortSessions(replay) }
        ),
    ]
}

extension CallAnswer {
    /// How often it was sent and with which result.
    var observation: String {
        "\(facts.attempts) \(facts.attempts == 1 ? "send" : "sends"), \(verdict)"
    }
}
