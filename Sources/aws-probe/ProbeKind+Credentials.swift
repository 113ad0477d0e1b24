import AWSProbeKit

extension ProbeKind {
    /// The kinds of the credentials side.
    static let credentials: [ProbeKind] =
        CredentialTable.allCases.map(table) + ChainCase.Entry.allCases.map(chain)

    /// A table of the published kind: a row in, its result out.
    private static func table(_ table: CredentialTable) -> ProbeKind {
        ProbeKind(
            name: table.rawValue,
            answer: { row in await result(of: row, in: table) },
            check: { path throws(ProbeError) in
                var results: [ProbeResult] = []
                for (index, row) in (try ProbeFiles.json(path).elements ?? []).enumerated() {
                    let name = (row["docs"] ?? row["name"])?.text ?? ""
                    let result = await result(of: row, in: table)
                    results.append(
                        ProbeResult(
                            name: "\(index) \(name)",
                            failure: table.error(of: result, in: row)
                        )
                    )
                }
                return results
            }
        )
    }

    /// A folder of the published kind: `{"dir": FOLDER}` in, result, requests and log out.
    private static func chain(_ entry: ChainCase.Entry) -> ProbeKind {
        ProbeKind(
            name: entry.rawValue,
            answer: { line in
                guard let folder = line["dir"]?.text else {
                    return .object(["error": .string("expected {\"dir\": FOLDER}")])
                }
                do throws(CaseError) {
                    return try await ChainCase(folder: folder, entry: entry).play().json
                } catch {
                    return .object(["error": .string(error.description)])
                }
            },
            play: { folder throws(ProbeError) in
                do throws(CaseError) {
                    return try await ChainCase(folder: folder, entry: entry).play().json
                } catch {
                    throw ProbeError(error.description)
                }
            },
            check: { path throws(ProbeError) in
                let folders =
                    ProbeFiles.exists(path + "/test-case.json")
                    ? [path] : try ProbeFiles.entries(path).map { "\(path)/\($0)" }
                var results: [ProbeResult] = []
                for folder in folders where ProbeFiles.exists(folder + "/test-case.json") {
                    results.append(await check(ChainCase(folder: folder, entry: entry)))
                }
                return results
            }
        )
    }

    private static func check(_ play: ChainCase) async -> ProbeResult {
        let name = play.folder.split(separator: "/").last.map { String($0) } ?? play.folder
        do {
            return ProbeResult(name: name, failure: try await play.error())
        } catch {
            return ProbeResult(name: name, failure: error.description)
        }
    }

    private static func result(
        of row: JSONValue,
        in table: CredentialTable
    ) async -> JSONValue {
        await table.result(of: row)
    }
}
