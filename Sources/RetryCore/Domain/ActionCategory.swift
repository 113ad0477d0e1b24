/// What an action does: `actionTypeId.category` (CodePipeline API, ActionCategory).
package enum ActionCategory: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral
{
    /// Fetches a revision.
    case source
    /// Builds.
    case build
    /// Deploys.
    case deploy
    /// Tests.
    case test
    /// Calls a function or another pipeline.
    case invoke
    /// Waits for a person.
    case approval
    /// Runs commands.
    case compute
    /// One that this version does not know, by its name.
    case other(String)

    /// The categories that the API model has.
    package static let known: [ActionCategory] = [
        .source, .build, .deploy, .test, .invoke, .approval, .compute,
    ]

    /// The category of a name; the case of its letters counts.
    package init(_ text: String) {
        self = ActionCategory.known.first { $0.text == text } ?? .other(text)
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    /// The name as AWS writes it.
    package var text: String {
        switch self {
        case .source: "Source"
        case .build: "Build"
        case .deploy: "Deploy"
        case .test: "Test"
        case .invoke: "Invoke"
        case .approval: "Approval"
        case .compute: "Compute"
        case .other(let text): text
        }
    }

    package var description: String { text }
}
