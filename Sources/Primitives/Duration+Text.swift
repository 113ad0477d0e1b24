extension Duration {
    /// The text form of the config file: `90s`, `1m30s`, `2h`, `1d`.
    package var shortText: String {
        guard self >= .zero else { return "-" + (.zero - clamped).shortText }
        guard self >= .seconds(1) else {
            return self == .zero ? "0s" : "\(wholeMilliseconds)ms"
        }
        var rest = wholeMilliseconds / 1000
        var text = ""
        for (unit, length) in [("d", Int64(86_400)), ("h", 3600), ("m", 60), ("s", 1)] {
            if rest / length > 0 { text += "\(rest / length)\(unit)" }
            rest %= length
        }
        return text
    }

    /// Whole microseconds in decimal, as a journal field has them.
    package var microsecondsText: String {
        let (seconds, attoseconds) = clamped.components
        return "\(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)"
    }
}
