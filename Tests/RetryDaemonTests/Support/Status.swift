import RetryDaemon

/// The exit status of a command; Swift Testing has a type of the same name.
typealias Status = RetryDaemon.ExitStatus
