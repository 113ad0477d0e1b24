/// Builds the tree of a text from the parser's events, within limits.
///
/// Aliases are limited before they are followed: the sizes of their targets are summed up, and one
/// that would exceed ``YAMLDocument/mostAliasedNodes`` is rejected instead of copied.
struct YAMLComposer {
    /// A node with the number of nodes in it, itself included, and the depth below it.
    private struct Composed {
        let node: YAMLNode
        var size = 1
        var depth = 0
    }

    private var events: ArraySlice<YAMLEvent>
    private var path: [YAMLError.Step] = []
    private var anchors: [String: Composed] = [:]
    private var aliasedNodes = 0
    /// What is not allowed in the part that is composed.
    private(set) var errors: [YAMLError] = []

    init(events: [YAMLEvent]) {
        self.events = events[...]
    }

    /// The root of the first document; nil when there is none.
    mutating func root() -> YAMLNode? {
        guard let first = events.popFirst(), case .document = first.kind,
            let event = events.popFirst()
        else { return nil }
        let node = compose(event, depth: 0).node
        if let next = events.first { report(.secondDocument, next) }
        return node
    }

    /// The node that begins with this event.
    private mutating func compose(_ event: YAMLEvent, depth: Int) -> Composed {
        if event.isTagged { report(.tag, event) }
        let made: Composed
        switch event.kind {
        case .alias(let name):
            return alias(name, event, depth: depth)
        case .plain(let text):
            made = Composed(node: YAMLNode(content: .plain(text), position: event.position))
        case .quoted(let text):
            made = Composed(node: YAMLNode(content: .quoted(text), position: event.position))
        case .sequence:
            made = sequence(event, depth: depth)
        case .mapping:
            made = mapping(event, depth: depth)
        case .document, .end:
            preconditionFailure("libyaml gave \(event.kind) where a value begins")
        }
        // A tag is reported; its effect on the value is not guessed.
        let composed =
            event.isTagged
            ? Composed(node: faulty(event), size: made.size, depth: made.depth) : made
        if let anchor = event.anchor { anchors[anchor] = composed }
        return composed
    }

    private mutating func sequence(_ start: YAMLEvent, depth: Int) -> Composed {
        guard enters(start, depth: depth) else { return skipped(start) }
        var items: [YAMLNode] = []
        var size = 1
        var below = 0
        while let event = events.popFirst(), !event.isEnd {
            path.append(.index(items.count))
            let item = compose(event, depth: depth + 1)
            path.removeLast()
            items.append(item.node)
            size += item.size
            below = max(below, item.depth)
        }
        let node = YAMLNode(content: .sequence(items), position: start.position)
        return Composed(node: node, size: size, depth: below + 1)
    }

    private mutating func mapping(_ start: YAMLEvent, depth: Int) -> Composed {
        guard enters(start, depth: depth) else { return skipped(start) }
        var pairs: [YAMLPair] = []
        var size = 1
        var below = 0
        while let event = events.popFirst(), !event.isEnd {
            let name = compose(event, depth: depth + 1)
            guard let next = events.popFirst() else { break }
            path.append(.key(name.node.text ?? "?"))
            let value = compose(next, depth: depth + 1)
            path.removeLast()
            pairs.append(YAMLPair(key: name.node, value: value.node))
            size += name.size + value.size
            below = max(below, name.depth, value.depth)
        }
        let node = YAMLNode(content: .mapping(pairs), position: start.position)
        return Composed(node: node, size: size, depth: below + 1)
    }

    private mutating func alias(_ name: String, _ event: YAMLEvent, depth: Int) -> Composed {
        guard let anchored = anchors[name] else {
            report(.unknownAlias(name, known: anchors.keys.sorted()), event)
            return Composed(node: faulty(event))
        }
        guard depth + anchored.depth <= YAMLDocument.deepest else {
            report(.tooDeep, event)
            return Composed(node: faulty(event))
        }
        let (sum, overflow) = aliasedNodes.addingReportingOverflow(anchored.size)
        guard !overflow, sum <= YAMLDocument.mostAliasedNodes else {
            report(.tooManyAliasedNodes, event)
            return Composed(node: faulty(event))
        }
        aliasedNodes = sum
        return anchored
    }

    private mutating func enters(_ event: YAMLEvent, depth: Int) -> Bool {
        if depth < YAMLDocument.deepest { return true }
        report(.tooDeep, event)
        return false
    }

    /// Passes over the whole value that began with `start`.
    private mutating func skipped(_ start: YAMLEvent) -> Composed {
        var open = 1
        while open > 0, let event = events.popFirst() {
            switch event.kind {
            case .sequence, .mapping: open += 1
            case .end: open -= 1
            case .document, .plain, .quoted, .alias: break
            }
        }
        return Composed(node: faulty(start))
    }

    private mutating func report(_ kind: YAMLError.Kind, _ event: YAMLEvent) {
        errors.append(YAMLError(kind: kind, position: event.position, path: path))
    }

    private func faulty(_ event: YAMLEvent) -> YAMLNode {
        YAMLNode(content: .faulty, position: event.position)
    }
}

extension YAMLEvent {
    fileprivate var isEnd: Bool {
        if case .end = kind { true } else { false }
    }
}
