import Primitives

/// The source revisions of an execution as one number: equal for equal ones, whatever their order.
package struct RevisionDigest: Hashable, Sendable {
    /// The number, which the ledger stores.
    package let number: Int64

    /// Takes a stored number.
    package init(number: Int64) {
        self.number = number
    }

    /// Digests revisions, each of a source action; nil: there are none.
    package init?(_ revisions: [(action: String, id: String)]) {
        guard !revisions.isEmpty else { return nil }
        var hash = StableHash()
        for revision in revisions.sorted(by: { ($0.action, $0.id) < ($1.action, $1.id) }) {
            hash.add(revision.action)
            hash.add(revision.id)
        }
        number = Int64(bitPattern: hash.value)
    }
}
