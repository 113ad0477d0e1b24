/// The purpose of a call under way.
enum Purpose: Hashable, Sendable {
    /// A call to AWS.
    case aws(PendingCall)
    /// A call to AWS for a target, whose answer no longer matters.
    case abandoned(TargetName)
    /// The reading of causes.
    case causes(EpisodeKey)
    /// The evaluation of patterns.
    case patterns(EpisodeKey)
    /// The question to the ledger about the past.
    case precedents(EpisodeKey)
    /// The write of an intent.
    case intent(EpisodeKey)
    /// The question to the ledger about an episode.
    case recall(EpisodeKey)
}
