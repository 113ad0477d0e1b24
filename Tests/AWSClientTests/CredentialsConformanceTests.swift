import AWSClient
import AWSProbeKit
import Testing

@Suite(.enabled(if: CredentialConformance.isPresent, CredentialConformance.hint))
struct CredentialsConformanceTests {
    @Test(arguments: CredentialConformance.cases(in: "credential-chain"))
    func `the default chain gives the published result`(name: String) async throws {
        let root = CredentialConformance.root
        try await check(ChainCase(folder: "\(root)/credential-chain/\(name)", entry: .chain))
    }

    @Test(arguments: CredentialConformance.cases(in: "profile-provider"))
    func `the profile alone gives the published result`(name: String) async throws {
        let root = CredentialConformance.root
        try await check(ChainCase(folder: "\(root)/profile-provider/\(name)", entry: .profile))
    }

    @Test(arguments: CredentialConformance.rows(of: "profile-parser-tests.json"))
    func `shared files are read as published`(row: TableRow) async {
        await check(row, in: .profiles)
    }

    @Test(arguments: CredentialConformance.rows(of: "assume-role-tests.json"))
    func `profiles lead to the published chain of roles`(row: TableRow) async {
        await check(row, in: .assumeRole)
    }

    @Test(arguments: CredentialConformance.rows(of: "ecs-tests.json"))
    func `variables lead to the published container endpoint`(row: TableRow) async {
        await check(row, in: .containerEndpoint)
    }

    @Test(arguments: CredentialConformance.rows(of: "imds-endpoint-tests.json"))
    func `variables and profiles lead to the published IMDS endpoint`(row: TableRow) async {
        await check(row, in: .metadataEndpoint)
    }

    @Test func `the published cases are all found`() {
        #expect(!CredentialConformance.cases(in: "credential-chain").isEmpty)
        #expect(!CredentialConformance.cases(in: "profile-provider").isEmpty)
        for file in ["profile-parser", "assume-role", "ecs", "imds-endpoint"] {
            #expect(!CredentialConformance.rows(of: "\(file)-tests.json").isEmpty)
        }
    }

    private func check(_ play: ChainCase) async throws {
        let error = try await play.error()
        #expect(error == nil)
    }

    private func check(_ row: TableRow, in table: CredentialTable) async {
        let error = table.error(of: await table.result(of: row.row), in: row.row)
        #expect(error == nil)
    }
}
