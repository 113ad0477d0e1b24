import FoundationEssentials

/// The files that outputs are compared with.
enum Golden {
    /// The text of a file in the folder of that name.
    static func text(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "Golden")
        return String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }
}
