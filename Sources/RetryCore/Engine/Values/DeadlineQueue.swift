package import Primitives

/// Keys with one deadline each, the earliest first.
///
/// A heap with lazy deletion: setting and taking cost O(log n), so ten thousand pipelines are
/// cheap. The top is always current.
package struct DeadlineQueue<Key: Hashable & Comparable & Sendable>: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        var at: Instant
        var key: Key

        func precedes(_ other: Entry) -> Bool {
            (at, key) < (other.at, other.key)
        }
    }

    private var heap: [Entry] = []
    private var current: [Key: Instant] = [:]

    /// Creates an empty queue.
    package init() {}

    /// The earliest deadline; nil when the queue is empty.
    package var next: Instant? { heap.isEmpty ? nil : heap[0].at }

    /// How many keys have a deadline.
    package var count: Int { current.count }

    /// The deadline of a key.
    package subscript(key: Key) -> Instant? { current[key] }

    /// Sets the deadline of a key, replacing an older one.
    package mutating func set(_ key: Key, at instant: Instant) {
        guard current[key] != instant else { return }
        current[key] = instant
        heap.append(Entry(at: instant, key: key))
        siftUp(from: heap.count - 1)
        prune()
    }

    /// Removes a key's deadline.
    package mutating func remove(_ key: Key) {
        guard current.removeValue(forKey: key) != nil else { return }
        prune()
    }

    /// Takes the earliest key whose deadline has come.
    package mutating func popDue(_ now: Instant) -> Key? {
        guard !heap.isEmpty, heap[0].at <= now else { return nil }
        let key = heap[0].key
        current[key] = nil
        prune()
        return key
    }

    /// Drops stale entries from the top, and all of them when they outnumber the current ones.
    private mutating func prune() {
        if heap.count > 2 * current.count + 64 {
            heap = current.map { Entry(at: $0.value, key: $0.key) }
                .sorted { $0.precedes($1) }
        }
        while let first = heap.first, current[first.key] != first.at {
            let last = heap.removeLast()
            guard !heap.isEmpty else { return }
            heap[0] = last
            siftDown()
        }
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let rightIsLess = right < heap.count && heap[right].precedes(heap[left])
            let child = rightIsLess ? right : left
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
