import ArgumentParser
import Primitives
import RetryCore
import Systemd

/// A duration on the command line, in the form of the config file: `90s`, `1h30m`, `2d`.
struct DurationArgument: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        var seconds: Int64 = 0
        var digits = ""
        for character in argument {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = units[character], digits.count <= 9, let number = Int64(digits)
            else { return nil }
            seconds += number * unit
            digits = ""
        }
        guard digits.isEmpty, seconds > 0, seconds <= 366 * 86_400 else { return nil }
        duration = .seconds(seconds)
    }
}
