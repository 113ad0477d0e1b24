import Primitives

/// What the ledger has of one episode.
package enum Recollection: Hashable, Sendable {
    /// Nothing: it is new.
    case new
    /// It ended so.
    case ended(Outcome)
    /// It is open; with its intents, by their sequence.
    case open(EpisodeRecord, [Intent])
    /// The ledger cannot be read; the text says why.
    case unreadable(String)
}
