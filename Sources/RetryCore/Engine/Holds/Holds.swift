import Primitives

/// What holds retries beside the policy of their stages: pauses by command, budgets, outages.
///
/// It knows episodes only by their keys; the engine carries out what follows for them.
struct Holds: Hashable, Sendable {
    /// The pauses by command.
    var pauses: Pauses
    /// The retries that budgets count.
    var budgets: RetryBudgets
    /// The errors that many pipelines share.
    var outages = Outages()

    /// Takes the ledger's content at start.
    init(_ ledger: LedgerSnapshot) {
        pauses = Pauses(ledger.pauses)
        let open = ledger.intents.map(SpentRetry.init)
        budgets = RetryBudgets(ledger.spent + open)
    }
}
