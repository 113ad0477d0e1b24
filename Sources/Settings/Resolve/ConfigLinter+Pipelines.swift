import RetryCore
import YAML

extension ConfigLinter {
    /// Reports entries that take nothing, or the same pipelines as one before.
    func judgeEntries(_ target: TargetDraft) {
        var names: [PipelineName: SourcePosition] = [:]
        var globs: [GlobEntry] = []
        for entry in target.pipelines {
            switch entry.selector {
            case .name(let name):
                if let first = names[name] {
                    report(
                        entry,
                        "is \"\(name)\" again: the entry on line \(first.line) applies, "
                            + "this one has no effect"
                    )
                } else if let first = globs.first(where: { $0.takes(name) }) {
                    report(
                        entry,
                        "has no effect: \"\(first.glob)\" on line \(first.position.line) "
                            + "already matches \"\(name)\""
                    )
                }
                names[name] = names[name] ?? entry.position
            case .match(let glob, let except):
                judge(glob, except, entry, before: globs)
                globs.append(GlobEntry(glob: glob, except: except, position: entry.position))
            }
        }
    }

    private func judge(
        _ glob: Glob,
        _ except: [Glob],
        _ entry: EntryDraft,
        before: [GlobEntry]
    ) {
        if let all = except.first(where: { $0.covers(glob) }) {
            report(
                entry,
                "matches nothing: except \"\(all)\" excludes all that \"\(glob)\" matches"
            )
            return
        }
        for none in except where !none.meets(glob) {
            report(entry, "has except \"\(none)\" without effect: \"\(glob)\" never matches it")
        }
        for earlier in before where earlier.glob.meets(glob) {
            let isLeftOut = earlier.except.contains { $0.covers(glob) }
            guard !isLeftOut else { continue }
            if earlier.glob.covers(glob), earlier.except.isEmpty {
                report(
                    entry,
                    "has no effect: \"\(earlier.glob)\" on line \(earlier.position.line) already "
                        + "matches all that \"\(glob)\" matches"
                )
            } else if !glob.covers(earlier.glob), !earlier.glob.covers(glob) {
                report(
                    entry,
                    "can match the same pipelines as \"\(earlier.glob)\" on line "
                        + "\(earlier.position.line), which comes first"
                )
            }
        }
    }

    private func report(_ entry: EntryDraft, _ problem: String) {
        log.add(at: entry.position, entry.key, problem)
    }
}

/// An entry with `match`.
private struct GlobEntry {
    let glob: Glob
    let except: [Glob]
    let position: SourcePosition

    func takes(_ name: PipelineName) -> Bool {
        glob.matches(name.text) && !except.contains { $0.matches(name.text) }
    }
}
