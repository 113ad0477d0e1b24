extension Glob {
    /// Whether the whole of `text` matches.
    ///
    /// It compares Unicode scalars. After a mismatch it goes back to the last star only, which is
    /// enough, so the work is at most the product of both lengths.
    package func matches(_ text: String) -> Bool {
        let glob = Array(self.text.unicodeScalars)
        let subject = Array(text.unicodeScalars)
        var (place, position) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < subject.count {
            if place < glob.count, glob[place] == "*" {
                star = (place, position)
                place += 1
            } else if place < glob.count, glob[place] == "?" || glob[place] == subject[position] {
                place += 1
                position += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                (place, position) = (last.place + 1, last.position + 1)
            } else {
                return false
            }
        }
        return glob[place...].allSatisfy { $0 == "*" }
    }
}
