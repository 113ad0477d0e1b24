/// The elements of a list as they were written last, so that only changed ones are written again.
///
/// Successive answers of one read differ little: a state in one stage, a page by its first row.
package struct WrittenParts<View: Equatable & Sendable>: Sendable {
    private var parts: [(view: View, text: [UInt8])] = []

    /// Creates an empty store.
    package init() {}

    /// The list of these elements; of others nothing is kept.
    mutating func list(_ views: [View], _ render: (View) -> JSON) -> JSON {
        var next: [(view: View, text: [UInt8])] = []
        next.reserveCapacity(views.count)
        for view in views {
            let kept = parts.firstIndex { $0.view == view }
            next.append(kept.map { parts[$0] } ?? (view, render(view).utf8))
        }
        parts = next
        return .array(next.map { .written($0.text) })
    }
}
