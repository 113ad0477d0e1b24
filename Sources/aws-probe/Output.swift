import Glibc

/// Prints a line and hands it on at once, for a reader that waits for each answer.
func printNow(_ line: String) {
    print(line)
    _ = fflush(nil)
}
