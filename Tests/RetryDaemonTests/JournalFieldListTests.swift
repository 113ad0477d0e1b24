import RetryCore
import Systemd
import Testing

@Suite struct JournalFieldListTests {
    @Test func `journald keeps every field of the reports`() {
        for field in ReportField.allCases {
            #expect(JournalField(field.rawValue) != nil, "journald drops \(field.rawValue)")
        }
    }

    @Test func `fields that the journal itself uses are named as in reports`() {
        #expect(JournalField.event.name == ReportField.event.rawValue)
        #expect(JournalField.outcome.name == ReportField.outcome.rawValue)
        // It counts what no report could say.
        #expect(JournalField.dropped.name == "RETRYD_DROPPED")
    }
}
