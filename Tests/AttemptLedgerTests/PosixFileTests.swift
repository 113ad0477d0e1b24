import Glibc
import Testing

@testable import AttemptLedger

@Suite("The calls of the system")
struct PosixFileTests {
    private let directory = TemporaryDirectory()

    private func path(_ name: String) -> String { directory.path + "/" + name }

    @Test func `a missing file has no identity, is no link, and is not moved`() throws {
        #expect(try PosixFile.identity(path("none")) == nil)
        #expect(try !PosixFile.isLink(path("none")))
        #expect(try !PosixFile.move(path("none"), to: path("other")))
        #expect(throws: PosixError(errno: ENOENT)) { try PosixFile.remove(path("none")) }
        #expect(throws: PosixError(errno: ENOENT)) { try PosixFile.syncDirectory(path("none")) }
        #expect(throws: PosixError(errno: ENOENT)) { try PosixFile.isOfAnotherUser(path("none")) }
        #expect(throws: PosixError(errno: ENOENT)) {
            try PosixFile.isWritableByOthers(path("none"))
        }
    }

    @Test func `a path through a file is an error of every call`() {
        directory.write([1], to: "file")
        let below = path("file/below")
        let calls: [() throws -> Void] = [
            { _ = try PosixFile.identity(below) },
            { _ = try PosixFile.isLink(below) },
            { _ = try PosixFile.makeDirectory(below) },
            { try PosixFile.makeFile(below) },
            { PosixFile.closeFile(try PosixFile.openFile(below)) },
            { _ = try PosixFile.move(below, to: path("x")) },
            { try PosixFile.remove(below) },
            { try PosixFile.syncDirectory(below) },
        ]
        for call in calls { #expect(throws: PosixError(errno: ENOTDIR), performing: call) }
    }

    @Test func `an invalid descriptor is an error of every call`() {
        let calls: [() throws -> Void] = [
            { _ = try PosixFile.identity(-1) },
            { _ = try PosixFile.lock(-1) },
            { _ = try PosixFile.text(-1) },
            { try PosixFile.replace(-1, with: "") },
        ]
        for call in calls { #expect(throws: PosixError(errno: EBADF), performing: call) }
    }

    @Test func `a directory whose names cannot be made durable is an error`() {
        #expect(throws: PosixError(errno: EINVAL)) { try PosixFile.syncDirectory("/proc") }
    }

    @Test func `an existing file is neither created nor emptied`() throws {
        directory.write([1, 2, 3], to: "file")
        try PosixFile.makeFile(path("file"))
        #expect(directory.read("file") == [1, 2, 3])
        directory.makeDirectory("sub")
        #expect(try !PosixFile.makeDirectory(path("sub")))
        #expect(try PosixFile.makeDirectory(path("new")))
    }

    @Test func `a created file may be read by the group, whatever the umask`() throws {
        let mask = umask(0o077)
        defer { umask(mask) }
        try PosixFile.makeFile(path("file"))
        #expect(directory.mode("file") == 0o640)
        #expect(directory.size("file") == 0)
    }

    @Test func `a link is recognised and not opened`() throws {
        directory.write([1], to: "file")
        directory.link("link", to: "file")
        #expect(try !PosixFile.isLink(path("file")))
        #expect(try PosixFile.isLink(path("link")))
        #expect(throws: PosixError(errno: ELOOP)) { try PosixFile.openFile(path("link")) }
        #expect(try PosixFile.identity(path("link")) == PosixFile.identity(path("file")))
    }

    @Test func `two files differ, and one is the same under another name`() throws {
        directory.write([1], to: "one")
        directory.write([1, 2], to: "two")
        let one = try #require(try PosixFile.identity(path("one")))
        #expect(one.size == 1)
        #expect(try PosixFile.identity(path("two")) != one)
        #expect(Set([one, one]).count == 1)
        #expect(try PosixFile.move(path("one"), to: path("three")))
        #expect(try PosixFile.identity(path("three")) == one)
        var elsewhere = one
        elsewhere.device += 1
        #expect(elsewhere != one)
    }

    @Test func `a lock excludes another opening until it is closed`() throws {
        let first = try PosixFile.openFile(path("lock"))
        let second = try PosixFile.openFile(path("lock"))
        defer { PosixFile.closeFile(second) }
        #expect(try PosixFile.lock(first))
        #expect(try !PosixFile.lock(second))
        PosixFile.closeFile(first)
        #expect(try PosixFile.lock(second))
    }

    @Test func `a shorter text leaves nothing of the longer`() throws {
        let file = try PosixFile.openFile(path("text"))
        defer { PosixFile.closeFile(file) }
        try PosixFile.replace(file, with: "123456\n")
        try PosixFile.replace(file, with: "12\n")
        #expect(try PosixFile.text(file) == "12\n")
        try PosixFile.replace(file, with: String(repeating: "x", count: 100))
        #expect(try PosixFile.text(file) == String(repeating: "x", count: 64))
    }

    @Test func `a descriptor that may not be written is an error`() throws {
        directory.write([1], to: "file")
        let file = unsafe open(path("file"), O_RDONLY)
        defer { close(file) }
        #expect(throws: PosixError.self) { try PosixFile.replace(file, with: "x") }
        #expect(PosixFile.message(ENOENT) == "No such file or directory")
    }
}
