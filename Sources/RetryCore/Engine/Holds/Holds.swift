import Primitives

/// What holds retries beside the policy of their stages: pauses by command, budgets, outages.
///
/// It knows episodes by their keys alone; what becomes of those that it holds is the engine's.
struct Holds: Hashable, Sendable {
    /// The pauses by command.
    var pauses: Pauses
    /// The retries that budgets count.
    var budgets: RetryBudgets
    /// The errors that many pipelines share.
    var outages = Outages()

    /// Takes what the ledger held at start.
    init(_ ledger: LedgerSnapshot) {
        pauses = Pauses(ledger.pauses)
        let open = ledger.intents.map(SpentRetry.init)
        budgets = RetryBudgets(ledger.spent + open)
    }
}
