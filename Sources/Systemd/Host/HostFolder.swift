import CSystemd

/// Folders of the file system.
package enum HostFolder {
    /// Creates a folder and its missing parents; an existing one is not changed.
    ///
    /// - Parameters:
    ///   - path: its path; a relative one is below the working directory.
    ///   - mode: the permissions of created folders, before the process's umask.
    /// - Throws: the error of mkdir(2) at the first folder that cannot be created.
    package static func make(_ path: String, mode: UInt32) throws(HostError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? part : "/\(part)"
            try makeOne(made, named: made, mode: mode)
        }
        // When a file is in its place, the call above only reports that something exists.
        try makeOne("\(made)/.", named: made, mode: mode)
    }

    private static func makeOne(
        _ path: String,
        named name: String,
        mode: UInt32
    ) throws(HostError) {
        let answer = unsafe retryd_make_folder(path, mode)
        guard answer != -17 else { return }
        try HostError.check(answer, "mkdir \(name)")
    }
}
