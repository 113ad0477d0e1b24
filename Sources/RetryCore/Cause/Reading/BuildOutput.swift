/// What the failed command of a build printed, without CodeBuild's own lines and the script that it
/// echoes before and after.
struct BuildOutput {
    /// The lines that the command printed, oldest first.
    let lines: [String]
    /// The command; nil when the log does not name it.
    let command: String?
    /// Its exit status.
    let exitStatus: Int?

    /// Reads the end of a build's log; any other log is output as a whole.
    init(_ log: CauseLog) {
        let all = log.lines
        let containers = all.indices.map { ContainerLine(all[$0]) }
        // After a failed phase CodeBuild still runs POST_BUILD, which may fail in its turn.
        let failed = containers.firstIndex { $0?.failedCommand != nil }
        let failure = failed.map { BuildOutput.script(from: $0, all, containers) }
        let end = failed ?? BuildOutput.phaseEnd(containers) ?? all.endIndex
        let begin = containers[..<end].lastIndex { $0?.startedCommand != nil }
        let script = failure?.script ?? BuildOutput.contextScript(from: end, all) ?? []
        let start = BuildOutput.endOfEcho(after: begin, script, all, end)
        lines = (start..<end).filter { containers[$0] == nil }.map { all[$0] }
        exitStatus = failure?.status
        let started = begin.flatMap { containers[$0]?.startedCommand }
        command = script.isEmpty ? started : script.joined(separator: "\n")
    }

    /// The script of `Command did not exit successfully <script> exit status N`, which may take
    /// several lines.
    private static func script(
        from start: Int,
        _ all: [String],
        _ containers: [ContainerLine?]
    ) -> (script: [String], status: Int?) {
        var script: [String] = []
        for index in start..<all.endIndex where index == start || containers[index] == nil {
            let line = index == start ? containers[index]?.failedCommand ?? "" : all[index]
            if let status = CommandError.exitStatus(atEndOf: line) {
                let end = line.ranges(of: "exit status").last?.lowerBound ?? line.endIndex
                let own = line[..<end].split(separator: " ", omittingEmptySubsequences: false)
                let text = own.joined(separator: " ")
                script.append(String(text.reversed().drop { $0 == " " }.reversed()))
                return (script.last?.isEmpty == true ? script.dropLast() : script, status)
            }
            script.append(line)
        }
        return (Array(script.prefix(1)), nil)
    }

    /// The script of the phase's context, for builds that ended otherwise.
    private static func contextScript(from end: Int, _ all: [String]) -> [String]? {
        let text = all[end...].joined(separator: "\n")
        return CommandError(in: text)?.command.split(separator: "\n").map(String.init)
    }

    /// Where the phase ended that was in progress last.
    private static func phaseEnd(_ containers: [ContainerLine?]) -> Int? {
        guard let begin = containers.lastIndex(where: { $0?.startedCommand != nil }) else {
            return containers.firstIndex { $0?.endsPhase == true }
        }
        return containers[begin...].firstIndex { $0?.endsPhase == true }
    }

    /// The first line after the echo of the script.
    private static func endOfEcho(
        after begin: Int?,
        _ script: [String],
        _ all: [String],
        _ end: Int
    ) -> Int {
        guard let begin else {
            let own = Set(script.filter { !$0.isEmpty })
            return all[..<end].firstIndex { !own.contains($0) } ?? end
        }
        var at = begin + 1
        for line in script.dropFirst() where at < end && all[at] == line { at += 1 }
        return at
    }
}

/// One of CodeBuild's own lines: `[Container] 2026/05/04 02:11:10.765430 Running command …`.
private struct ContainerLine {
    private let text: Substring

    init?(_ line: String) {
        let prefix = "[Container] "
        guard line.hasPrefix(prefix) else { return nil }
        var rest = line.dropFirst(prefix.count)
        for _ in 0..<2 where rest.first?.isNumber == true {
            rest = rest.drop { $0 != " " }.drop { $0 == " " }
        }
        text = rest
    }

    var startedCommand: String? { after("Running command ") }
    var failedCommand: String? { after("Command did not exit successfully ") }
    var endsPhase: Bool { text.hasPrefix("Phase complete: ") }

    private func after(_ start: String) -> String? {
        text.hasPrefix(start) ? String(text.dropFirst(start.count)) : nil
    }
}
