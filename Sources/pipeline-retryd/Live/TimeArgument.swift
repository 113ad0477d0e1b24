import ArgumentParser
import Primitives
import RetryCore
import Systemd

/// A time on the command line: RFC 3339, or seconds since 1970 as the AWS CLI prints them.
struct TimeArgument: ExpressibleByArgument {
    let time: WallTime

    init?(argument: String) {
        guard let time = WallTime(lenient: argument) else { return nil }
        self.time = time
    }
}
