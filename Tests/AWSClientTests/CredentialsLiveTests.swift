import AWSClient
import AWSProbeKit
import Primitives
import Testing

@Suite struct CredentialsLiveTests {
    private let environment = AWSEnvironment.live(
        metadataTransport: ReplayTransport([]),
        log: { _, _ in }
    )

    @Test func `files are read with a stamp that changes with them`() throws {
        #expect(try environment.readFile("/dev/null").bytes.isEmpty)
        let contents = try environment.readFile("/etc/passwd")
        #expect(contents.bytes.count > 10)
        #expect(Int64(contents.bytes.count) == contents.stamp.size)
        #expect(environment.stat("/etc/passwd") == contents.stamp)
        #expect(contents.stamp.owner == 0)
    }

    @Test func `/dev/null, which everybody may write, is no profile file and no error`() throws {
        var environment = environment
        environment.variables["AWS_CONFIG_FILE"] = "/dev/null"
        environment.variables["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null"
        let loaded = try LoadedProfiles.load(environment: environment)
        #expect(loaded.sections.profiles.isEmpty)
    }

    @Test(arguments: [
        ("/does/not/exist", FileError.absent),
        ("/etc/passwd/x", .absent),
        ("/etc", .unreadable("not a regular file")),
        ("/dev/zero", .unreadable("not a regular file")),
    ])
    func `a path that is not a file is reported as such`(path: String, problem: FileError) {
        #expect(throws: problem) { try environment.readFile(path) }
        if problem == .absent { #expect(environment.stat(path) == nil) }
    }

    @Test func `this machine resolves to itself`() async throws {
        let addresses = try await environment.resolveHost("localhost")
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { $0.isLoopback })
    }

    @Test func `an invalid name has no address`() async {
        await #expect(throws: AWSEnvironmentError.self) {
            try await environment.resolveHost("no..such..name")
        }
    }

    @Test func `variables, host and home exist`() {
        #expect(environment.variables["PATH"] != nil)
        #expect(!environment.hostName.isEmpty)
        #expect(environment.homeDirectory?.hasPrefix("/") == true)
        #expect(LiveSystem.homeDirectory()?.hasPrefix("/") == true)
    }

    @Test func `randomness and clocks stay within their bounds`() {
        #expect((0..<1).contains(environment.random()))
        #expect(environment.instant() <= environment.instant())
        #expect(environment.wallTime().milliseconds > 1_700_000_000_000)
    }
}
