/// `root_cause` of the config file.
package struct CauseSettings: Hashable, Sendable {
    /// The longest that a decision waits for causes.
    package static let longest = Duration.seconds(10)

    /// `root_cause.enabled`.
    package var isEnabled: Bool
    /// `root_cause.timeout`, at most ``longest``.
    package var timeout: Duration
    /// `root_cause.log_lines`: how many lines of a log are read; 0 to 1000.
    package var logLines: Int

    /// Creates settings; the defaults are those of the config file.
    package init(
        isEnabled: Bool = true,
        timeout: Duration = CauseSettings.longest,
        logLines: Int = 200
    ) {
        self.isEnabled = isEnabled
        self.timeout = min(max(.zero, timeout), CauseSettings.longest)
        self.logLines = min(max(0, logLines), 1000)
    }

    /// Nothing is read.
    package static let off = CauseSettings(isEnabled: false)
}
