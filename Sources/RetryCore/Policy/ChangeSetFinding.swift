/// The fate of the change sets that the failed actions of a stage were to execute.
///
/// A change set can be executed once. Retrying only the action that executes it fails because it
/// does not exist, and hides the first error (aws/aws-cdk #11995).
enum ChangeSetFinding: Hashable, Sendable {
    /// No failed action needs a change set that no longer exists.
    case none
    /// The action's change set no longer exists, and an action of the same stage creates it.
    case preparedHere(ActionName)
    /// The action's change set no longer exists, and no retry of this stage creates it again.
    case preparedElsewhere(ActionName)

    /// Examines the failed actions of a stage.
    init(_ situation: Situation, _ facts: StageFacts) {
        let known = ChangeSetFinding.known(situation)
        self = .none
        for action in facts.failed {
            let mine = known[action.name] ?? KnownAction(provider: action.provider)
            let isUsedUp =
                action.told?.root.stack?.isChangeSetUsedUp == true
                || action.texts.contains(where: ChangeSetFinding.isMissing)
            guard mine.mayExecute, isUsedUp else { continue }
            let isHere = known.contains { $0.key != action.name && $0.value.mayPrepare(for: mine) }
            self = isHere ? .preparedHere(action.name) : .preparedElsewhere(action.name)
            guard isHere else { return }
        }
    }

    /// How the stage's actions use change sets, as far as they do.
    static func uses(_ situation: Situation) -> [ActionName: ChangeSetUse] {
        situation.causes.isEmpty ? [:] : known(situation).compactMapValues(\.use)
    }

    /// The stage's actions, by the definition and by what ran in the execution.
    private static func known(_ situation: Situation) -> [ActionName: KnownAction] {
        let stage = situation.episode.stage
        var known = (situation.definition?.stages[stage]?.actions ?? [:]).mapValues { kind in
            KnownAction(provider: kind.provider, use: kind.changeSet, runOrder: kind.runOrder)
        }
        guard case .rows(let rows) = situation.evidence else { return known }
        for row in rows where row.stage == stage {
            var action = known[row.action.name] ?? KnownAction(provider: nil)
            action.provider = row.provider ?? action.provider
            action.use = row.changeSet ?? action.use
            known[row.action.name] = action
        }
        return known
    }

    /// Whether a failed action's text means that its change set does not exist or is used up.
    private static func isMissing(_ text: String) -> Bool {
        signs.contains { text.contains($0) }
            || text.contains("ChangeSet [") && text.contains("] does not exist")
    }

    private static let signs = [
        "ChangeSetNotFound", "InvalidChangeSetStatus", "Failed to execute change set",
    ]
}

/// What is known of one action of a stage.
private struct KnownAction {
    var provider: String?
    var use: ChangeSetUse?
    var runOrder: Int?

    private static let provider = "CloudFormation"

    var mayExecute: Bool {
        guard provider ?? KnownAction.provider == KnownAction.provider else { return false }
        switch use?.mode {
        case .executes, nil: return true
        case .prepares, .neither: return false
        }
    }

    /// Whether the action may create the change set of another; if its configuration is not known,
    /// only the order decides.
    func mayPrepare(for other: KnownAction) -> Bool {
        guard provider == KnownAction.provider else { return false }
        guard let use else {
            guard let runOrder, let later = other.runOrder else { return true }
            return runOrder < later
        }
        return use.mode == .prepares && KnownAction.agree(use.name, other.use?.name)
            && KnownAction.agree(use.stack, other.use?.stack)
    }

    private static func agree(_ first: String?, _ second: String?) -> Bool {
        guard let first, let second else { return true }
        return first == second
    }
}
