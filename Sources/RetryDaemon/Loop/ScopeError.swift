import RetryCore
import Settings

/// Why a scope cannot be meant: a name that is none, or that nothing has.
struct ScopeError: CustomStringConvertible {
    let description: String

    /// Finds the first error of a scope; nil when there is none.
    init?(_ scope: PauseScope, _ names: ScopeNames) {
        let parts = [
            Part(what: "target", scope.target, among: names.targets, of: "the configuration has"),
            Part(what: "pipeline", scope.pipeline, among: names.pipelines, of: "there is"),
            Part(what: "stage", scope.stage, among: names.stages, of: "there is"),
        ]
        guard let error = parts.compactMap({ $0.error }).first else { return nil }
        description = error
    }

    /// One name of a scope.
    private struct Part {
        let error: String?

        init<Kind>(
            what: String,
            _ name: Identifier<Kind>?,
            among known: [Identifier<Kind>]?,
            of place: String
        ) {
            guard let name, known?.contains(name) != true else {
                error = nil
                return
            }
            // A name that AWS never accepts cannot exist, and the ledger could not store all of it.
            guard Kind.self == RetryCore.Kind.Target.self || name.text.isName else {
                error =
                    "the \(what)'s name is not possible: expected 1 to 100 of A-Z a-z 0-9 . @ - _"
                return
            }
            guard let known else {
                error = nil
                return
            }
            let near = Suggestion.nearest(to: name.text, among: known.map(\.text))
            let hint = near.map { " (did you mean \($0)?)" } ?? Part.list(known.map(\.text))
            error = "\(place) no \(what) \(name.text.bounded(.name))\(hint)"
        }

        private static func list(_ known: [String]) -> String {
            guard !known.isEmpty, known.count <= 10 else { return "" }
            return " (known: \(known.joined(separator: ", ")))"
        }
    }
}

extension String {
    /// Whether AWS can have it as the name of a pipeline or stage.
    fileprivate var isName: Bool {
        (1...100).contains(utf8.count)
            && unicodeScalars.allSatisfy { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", ".", "@", "-", "_": true
                default: false
                }
            }
    }
}
