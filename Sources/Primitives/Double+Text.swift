extension Double {
    /// For people: one decimal at most, below 1 two, and none where they would be zeros.
    package var shortText: String {
        let digits = self >= 1 ? 10.0 : 100.0
        let rounded = (self * digits).rounded() / digits
        guard rounded == rounded.rounded(), abs(rounded) < 1e15 else { return "\(rounded)" }
        return String(Int(rounded))
    }
}
