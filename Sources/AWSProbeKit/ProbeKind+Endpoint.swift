import AWSClient
import Primitives

extension ProbeKind {
    /// The endpoint rules.
    package static let endpoint = ProbeKind(
        name: "endpoint",
        answer: { endpointLine($0) },
        check: { path throws(ProbeError) in try endpointCases(path) }
    )
}

/// Resolves the endpoint of a line: service and params by the names of the SDKs' rules.
///
/// Without `service` it is CodePipeline; the parameters may also be members of the line itself.
package func endpointLine(_ line: JSONValue) -> JSONValue {
    let service = line["service"]?.text ?? "codepipeline"
    let params: JSONValue? = line["params"] ?? line
    let parameters = EndpointParameters(
        region: params?["Region"]?.text,
        usesFIPS: params?["UseFIPS"]?.flag ?? false,
        usesDualStack: params?["UseDualStack"]?.flag ?? false,
        url: params?["Endpoint"]?.text,
        usesGlobalSTS: params?["UseGlobalEndpoint"]?.flag ?? false
    )
    do {
        let endpoint = try Endpoint.resolve(service: .named(service), parameters)
        var answer: [String: JSONValue] = ["url": .string(endpoint.url)]
        answer["signing_region"] = endpoint.signingRegion.map(JSONValue.string)
        return .object(answer)
    } catch {
        return .failure(error.reason)
    }
}

/// Checks a file `endpoints-SERVICE.json` or `SERVICE/endpoint-tests-1.json`.
package func endpointCases(_ path: String) throws(ProbeError) -> [ProbeResult] {
    let service = endpointService(of: path)
    let document = try ProbeFiles.json(path)
    guard let cases = document.elements ?? document["testCases"]?.elements else {
        throw ProbeError("\(path): not a list of cases")
    }
    return cases.enumerated().map { index, one in
        let answer = endpointLine(
            .object(["service": .string(service), "params": one["params"] ?? .object([:])])
        )
        return ProbeResult(
            name: "\(service) \(index) \(one["documentation"]?.text ?? "")",
            failure: endpointFailure(expected: one["expect"], answer)
        )
    }
}

/// The service in the name or folder of a case file.
private func endpointService(of path: String) -> String {
    let parts = path.split(separator: "/")
    let stem = parts.last?.split(separator: ".").first ?? ""
    let word = stem.split(separator: "-").last ?? ""
    guard word.isEmpty || Int(word) != nil else { return String(word) }
    return parts.dropLast().last.map(String.init) ?? "codepipeline"
}

private func endpointFailure(expected: JSONValue?, _ answer: JSONValue) -> String? {
    if let error = expected?["error"] {
        return answer["error"] == error ? nil : "expected the error \(error.line): \(answer.line)"
    }
    guard answer["url"] == expected?["endpoint"]?["url"] else { return answer.line }
    let schemes = expected?["endpoint"]?["properties"]?["authSchemes"]?.elements
    guard let region = schemes?.first?["signingRegion"] else { return nil }
    return answer["signing_region"] == region ? nil : answer.line
}
