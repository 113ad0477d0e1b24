import ArgumentParser
import Primitives
import RetryCore
import Systemd

extension LogOption: ExpressibleByArgument {}
