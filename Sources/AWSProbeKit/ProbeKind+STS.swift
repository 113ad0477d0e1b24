import AWSClient
import Primitives

extension ProbeKind {
    /// Live calls of STS, for trials against a local server.
    package static let sts = ProbeKind(
        name: "sts",
        answer: { await stsLine($0) },
        check: { path throws(ProbeError) in
            throw ProbeError("\(path): sts has no cases; give it lines")
        }
    )
}

/// Calls STS as a line describes: action, url, region, keys, role_arn, external_id, duration,
/// ca_bundle.
package func stsLine(_ line: JSONValue) async -> JSONValue {
    do throws(TransportSettingsError) {
        let transport = try ServiceTransport(
            TransportSettings(authorities: line["ca_bundle"]?.text)
        )
        let answer = await stsAnswer(line, over: transport)
        await transport.shutDown()
        return answer
    } catch {
        return .failure(error.description)
    }
}

private func stsAnswer(_ line: JSONValue, over transport: any HTTPTransport) async -> JSONValue {
    let environment = AWSEnvironment.live(metadataTransport: transport, log: { _, _ in })
    let client = STSClient(
        endpoint: Endpoint(
            url: line["url"]?.text ?? "",
            signingRegion: line["region"]?.text ?? "us-east-1",
            service: .sts
        ),
        transport: transport,
        environment: CallEnvironment(environment)
    )
    let keys = Credentials(
        accessKeyID: line["access_key"]?.text ?? "",
        secretAccessKey: Secret(line["secret_key"]?.text ?? ""),
        sessionToken: line["token"]?.text.map { Secret($0) }
    )
    do throws(STSError) {
        switch line["action"]?.text {
        case "AssumeRole":
            return keysLine(try await client.assumeRole(roleRequest(line), signedBy: keys))
        case "AssumeRoleWithWebIdentity":
            let role = roleRequest(line)
            let request = WebIdentityRequest(
                roleARN: role.roleARN,
                sessionName: role.sessionName,
                token: Secret(line["web_identity_token"]?.text ?? ""),
                duration: role.duration
            )
            return keysLine(try await client.assumeRoleWithWebIdentity(request))
        case _:
            let identity = try await client.callerIdentity(signedBy: keys)
            return .object(["account": .string(identity.account), "arn": .string(identity.arn)])
        }
    } catch {
        return .failure(error.description)
    }
}

private func roleRequest(_ line: JSONValue) -> AssumeRoleRequest {
    AssumeRoleRequest(
        roleARN: line["role_arn"]?.text ?? "",
        sessionName: line["session_name"]?.text ?? "probe",
        externalID: line["external_id"]?.text,
        duration: line["duration"]?.number.map { .saturating(seconds: $0) }
    )
}

/// Credentials as an answer: the trials use them in the next line.
private func keysLine(_ keys: Credentials) -> JSONValue {
    .object([
        "access_key": .string(keys.accessKeyID),
        "secret_key": .string(keys.secretAccessKey.exposed),
        "token": keys.sessionToken.map { .string($0.exposed) } ?? .null,
        "expiration": keys.expiration.map { .string($0.description) } ?? .null,
        "account": keys.accountID.map(JSONValue.string) ?? .null,
    ])
}
