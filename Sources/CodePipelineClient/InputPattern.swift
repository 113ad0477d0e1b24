/// The valid input of the operations, as CodePipeline's model restricts it.
enum InputPattern {
    /// 1-100 of `[A-Za-z0-9.@_-]`: names of pipelines, stages, actions.
    static func isName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isNameCharacter }
    }

    /// A UUID in lower case: the id of a pipeline execution.
    static func isExecutionID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy(\.isLowerHexDigit) }
    }
}

extension UInt8 {
    fileprivate var isNameCharacter: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x40, 0x5F: true
        case _: false
        }
    }

    fileprivate var isLowerHexDigit: Bool {
        switch self {
        case 0x30...0x39, 0x61...0x66: true
        case _: false
        }
    }
}
