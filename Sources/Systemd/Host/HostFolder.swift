import CSystemd

/// Folders of the file system.
package enum HostFolder {
    /// Makes a folder, and those above it that are missing; one that is there stays as it is.
    ///
    /// - Parameters:
    ///   - path: its path; a relative one is below the working directory.
    ///   - mode: the permissions of those that are made, before the process's mask.
    /// - Throws: the error of mkdir(2) at the first folder that cannot be made.
    package static func make(_ path: String, mode: UInt32) throws(HostError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? part : "/\(part)"
            try makeOne(made, named: made, mode: mode)
        }
        // Of a file in its place the call above says no more than that there is something.
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
