import AWSProbeKit
import Glibc

/// `aws-probe KIND` answers JSON lines, `aws-probe KIND DIR` plays the case in a folder, and
/// `aws-probe run KIND PATH` checks published cases.
@main
struct Probe {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let all = ProbeKind.calls + ProbeKind.credentials
        let kinds = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
        if arguments.count == 3, arguments[0] == "run", let kind = kinds[arguments[1]] {
            exit(await run(kind, path: arguments[2]))
        }
        if arguments.count == 2, let play = kinds[arguments[0]]?.play {
            exit(await show(arguments[1], play))
        }
        if arguments.count == 1, let answer = kinds[arguments[0]]?.answer {
            exit(await serve(answer))
        }
        let folders = all.filter { $0.play != nil }.map(\.name).joined(separator: "|")
        print("usage: aws-probe KIND < lines | aws-probe \(folders) DIR | aws-probe run KIND PATH")
        print("kinds: \(all.map(\.name).joined(separator: " "))")
        exit(64)
    }

    /// Checks cases and prints a line for each; 0 when all passed.
    private static func run(_ kind: ProbeKind, path: String) async -> Int32 {
        do {
            let results = try await kind.check(path)
            for result in results { print(result.line) }
            let failed = results.count { $0.failure != nil }
            print("\(results.count - failed) passed, \(failed) failed")
            return failed == 0 && !results.isEmpty ? 0 : 1
        } catch {
            print(error.description)
            print("0 passed, 1 failed")
            return 1
        }
    }

    /// Plays the case in a folder and prints what came of it; 1 when it is no case.
    private static func show(
        _ folder: String,
        _ play: @Sendable (String) async throws(ProbeError) -> JSONValue
    ) async -> Int32 {
        do {
            print(try await play(folder).line)
            return 0
        } catch {
            let result = JSONValue.object(["error": .string(error.description)])
            let none = JSONValue.array([])
            print(JSONValue.object(["result": result, "requests": none, "log": none]).line)
            return 1
        }
    }

    /// Answers each line of the input with one of the output.
    private static func serve(_ answer: @Sendable (JSONValue) async -> JSONValue) async -> Int32 {
        while let line = readLine() {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            do {
                LineOutput.print(await answer(try JSONValue(parsing: Array(line.utf8))).line)
            } catch {
                LineOutput.print(#"{"error":"not JSON"}"#)
            }
        }
        return 0
    }
}
