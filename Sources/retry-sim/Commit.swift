import FoundationEssentials

/// The commit that is checked out here, for the line that replays a failure.
enum Commit {
    /// Its hash; `unknown` outside a repository, before the first commit, and for packed refs.
    static func current(in directory: String = ".git") -> String {
        guard let head = line(of: "\(directory)/HEAD") else { return "unknown" }
        guard head.hasPrefix("ref: ") else { return head }
        return line(of: "\(directory)/\(head.dropFirst(5))") ?? "unknown"
    }

    private static func line(of path: String) -> String? {
        do {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            return text.split(separator: "\n").first.map(String.init)
        } catch {
            // A missing file is an answer: the commit is unknown.
            return nil
        }
    }
}
