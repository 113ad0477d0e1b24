import Glibc

/// A file could not be written.
struct OutputFileError: Error, CustomStringConvertible {
    /// The file.
    let path: String
    /// The system's error number.
    let number: Int32

    var description: String { "\(path): \(unsafe String(cString: strerror(number)))" }
}

/// A file that a command writes for its caller.
enum OutputFile {
    /// Writes a file, or replaces its contents.
    static func write(_ bytes: [UInt8], to path: String) throws(OutputFileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw OutputFileError(path: path, number: errno) }
        var rest = bytes[...]
        var problem: Int32 = 0
        while !rest.isEmpty, problem == 0 {
            let count = unsafe rest.withUnsafeBytes { part in
                unsafe Glibc.write(descriptor, part.baseAddress, part.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                problem = errno
            }
        }
        if close(descriptor) != 0, problem == 0 { problem = errno }
        guard problem == 0 else { throw OutputFileError(path: path, number: problem) }
    }
}
