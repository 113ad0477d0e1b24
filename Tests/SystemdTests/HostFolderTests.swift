import Foundation
import Systemd
import Testing

@Suite struct HostFolderTests {
    private let root = FileManager.default.temporaryDirectory
        .appending(path: "retryd-folder-\(UUID().uuidString)").path

    private func isFolder(_ path: String) throws -> Bool {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return attributes[.type] as? FileAttributeType == .typeDirectory
    }

    @Test func `a folder is created with its parents, and an existing one is kept`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try HostFolder.make("\(root)/a//b/", mode: 0o750)
        #expect(try isFolder("\(root)/a/b"))
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/a/b")
        let mode = try #require(attributes[.posixPermissions] as? Int)
        #expect(mode & 0o727 == 0o700)
        try HostFolder.make("\(root)/a/b", mode: 0o700)
        #expect(try isFolder("\(root)/a/b"))
    }

    @Test func `an obstacle is named with the system's error`() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try HostFolder.make(root, mode: 0o750)
        try Data().write(to: URL(filePath: "\(root)/file"))
        for (path, text) in [
            ("/proc/no/such", "mkdir /proc/no: No such file or directory (errno 2)"),
            ("\(root)/file", "mkdir \(root)/file: Not a directory (errno 20)"),
            ("\(root)/file/below", "mkdir \(root)/file/below: Not a directory (errno 20)"),
        ] {
            let error = #expect(throws: HostError.self) { try HostFolder.make(path, mode: 0o750) }
            #expect(error?.description == text)
        }
    }
}
