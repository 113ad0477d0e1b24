import FoundationEssentials

/// The project's own files, by their paths from its root.
package enum ProjectRoot {
    /// The root: three folders above this file.
    package static let path: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    /// A file's path from the file system's root.
    package static func full(_ path: String) -> String { "\(ProjectRoot.path)/\(path)" }

    /// A file's bytes.
    package static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: full(path))))
    }

    /// A file's text.
    package static func text(_ path: String) throws -> String {
        try String(contentsOfFile: full(path), encoding: .utf8)
    }

    /// The names in a folder, in order.
    package static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: full(folder)).sorted()
    }

    /// The names of the folders in a folder, in order.
    package static func folders(in folder: String) throws -> [String] {
        try names(in: folder).filter { name in
            !name.hasPrefix(".") && isFolder("\(folder)/\(name)")
        }
    }

    /// Whether there is a folder of that path.
    package static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        let exists = FileManager.default.fileExists(atPath: full(path), isDirectory: &isFolder)
        return exists && isFolder
    }

    /// Whether there is a file or folder of that path.
    package static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: full(path))
    }
}
