/// The events of several stacks, by stack.
struct StackTree {
    private var events: [String: [StackEvent]] = [:]
    /// The stack that no other contains: the first that was named, where all are nested.
    let root: String?

    init(_ all: [StackEvent]) {
        var order: [String] = []
        var nested: Set<String> = []
        for event in all {
            let id = event.stackID ?? ""
            if events[id] == nil { order.append(id) }
            events[id, default: []].append(event)
            if let stack = event.nestedStack { nested.insert(stack) }
        }
        root = order.first { !nested.contains($0) } ?? order.first
    }

    /// Takes the events of a stack out, newest first, so that each stack is passed once.
    mutating func remove(_ stack: String) -> [StackEvent] {
        events.removeValue(forKey: stack) ?? []
    }
}
