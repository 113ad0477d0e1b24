import Glibc

/// How a command line is started: its program directly, or by a shell when the line needs one.
///
/// A unit with `NoExecPaths=` permits no shell unless configured to, and most command lines are a
/// program and plain words.
package enum ProcessStart: Hashable, Sendable {
    /// The program's file, and its arguments with its name as the first.
    case program(file: String, arguments: [String])
    /// `/bin/sh -c` reads the line.
    case shell

    /// Reads a command line; a line that only a shell can parse exactly is left to the shell.
    ///
    /// - Parameters:
    ///   - line: The command line.
    ///   - path: `PATH` of the child; nil when it has none.
    ///   - isProgram: Whether a file exists and is executable.
    package init(line: String, path: String?, isProgram: (String) -> Bool) {
        self = .shell
        guard let words = Self.words(of: line), let name = words.first else { return }
        // An assignment before a command, and a name that only the shell knows.
        guard !name.isEmpty, !name.contains("=") else { return }
        if name.contains("/") {
            self = .program(file: name, arguments: words)
            return
        }
        // An empty part of PATH is the working directory, as is a relative one: left to the shell.
        let folders = (path ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard folders.allSatisfy({ $0.hasPrefix("/") }) else { return }
        let file = folders.lazy.map { "\($0)/\(name)" }.first(where: isProgram)
        if let file { self = .program(file: file, arguments: words) }
    }

    /// The words of a line without shell syntax; nil when it has some.
    ///
    /// Quotes are accepted if the text between them has no special meaning to a shell.
    private static func words(of line: String) -> [String]? {
        var words: [String] = []
        var word: [UInt8]?
        var quote: UInt8?
        for byte in line.utf8 {
            guard byte >= 0x20 || byte == UInt8(ascii: "\t") else { return nil }
            if byte == quote {
                quote = nil
            } else if let open = quote {
                guard open == UInt8(ascii: "'") || !signsInQuotes.contains(byte) else { return nil }
                word = (word ?? []) + [byte]
            } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                if let word { words.append(String(decoding: word, as: UTF8.self)) }
                word = nil
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
                word = word ?? []
            } else {
                guard !signs.contains(byte) else { return nil }
                word = (word ?? []) + [byte]
            }
        }
        guard quote == nil else { return nil }
        if let word { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    /// Characters that may have a special meaning to a shell, wherever they are.
    private static let signs = Set("|&;<>()$`\\*?[]{}!#~^".utf8)
    private static let signsInQuotes = Set("$`\\!".utf8)
}

/// Why a program was not started, in words that tell what to do.
package enum ProcessStartError {
    /// The text of a refusal.
    ///
    /// - Parameters:
    ///   - code: The error number of the start.
    ///   - start: The way it was started.
    ///   - isNoExec: Whether a path is on a noexec mount.
    /// - Returns: The error, the program, and the unit setting to change when the unit forbids it.
    package static func text(
        code: Int32,
        start: ProcessStart,
        isNoExec: (String) -> Bool
    ) -> String {
        let error = LiveSystem.text(of: code)
        let file: String
        let isShell: Bool
        switch start {
        case .program(let program, _): (file, isShell) = (program, false)
        case .shell: (file, isShell) = ("/bin/sh", true)
        }
        guard code == EACCES else { return "\(file): \(error)" }
        let advice = "by a drop-in (systemctl edit); credential-process-*.conf are examples"
        if isNoExec(file) {
            return isShell
                ? "\(file): \(error); the command line contains shell metacharacters, and this "
                    + "service may not run a shell (NoExecPaths=): add ExecPaths=-\(file) and the "
                    + "program \(advice), or write the line without them"
                : "\(file): \(error); this service may not run it (NoExecPaths=): "
                    + "add ExecPaths=-\(file), and the directory of its own libraries, \(advice)"
        }
        return isNoExec("/")
            ? "\(file): \(error); when it is marked as executable, its interpreter is what this "
                + "service may not run (NoExecPaths=): add that to ExecPaths= \(advice)"
            : "\(file): \(error)"
    }

    /// The advice for a program that ended in a way typical of the unit's restrictions.
    ///
    /// - Parameters:
    ///   - status: The exit status.
    ///   - errors: The standard error.
    /// - Returns: The advice with a semicolon in front; empty for any other end.
    package static func hint(status: Int32, errors: String) -> String {
        // A shell's status for a program that it may not run, and the loader's error about a
        // library.
        guard status == 126 || errors.contains("failed to map segment") else { return "" }
        return "; a service with NoExecPaths= runs only what ExecPaths= names: add the program, "
            + "and the directory of its own libraries"
    }
}

extension LiveSystem {
    /// Whether a path is a file that somebody may execute, wherever it is mounted.
    static func isProgram(_ path: String) -> Bool {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFREG && status.st_mode & 0o111 != 0
    }

    /// Whether a path lies on a mount from which nothing may be executed.
    static func isNoExec(_ path: String) -> Bool {
        var mount = statvfs()
        guard unsafe statvfs(path, &mount) == 0 else { return false }
        // ST_NOEXEC, which the headers show to GNU sources only.
        return mount.f_flag & 8 != 0
    }
}
