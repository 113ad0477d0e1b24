import CYAML

/// Reads YAML as a list of events with the system's libyaml.
///
/// The only file that touches libyaml. Events are what it is asked for, since a tree of its own
/// would copy aliases while it grows.
enum YAMLEventReader {
    /// The events of all documents in order; throws where the text stops being YAML.
    static func events(of bytes: [UInt8]) throws(YAMLSyntaxError) -> [YAMLEvent] {
        var parser = unsafe yaml_parser_t()
        guard unsafe yaml_parser_initialize(&parser) == 1 else {
            throw YAMLSyntaxError(position: .start, problem: "no memory for the YAML parser")
        }
        defer { unsafe yaml_parser_delete(&parser) }
        unsafe yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
        var events: [YAMLEvent] = []
        let error = unsafe bytes.withUnsafeBufferPointer { buffer -> YAMLSyntaxError? in
            unsafe yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            return unsafe read(from: &parser, into: &events, of: bytes)
        }
        if let error { throw error }
        return events
    }

    private static func read(
        from parser: inout yaml_parser_t,
        into events: inout [YAMLEvent],
        of bytes: [UInt8]
    ) -> YAMLSyntaxError? {
        while true {
            var event = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(&parser, &event) == 1 else {
                return unsafe error(of: parser, in: bytes)
            }
            defer { unsafe yaml_event_delete(&event) }
            if unsafe event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT {
                return nil
            }
            if let next = unsafe translated(event) { events.append(next) }
        }
    }

    private static func translated(_ event: yaml_event_t) -> YAMLEvent? {
        switch unsafe event.type {
        case YAML_DOCUMENT_START_EVENT:
            return unsafe made(.document, event)
        case YAML_ALIAS_EVENT:
            return unsafe made(.alias(text(event.data.alias.anchor) ?? ""), event)
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let value = unsafe text(scalar.value, length: scalar.length)
            let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            return unsafe made(
                isPlain ? .plain(value) : .quoted(value),
                event,
                anchor: text(scalar.anchor),
                isTagged: scalar.tag != nil
            )
        case YAML_SEQUENCE_START_EVENT:
            let sequence = unsafe event.data.sequence_start
            return unsafe made(
                .sequence,
                event,
                anchor: text(sequence.anchor),
                isTagged: sequence.tag != nil
            )
        case YAML_MAPPING_START_EVENT:
            let mapping = unsafe event.data.mapping_start
            return unsafe made(
                .mapping,
                event,
                anchor: text(mapping.anchor),
                isTagged: mapping.tag != nil
            )
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            return unsafe made(.end, event)
        case _:
            return nil
        }
    }

    private static func made(
        _ kind: YAMLEvent.Kind,
        _ event: yaml_event_t,
        anchor: String? = nil,
        isTagged: Bool = false
    ) -> YAMLEvent {
        let position = unsafe SourcePosition(
            line: Int(event.start_mark.line) + 1,
            column: Int(event.start_mark.column) + 1
        )
        return YAMLEvent(kind: kind, position: position, anchor: anchor, isTagged: isTagged)
    }

    private static func error(of parser: yaml_parser_t, in bytes: [UInt8]) -> YAMLSyntaxError {
        // The scanner and the parser give the position; the reader, which rejects control
        // characters, only knows a byte offset.
        let position =
            unsafe parser.error == YAML_READER_ERROR
            ? SourcePosition(offset: parser.problem_offset, in: bytes)
            : SourcePosition(
                line: Int(parser.problem_mark.line) + 1,
                column: Int(parser.problem_mark.column) + 1
            )
        let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "cannot be read"
        guard let context = unsafe parser.context else {
            return YAMLSyntaxError(position: position, problem: problem)
        }
        let words = unsafe String(cString: context)
        let start = unsafe SourcePosition(
            line: Int(parser.context_mark.line) + 1,
            column: Int(parser.context_mark.column) + 1
        )
        return YAMLSyntaxError(position: position, problem: "\(problem) \(words)", context: start)
    }

    private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let pointer = unsafe pointer else { return nil }
        return unsafe String(cString: pointer)
    }

    private static func text(
        _ pointer: UnsafeMutablePointer<yaml_char_t>?,
        length: Int
    ) -> String {
        unsafe String(decoding: UnsafeBufferPointer(start: pointer, count: length), as: UTF8.self)
    }
}
