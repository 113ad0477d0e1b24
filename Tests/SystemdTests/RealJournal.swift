import CSystemd
import Glibc

/// A reader of this machine's journal (sd_journal(3)).
struct RealJournal {
    /// The entries that carry a field with that value, oldest first, each as its `NAME=value`s.
    ///
    /// - Parameter match: `NAME=value`.
    /// - Returns: the entries; nil when the journal cannot be read.
    static func entries(with match: String) -> [[String]]? {
        var journal: OpaquePointer?
        guard unsafe sd_journal_open(&journal, Int32(SD_JOURNAL_LOCAL_ONLY)) == 0 else {
            return nil
        }
        defer { unsafe sd_journal_close(journal) }
        guard unsafe sd_journal_add_match(journal, match, 0) == 0,
            unsafe sd_journal_set_data_threshold(journal, 0) == 0
        else { return nil }
        var entries: [[String]] = []
        while unsafe sd_journal_next(journal) > 0 { unsafe entries.append(fields(of: journal)) }
        return entries
    }

    private static func fields(of journal: OpaquePointer?) -> [String] {
        var fields: [String] = []
        var start: UnsafeRawPointer?
        var size = 0
        while unsafe sd_journal_enumerate_data(journal, &start, &size) > 0 {
            guard let start = unsafe start else { break }
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: size)
            fields.append(unsafe String(decoding: bytes, as: UTF8.self))
        }
        return fields
    }
}
