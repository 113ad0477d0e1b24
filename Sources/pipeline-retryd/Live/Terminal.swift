import Glibc
import Primitives
import RetryDaemon

/// Where every command writes; nothing from outside reaches a terminal otherwise.
enum Terminal {
    /// Writes text of whole lines to standard output.
    static func write(_ text: String) {
        print(text.asLines, terminator: "")
    }

    /// Writes a JSON value and a line's end to standard output.
    static func write(json: String) {
        print(json.asSafeJSON)
    }

    /// Writes a page into a file and says so, or ends the command with what went wrong.
    static func write(page: String, to path: String) throws {
        do throws(OutputFileError) {
            try OutputFile.write(Array(page.utf8), to: path)
        } catch {
            complain("pipeline-retryd: \(error)")
            return try ExitStatus.stateNotWritable.exit()
        }
        write("wrote \(path), \((page.utf8.count + 1023) / 1024) KiB\n")
    }

    /// Whether a person watches standard error.
    static var isWatched: Bool { isatty(2) == 1 }

    /// Writes a line to standard error; a failed write is ignored.
    static func complain(_ line: String) { complain(line.asOneLine, end: "\n") }

    /// Puts a line in the place of the one that was shown last, on a terminal; an empty one takes
    /// it away.
    static func show(_ line: String) {
        // The cursor goes to the start of the line, and what is behind the new text goes away.
        complain("\r\u{1B}[K" + line.asOneLine, end: "")
    }

    private static func complain(_ text: String, end: String) {
        var bytes = Array((text + end).utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { line in
                unsafe Glibc.write(2, line.baseAddress, line.count)
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
