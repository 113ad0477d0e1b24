import Systemd
import Testing

@Suite struct ServiceNoticeTests {
    @Test(arguments: [
        (
            ServiceNotice.ready(status: "Watching 3 pipelines"),
            "READY=1\nSTATUS=Watching 3 pipelines"
        ),
        (
            .reloading(monotonicMicroseconds: 123_456, status: "Reloading"),
            "RELOADING=1\nMONOTONIC_USEC=123456\nSTATUS=Reloading"
        ),
        (.stopping(status: "Draining"), "STOPPING=1\nSTATUS=Draining"),
        (.status("3 retries pending"), "STATUS=3 retries pending"),
        (.failing(status: "Disk full", code: 28), "STATUS=Disk full\nERRNO=28"),
        (.watchdogPing, "WATCHDOG=1"),
        (
            .watchdogTrigger(status: "Stalled: poll 94s"),
            "STATUS=Stalled: poll 94s\nERRNO=110\nWATCHDOG=trigger"
        ),
        (.extendTimeout(.seconds(3)), "EXTEND_TIMEOUT_USEC=3000000"),
        (.extendTimeout(.milliseconds(1500)), "EXTEND_TIMEOUT_USEC=1500000"),
    ])
    func `each notice is one datagram`(notice: ServiceNotice, text: String) {
        #expect(notice.datagram == text)
    }

    @Test func `an external status cannot inject a state`() {
        let hostile = "web\nSTOPPING=1\r\nMAINPID=1\u{1B}[2J\u{2028}READY=1"
        for notice in notices(status: hostile) {
            let lines = notice.datagram.split(separator: "\n")
            #expect(lines.filter { $0.hasPrefix("STATUS=") }.count == 1)
            #expect(!lines.contains { $0.hasPrefix("MAINPID") })
            #expect(lines.count { isState($0) } <= 1)
            #expect(!notice.datagram.contains("\u{1B}"))
        }
    }

    @Test func `a datagram stays under the 4096 bytes that the manager reads`() {
        for notice in notices(status: String(repeating: "é", count: 5000)) {
            #expect(notice.datagram.utf8.count < 4096)
            #expect(notice.datagram.contains("…"))
        }
    }

    private func notices(status: String) -> [ServiceNotice] {
        [
            .ready(status: status), .reloading(monotonicMicroseconds: 1, status: status),
            .stopping(status: status), .status(status), .failing(status: status, code: 5),
            .watchdogTrigger(status: status),
        ]
    }

    private func isState(_ line: Substring) -> Bool {
        ["READY=", "RELOADING=", "STOPPING=", "WATCHDOG="].contains { line.hasPrefix($0) }
    }
}

@Suite struct ServiceManagerTests {
    @Test(arguments: [true, false])
    func `a manager receives each notice as a datagram of its own`(isAbstract: Bool) throws {
        let folder = try #require(TemporaryFolder())
        let address = isAbstract ? "@\(folder.path)" : "\(folder.path)/notify"
        let receiver = try #require(DatagramReceiver(address: address))
        let manager = ServiceManager(environment: ["NOTIFY_SOCKET": address])
        #expect(manager.isSupervised)
        let time = LinuxHost().monotonicMicroseconds
        let notices: [ServiceNotice] = [
            .ready(status: "up"), .watchdogPing,
            .reloading(monotonicMicroseconds: time, status: "reloading"), .ready(status: "up"),
            .stopping(status: "down"),
        ]
        for notice in notices { #expect(manager.report(notice) == .sent) }
        for notice in notices { #expect(receiver.next() == notice.datagram) }
        #expect(receiver.next() == nil)
    }

    @Test(arguments: [[String: String](), ["NOTIFY_SOCKET": ""]])
    func `without a manager nothing is sent`(environment: [String: String]) {
        let manager = ServiceManager(environment: environment)
        #expect(!manager.isSupervised)
        #expect(manager.report(.ready(status: "up")) == .notSupervised)
    }

    @Test(arguments: [
        "/nonexistent/notify": Int32(2), "relative": 97, "vsock:2:1234": 97, "@": 97,
        "/" + String(repeating: "x", count: 200): 36,
    ])
    func `an address that cannot be reached is reported, not thrown`(address: String, code: Int32) {
        let outcome = ServiceManager(notifySocket: address).report(.watchdogPing)
        let error = HostError(call: "notifying the service manager at \(address)", code: code)
        #expect(outcome == .failed(error))
    }

    @Test func `a manager that does not read never blocks a ping`() throws {
        let folder = try #require(TemporaryFolder())
        let receiver = try #require(DatagramReceiver(address: "\(folder.path)/notify"))
        let manager = ServiceManager(notifySocket: receiver.address)
        var outcome = ServiceManager.Outcome.sent
        for _ in 0..<5000 where outcome == .sent { outcome = manager.report(.watchdogPing) }
        let call = "notifying the service manager at \(receiver.address)"
        #expect(outcome == .failed(HostError(call: call, code: 11)))
        #expect(receiver.next() == "WATCHDOG=1")
    }
}
