import ArgumentParser
import AttemptLedger
import Systemd

extension PastEpisode.End: ExpressibleByArgument {}
