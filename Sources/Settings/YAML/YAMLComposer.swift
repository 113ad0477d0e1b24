/// Builds the tree of the config file from the parser's events, within limits.
///
/// Aliases are limited before they are followed: the sizes of their targets are summed up, and one
/// that would exceed ``mostAliasedNodes`` is rejected instead of copied.
struct YAMLComposer {
    /// The most nodes that all aliases of a file may expand to.
    static let mostAliasedNodes = 10_000
    /// The deepest nesting; a real file has about eight levels.
    static let deepest = 64

    private struct Anchored {
        let node: YAMLNode
        let size: Int
        let depth: Int
    }

    private var events: ArraySlice<YAMLEvent>
    private let log: ErrorLog
    private var anchors: [String: Anchored] = [:]
    private var aliasedNodes = 0

    private init(events: [YAMLEvent], log: ErrorLog) {
        self.events = events[...]
        self.log = log
    }

    /// The root of the only document; nil when there is none.
    ///
    /// Errors go to `log`.
    static func compose(_ events: [YAMLEvent], log: ErrorLog) -> YAMLNode? {
        var composer = YAMLComposer(events: events, log: log)
        return composer.root()
    }

    private mutating func root() -> YAMLNode? {
        guard let first = events.popFirst(), case .document = first.kind,
            let event = events.popFirst()
        else { return nil }
        let (node, _, _) = compose(event, key: "", depth: 0)
        if let next = events.first {
            log.add(at: next.position, "", "a second document begins", expected: "one document")
        }
        return node
    }

    /// The node that begins with this event, its number of nodes, and its depth.
    private mutating func compose(
        _ event: YAMLEvent,
        key: String,
        depth: Int
    ) -> (node: YAMLNode, size: Int, depth: Int) {
        if event.isTagged {
            log.add(
                at: event.position,
                key,
                "has a tag",
                expected: "no tag; quotes around text with !"
            )
        }
        let made: (node: YAMLNode, size: Int, depth: Int)
        switch event.kind {
        case .alias(let name):
            return alias(name, event, key: key, depth: depth)
        case .plain(let text):
            made = (YAMLNode(content: .plain(text), position: event.position), 1, 0)
        case .quoted(let text):
            made = (YAMLNode(content: .quoted(text), position: event.position), 1, 0)
        case .sequence:
            made = sequence(event, key: key, depth: depth)
        case .mapping:
            made = mapping(event, key: key, depth: depth)
        case .document, .end:
            preconditionFailure("libyaml gave \(event.kind) where a value begins")
        }
        // A tag is reported; its effect on the value is not guessed.
        let node = event.isTagged ? YAMLNode(content: .faulty, position: event.position) : made.node
        if let anchor = event.anchor {
            anchors[anchor] = Anchored(node: node, size: made.size, depth: made.depth)
        }
        return (node, made.size, made.depth)
    }

    private mutating func sequence(
        _ start: YAMLEvent,
        key: String,
        depth: Int
    ) -> (node: YAMLNode, size: Int, depth: Int) {
        guard enters(start, key: key, depth: depth) else { return skipped(start) }
        var items: [YAMLNode] = []
        var size = 1
        var below = 0
        while let event = events.popFirst(), !event.isEnd {
            let item = compose(event, key: "\(key)[\(items.count)]", depth: depth + 1)
            items.append(item.node)
            size += item.size
            below = max(below, item.depth)
        }
        return (YAMLNode(content: .sequence(items), position: start.position), size, below + 1)
    }

    private mutating func mapping(
        _ start: YAMLEvent,
        key: String,
        depth: Int
    ) -> (node: YAMLNode, size: Int, depth: Int) {
        guard enters(start, key: key, depth: depth) else { return skipped(start) }
        var pairs: [YAMLPair] = []
        var size = 1
        var below = 0
        while let event = events.popFirst(), !event.isEnd {
            let name = compose(event, key: key, depth: depth + 1)
            guard let next = events.popFirst() else { break }
            let path = ErrorLog.path(key, name.node.text ?? "?")
            let value = compose(next, key: path, depth: depth + 1)
            pairs.append(YAMLPair(key: name.node, value: value.node))
            size += name.size + value.size
            below = max(below, name.depth, value.depth)
        }
        return (YAMLNode(content: .mapping(pairs), position: start.position), size, below + 1)
    }

    private mutating func alias(
        _ name: String,
        _ event: YAMLEvent,
        key: String,
        depth: Int
    ) -> (node: YAMLNode, size: Int, depth: Int) {
        let faulty = (node: YAMLNode(content: .faulty, position: event.position), size: 1, depth: 0)
        guard let anchored = anchors[name] else {
            log.add(
                at: event.position,
                key,
                "the alias *\(ErrorLog.shown(name)) names no anchor before it",
                expected:
                    "an anchor &\(ErrorLog.shown(name)) that ends above, or quotes around a "
                    + "glob: \"*\(ErrorLog.shown(name))\"",
                suggestion: Suggestion.nearest(to: name, among: anchors.keys.sorted())
            )
            return faulty
        }
        guard depth + anchored.depth <= YAMLComposer.deepest else {
            tooDeep(event, key: key)
            return faulty
        }
        let (sum, overflow) = aliasedNodes.addingReportingOverflow(anchored.size)
        guard !overflow, sum <= YAMLComposer.mostAliasedNodes else {
            log.add(
                at: event.position,
                key,
                "the aliases up to here stand for more than "
                    + "\(YAMLComposer.mostAliasedNodes) nodes",
                expected: "fewer or smaller aliases"
            )
            return faulty
        }
        aliasedNodes = sum
        return (anchored.node, anchored.size, anchored.depth)
    }

    private func enters(_ event: YAMLEvent, key: String, depth: Int) -> Bool {
        if depth < YAMLComposer.deepest { return true }
        tooDeep(event, key: key)
        return false
    }

    private func tooDeep(_ event: YAMLEvent, key: String) {
        log.add(
            at: event.position,
            key,
            "is nested too deep",
            expected: "\(YAMLComposer.deepest) levels at most"
        )
    }

    /// Passes over the whole value that began with `start`.
    private mutating func skipped(
        _ start: YAMLEvent
    ) -> (node: YAMLNode, size: Int, depth: Int) {
        var open = 1
        while open > 0, let event = events.popFirst() {
            switch event.kind {
            case .sequence, .mapping: open += 1
            case .end: open -= 1
            case .document, .plain, .quoted, .alias: break
            }
        }
        return (YAMLNode(content: .faulty, position: start.position), 1, 0)
    }
}

extension YAMLEvent {
    fileprivate var isEnd: Bool {
        if case .end = kind { true } else { false }
    }
}

extension YAMLNode {
    /// The text of a scalar, whatever its type.
    var text: String? {
        switch content {
        case .plain(let text), .quoted(let text): text
        case .sequence, .mapping, .faulty: nil
        }
    }
}
