/// Values that arrive later, in the order in which they were sent: every answer takes equally long.
struct ArrivalQueue<Value: Sendable>: Sendable {
    private var items: [(at: Int64, value: Value)] = []
    private var head = 0

    /// When the next one arrives.
    var next: Int64? { head < items.count ? items[head].at : nil }

    mutating func add(_ value: Value, at time: Int64) {
        precondition(items.last.map { $0.at <= time } ?? true, "an answer overtakes another")
        items.append((time, value))
    }

    /// Takes the next one when it has arrived.
    mutating func pop(at time: Int64) -> Value? {
        guard let next, next <= time else { return nil }
        let value = items[head].value
        head += 1
        if head > 64, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return value
    }
}
