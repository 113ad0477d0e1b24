import Primitives
import RetryCore

/// Version 7: what a retry is expected to cost, and what it cost, in the row of its intent.
struct CostColumns: Storable {
    /// The index has all that is read at a start, so that a start does not read the table.
    static let steps = [
        "ALTER TABLE intents ADD COLUMN cost_minutes INTEGER",
        "ALTER TABLE intents ADD COLUMN cost_price INTEGER",
        "DROP INDEX recent_intents",
        """
        CREATE INDEX recent_intents ON intents (recorded_at, policy, cost_minutes, cost_price)
        """,
    ]

    /// The columns.
    static let columns = "cost_minutes, cost_price"

    /// The cost; nil: nothing was reckoned.
    let cost: RetryCost?

    init(_ cost: RetryCost?) {
        self.cost = cost
    }

    func bind(to parameters: inout SQLiteParameters) throws(SQLiteError) {
        try parameters.bind(cost?.minutes)
        try parameters.bind(cost?.price)
    }

    init(from row: inout SQLiteRow) throws(SQLiteError) {
        let minutes = try row.next(Int?.self)
        let price = try row.next(Int?.self)
        switch (minutes, price) {
        case (nil, nil): cost = nil
        case (let minutes?, let price?): cost = RetryCost(minutes: minutes, price: price)
        case (nil, _?), (_?, nil): throw row.damage
        }
    }
}
