/// One header line.
///
/// Its description leaves the value out: it may be a token.
package struct HTTPHeader: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The name as written.
    package let name: String
    /// The value as written.
    package let value: String

    /// Creates a header line.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package var description: String { "\(name): …" }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension [HTTPHeader] {
    /// The first value of a header, ignoring case.
    package func firstValue(named name: String) -> String? {
        first { $0.name.isEqualIgnoringCase(name) }?.value
    }
}
