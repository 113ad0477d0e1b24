/// Which entry of a target takes which pipeline: the first that matches.
///
/// Built again for each reload and list; the time of a query does not grow with the number of exact
/// names.
struct PipelineMatcher {
    private let entries: [PipelineEntry]
    private let exact: [PipelineName: Int]
    private let globs: [Int]
    private let listed: Set<PipelineName>?

    init(_ watch: TargetWatch) {
        entries = watch.target.pipelines
        listed = watch.listed.map(Set.init)
        var exact: [PipelineName: Int] = [:]
        exact.reserveCapacity(entries.count)
        var globs: [Int] = []
        for (index, entry) in entries.enumerated() {
            switch entry.selector {
            case .name(let name): exact[name] = exact[name] ?? index
            case .match: globs.append(index)
            }
        }
        self.exact = exact
        self.globs = globs
    }

    /// The names that entries write.
    var names: some Sequence<PipelineName> { exact.keys }

    /// Whether some pipelines must be found by ListPipelines.
    var needsList: Bool { !globs.isEmpty }

    /// The entry that takes a pipeline; nil when none does.
    ///
    /// A pattern takes what a list shows; what an entry names is watched without a list, and then
    /// an earlier pattern takes it all the same.
    func entry(of name: PipelineName) -> PipelineEntry? {
        let named = exact[name]
        let isKnown = named != nil || listed?.contains(name) ?? true
        let found = isKnown ? globs.first { entries[$0].takes(name) } : nil
        return [named, found].compactMap(\.self).min().map { entries[$0] }
    }
}
