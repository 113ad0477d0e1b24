import RetryCore
import Systemd
import Testing

@Suite struct JournalFieldListTests {
    @Test func `the fields that Systemd names are those of the reports and its own`() {
        let reported = ReportField.allCases.map(\.rawValue)
        let own = JournalField.own.map(\.name)
        #expect(Set(own).count == own.count)
        // RETRYD_DROPPED counts what no report could say.
        #expect(Set(own) == Set(reported).union(["RETRYD_DROPPED"]))
        for name in reported { #expect(JournalField(name) != nil, "journald drops \(name)") }
    }
}
