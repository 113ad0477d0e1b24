import Primitives

/// One element of a small XML document: name without prefix, text, children.
///
/// Only what the AWS Query protocol uses: elements, text, CDATA, comments, the five entities and
/// character references. No DTD, no other entity, no processing instruction except the declaration.
package struct XMLElement: Hashable, Sendable {
    /// The name without a namespace prefix.
    package let name: String
    /// The element's own text, references resolved.
    package fileprivate(set) var text = ""
    /// The child elements in order.
    package fileprivate(set) var children: [XMLElement] = []

    fileprivate init(name: String) {
        self.name = name
    }

    /// Parses a document.
    ///
    /// - Throws: ``XMLError`` when it is not of the subset, deeper than 32 or cut.
    package init(parsing bytes: [UInt8]) throws(XMLError) {
        var reader = XMLReader(bytes)
        var stack: [XMLElement] = []
        while let token = try reader.next() {
            switch token {
            case .start(let name, let isEmpty):
                guard stack.count < XMLElement.depthLimit else { throw XMLError("too deep") }
                stack.append(XMLElement(name: name))
                guard isEmpty else { continue }
            case .text(let text):
                guard !stack.isEmpty else { continue }
                stack[stack.count - 1].text += text
                continue
            case .end(let name):
                guard stack.last?.name == name else { throw XMLError("a tag ends nothing") }
            }
            guard let done = stack.popLast() else { throw XMLError("no element") }
            guard !stack.isEmpty else {
                self = done
                return
            }
            stack[stack.count - 1].children.append(done)
        }
        throw XMLError("the document is cut")
    }

    /// The first element of that name at any depth, itself included, in document order.
    package func first(_ name: String) -> XMLElement? {
        if self.name == name { return self }
        for child in children {
            if let found = child.first(name) { return found }
        }
        return nil
    }

    private static let depthLimit = 32
}

/// Why a document is not of the subset that ``XMLElement`` reads.
package struct XMLError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problem.
    package let reason: String

    /// Creates an error.
    package init(_ reason: String) {
        self.reason = reason.printable(limit: 100)
    }

    package var description: String { "not the expected XML: \(reason)" }
}
