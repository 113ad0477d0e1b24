import Glibc
import Primitives

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

    /// Writes a line to standard error; a failed write is ignored.
    static func complain(_ line: String) {
        var bytes = Array((line.asOneLine + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes { line in
                unsafe Glibc.write(2, line.baseAddress, line.count)
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
