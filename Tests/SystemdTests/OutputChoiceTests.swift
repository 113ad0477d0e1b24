import Systemd
import Testing

@Suite struct OutputChoiceTests {
    struct Case: Sendable {
        let option: LogOption?
        let stream: String?
        let isTerminal: Bool
        let isSupervised: Bool
        let expected: LogOutput
    }

    @Test(arguments: [
        Case(nil, "9:79143", tty: false, supervised: true, .journal),
        Case(nil, "9:79143", tty: false, supervised: false, .journal),
        // The variable alone does not suffice: the stream was redirected.
        Case(nil, "9:79144", tty: false, supervised: true, .prefixed),
        Case(nil, "8:79143", tty: false, supervised: false, .text(colour: false)),
        Case(nil, "9:79144", tty: true, supervised: false, .text(colour: true)),
        Case(nil, "", tty: false, supervised: true, .prefixed),
        Case(nil, "9", tty: false, supervised: true, .prefixed),
        Case(nil, "9:79143:1", tty: false, supervised: true, .prefixed),
        Case(nil, nil, tty: false, supervised: true, .prefixed),
        Case(nil, nil, tty: true, supervised: true, .text(colour: true)),
        Case(nil, nil, tty: true, supervised: false, .text(colour: true)),
        Case(nil, nil, tty: false, supervised: false, .text(colour: false)),
        Case(.journal, nil, tty: true, supervised: false, .journal),
        Case(.json, "9:79143", tty: false, supervised: true, .json),
        Case(.text, "9:79143", tty: false, supervised: true, .text(colour: false)),
        Case(.text, nil, tty: true, supervised: false, .text(colour: true)),
    ])
    func `the output follows the option, then the journal's stream, then the manager`(
        _ given: Case
    ) {
        let facts = OutputFacts(
            journalStream: given.stream,
            standardError: FileIdentity(device: 9, inode: 79143),
            isTerminal: given.isTerminal,
            isSupervised: given.isSupervised
        )
        #expect(LogOutput.choose(given.option, facts: facts) == given.expected)
    }

    @Test func `a closed standard error is not a journal`() {
        let facts = OutputFacts(
            journalStream: "9:79143",
            standardError: nil,
            isTerminal: false,
            isSupervised: true
        )
        #expect(LogOutput.choose(nil, facts: facts) == .prefixed)
    }

    @Test(arguments: [nil, LogOption.text])
    func `a terminal that rejects colour gets none`(option: LogOption?) {
        let facts = OutputFacts(
            journalStream: nil,
            standardError: nil,
            isTerminal: true,
            isSupervised: false,
            allowsColour: false
        )
        #expect(LogOutput.choose(option, facts: facts) == .text(colour: false))
    }
}

extension OutputChoiceTests.Case {
    init(
        _ option: LogOption?,
        _ stream: String?,
        tty: Bool,
        supervised: Bool,
        _ expected: LogOutput
    ) {
        self.init(
            option: option,
            stream: stream,
            isTerminal: tty,
            isSupervised: supervised,
            expected: expected
        )
    }
}
