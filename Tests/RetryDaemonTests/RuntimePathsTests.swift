import RetryDaemon
import Systemd
import Testing

@Suite
struct RuntimePathsTests {
    @Test(
        arguments: [
            (["STATE_DIRECTORY": "/var/lib/a:/var/lib/b", "HOME": "/h"], "/given", "/var/lib/a"),
            (["HOME": "/h"], "/given", "/given"),
            (["XDG_STATE_HOME": "/x", "HOME": "/h"], nil, "/x/pipeline-retryd"),
            (["XDG_STATE_HOME": "relative", "HOME": "/h"], nil, "/h/.local/state/pipeline-retryd"),
            (["HOME": "/h"], nil, "/h/.local/state/pipeline-retryd"),
            (["STATE_DIRECTORY": "", "HOME": ""], nil, nil),
        ] as [([String: String], String?, String?)]
    )
    func `the state directory`(_ row: ([String: String], String?, String?)) {
        #expect(RuntimePaths(environment: row.0).state(given: row.1) == row.2)
    }

    @Test
    func `a command looks where a daemon listens`() {
        let service = RuntimePaths(environment: ["RUNTIME_DIRECTORY": "/run/x", "HOME": "/h"])
        #expect(service.socket(state: "/s") == "/run/x/control.sock")
        #expect(service.sockets(given: nil) == ["/run/x/control.sock"])
        let person = RuntimePaths(environment: ["HOME": "/h"])
        #expect(person.socket(state: "/s") == "/s/control.sock")
        #expect(person.sockets(given: "/s") == ["/s/control.sock"])
        #expect(
            person.sockets(given: nil) == [
                "/run/pipeline-retryd/control.sock",
                "/h/.local/state/pipeline-retryd/control.sock",
            ]
        )
    }

    @Test(arguments: [
        (ControlSocketError.notRunning(path: "p"), Status.unavailable),
        (.notPermitted(path: "p"), .notPermitted), (.inUse(path: "p"), .heldByOther),
        (.timedOut(path: "p", after: .seconds(1)), .unavailable),
        (.closedEarly(path: "p"), .unavailable),
    ])
    func `a daemon that does not answer`(_ row: (ControlSocketError, Status)) {
        #expect(Status(row.0) == row.1)
    }

    @Test(arguments: [
        ("/run/pipeline-retryd/control.sock", "start it with 'systemctl start pipeline-retryd'"),
        ("/tmp/x/control.sock", "start it with 'pipeline-retryd run --state-dir /tmp/x'"),
        ("st/control.sock", "start it with 'pipeline-retryd run --state-dir st'"),
    ])
    func `a daemon that does not run is started as its folder tells`(_ row: (String, String)) {
        let text = ControlSocketError.notRunning(path: row.0).description
        #expect(text == "\(row.0): no pipeline-retryd listens there; \(row.1)")
    }

    @Test(arguments: [
        (ControlAnswer.Outcome.done, Status.success), (.volatile, .success),
        (.refused, .config), (.stopping, .unavailable), (.invalid, .usage),
    ])
    func `the daemon's answers`(_ row: (ControlAnswer.Outcome, Status)) {
        #expect(Status(row.0) == row.1)
    }

    @Test
    func `a control socket that cannot be created`() {
        #expect(Status(listening: .inUse(path: "p")) == .heldByOther)
        #expect(Status(listening: .notPermitted(path: "p")) == .notPermitted)
        #expect(Status(listening: .notASocket(path: "p")) == .stateNotWritable)
        for (code, status): (Int32, Status) in [
            (1, .notPermitted), (13, .notPermitted), (2, .stateNotWritable),
            (30, .stateNotWritable),
        ] {
            let error = HostError(call: "listening at p", code: code)
            #expect(Status(listening: .failed(error)) == status)
        }
    }
}
