package import RetryCore

extension WallTime {
    /// Reads the date form of HTTP headers: `Mon, 23 Nov 2026 01:02:03 GMT` (RFC 9110, 5.6.7).
    ///
    /// The obsolete forms and anything else give nil.
    package init?(httpDate text: String) {
        let fields = text.split(separator: " ")
        guard fields.count == 6, fields[0].hasSuffix(","), fields[5] == "GMT",
            let month = monthNames.firstIndex(of: String(fields[2])),
            let day = Int64(fields[1]), fields[1].count == 2,
            let year = Int64(fields[3]), fields[3].count == 4,
            let date = CivilDate(year: year, month: Int64(month) + 1, day: day)
        else { return nil }
        self.init(rfc3339: "\(date)T\(fields[4])Z")
    }
}

private let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]
