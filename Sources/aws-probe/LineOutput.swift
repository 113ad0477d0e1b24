import Glibc

/// The standard output, for a reader that waits for each line.
enum LineOutput {
    /// Prints a line and hands it on at once.
    static func print(_ line: String) {
        Swift.print(line)
        _ = fflush(nil)
    }
}
