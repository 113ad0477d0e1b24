/// Writes the answers of AWS Query.
enum XMLWriter {
    /// The answer of an operation.
    static func answer(
        _ operation: CauseOperation,
        _ output: JSON,
        requestID: String
    ) -> [UInt8] {
        let name = operation.name
        return Array(
            """
            <\(name)Response xmlns="\(operation.namespace)">\
            <\(name)Result>\(text(output))</\(name)Result>\
            <ResponseMetadata><RequestId>\(requestID)</RequestId></ResponseMetadata>\
            </\(name)Response>
            """.utf8
        )
    }

    /// An error of an operation.
    static func error(
        _ error: ServiceError,
        of operation: CauseOperation,
        requestID: String
    ) -> [UInt8] {
        Array(
            """
            <ErrorResponse xmlns="\(operation.namespace)"><Error>\
            <Type>Sender</Type><Code>\(escaped(error.code))</Code>\
            <Message>\(escaped(error.message))</Message></Error>\
            <RequestId>\(requestID)</RequestId></ErrorResponse>
            """.utf8
        )
    }

    /// A value: members as elements, in the order of their names, items as `member`.
    private static func text(_ value: JSON) -> String {
        switch value {
        case .null, .written: ""
        case .bool(let flag): flag ? "true" : "false"
        case .integer(let number): String(number)
        case .number(let number): String(number)
        case .string(let text): escaped(text)
        case .array(let items): items.map { "<member>\(text($0))</member>" }.joined()
        case .object(let members):
            members.sorted { $0.key < $1.key }
                .map { "<\($0.key)>\(text($0.value))</\($0.key)>" }.joined()
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
