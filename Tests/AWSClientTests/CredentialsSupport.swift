import AWSClient
import AWSProbeKit
import Primitives
import Synchronization
import Testing

/// Where the published cases are, when they are there.
enum CredentialConformance {
    /// `AWS_CONFORMANCE_DIR`, else `../shared/conformance` from the package's root.
    static let root: String =
        LiveSystem.variables()["AWS_CONFORMANCE_DIR"] ?? "../shared/conformance"

    /// Whether the folder is there; without it the suites are skipped with `hint`.
    static var isPresent: Bool { LiveSystem.stamp(ofPath: root + "/README.md") != nil }

    /// The comment of a skipped suite.
    static let hint: Comment =
        "the published cases are not here: set AWS_CONFORMANCE_DIR to their folder"

    /// The names of the folders below a folder, sorted.
    static func cases(in folder: String) -> [String] {
        LiveSystem.entries(of: "\(root)/\(folder)").sorted()
    }

    /// The rows of a table file, each under its number and name.
    static func rows(of file: String) -> [TableRow] {
        do {
            return try (ChainCase.json("\(root)/\(file)").elements ?? []).enumerated().map {
                index,
                row in
                TableRow(name: "\(index) \((row["docs"] ?? row["name"])?.text ?? "")", row: row)
            }
        } catch {
            return []
        }
    }
}

/// One row of a published table.
struct TableRow: CustomTestStringConvertible, Sendable {
    let name: String
    let row: JSONValue

    var testDescription: String { name }
}

/// An environment with these variables and files and these recorded answers.
func world(
    _ variables: [String: String] = [:],
    files: [String: String] = [:],
    exchanges: [ReplayExchange] = []
) -> ReplayWorld {
    ReplayWorld(
        variables: ["HOME": "/home"].merging(variables) { _, new in new },
        files: .contents(files),
        exchanges: exchanges
    )
}

/// A recorded exchange without request headers.
func exchange(
    _ method: String,
    _ url: String,
    headers: [HTTPHeader] = [],
    status: Int = 200,
    body: String = ""
) -> ReplayExchange {
    ReplayExchange(
        request: HTTPRequest(method: method, url: url, headers: headers),
        answer: HTTPResponse(status: status, body: Array(body.utf8))
    )
}

/// The answer of STS to AssumeRole.
func assumed(_ keyID: String, secret: String = "role-secret") -> String {
    """
    <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/r/s</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>\(keyID)</AccessKeyId><SecretAccessKey>\(secret)</SecretAccessKey>
    <SessionToken>role-token</SessionToken><Expiration>2001-01-01T01:00:00Z</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>
    """
}

/// STS's AssumeRole as the chain calls it.
func assumeRole(_ host: String, keyID: String) -> ReplayExchange {
    exchange(
        "POST",
        "https://\(host)/",
        headers: [HTTPHeader("content-type", "application/x-www-form-urlencoded")],
        body: assumed(keyID)
    )
}

/// Credentials as container and metadata endpoints write them.
func keysJSON(_ keyID: String, expiration: String = "2001-01-01T06:00:00Z") -> String {
    """
    {"Code":"Success","AccessKeyId":"\(keyID)","SecretAccessKey":"json-secret",
    "Token":"json-token","Expiration":"\(expiration)"}
    """
}

/// The three requests that IMDS credentials take.
func instanceExchanges(role: String = "web", body: String) -> [ReplayExchange] {
    let token = [HTTPHeader("x-aws-ec2-metadata-token", "imds-token")]
    let base = "http://169.254.169.254/latest"
    return [
        exchange("PUT", "\(base)/api/token", body: "imds-token"),
        exchange(
            "GET",
            "\(base)/meta-data/iam/security-credentials/",
            headers: token,
            body: role
        ),
        exchange(
            "GET",
            "\(base)/meta-data/iam/security-credentials/\(role)",
            headers: token,
            body: body
        ),
    ]
}

/// Common parts of the keys and tokens of these tests.
private let secretSigns = ["-secret", "-token", "from-file", "from-variable", "hush"]

/// The credentials or the error of one run of a chain; its log or error must contain no secret.
func resolve(
    _ world: ReplayWorld,
    settings: ChainSettings = ChainSettings()
) async -> Result<ResolvedCredentials, CredentialsError> {
    let result: Result<ResolvedCredentials, CredentialsError>
    do throws(CredentialsError) {
        result = .success(try await world.chain(settings: settings).resolve())
    } catch {
        result = .failure(error)
    }
    for line in world.log + [result.reason ?? ""] {
        let leak = secretSigns.first { line.contains($0) }
        #expect(leak == nil, "a secret in: \(line)")
    }
    return result
}

extension Result<ResolvedCredentials, CredentialsError> {
    var keyID: String? {
        guard case .success(let found) = self else { return nil }
        return found.credentials.accessKeyID
    }

    var reason: String? {
        guard case .failure(let error) = self else { return nil }
        return error.description
    }
}
