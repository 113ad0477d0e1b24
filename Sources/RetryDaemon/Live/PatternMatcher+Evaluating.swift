package import Settings

/// The bounded engine of the config file's patterns.
extension PatternMatcher: PatternEvaluating {}
