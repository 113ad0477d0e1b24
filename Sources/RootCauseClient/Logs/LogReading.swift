import WireFormats

/// Reads the end of a log stream.
struct LogReading: CauseSource {
    var next: CauseCall?
    private let stream: LogStream
    private let lines: Int
    private var pages = 0

    /// Creates a reading of a stream; nothing is read for no lines.
    init(_ stream: LogStream, lines: Int) {
        self.stream = stream
        self.lines = lines
        next = lines > 0 ? stream.newest(lines) : nil
    }

    mutating func take(
        _ body: [UInt8],
        into evidence: inout CauseEvidence
    ) throws(UnreadableAnswer) {
        let page: LogEvents = try JSONReader.answer(body)
        pages += 1
        if evidence.resource == nil {
            evidence.resource = "\(stream.group)/\(stream.name)"
            let link = stream.region.flatMap(ConsoleLink.init(region:))
            evidence.consoleURL =
                link?.logStream(group: stream.group, stream: stream.name) ?? evidence.consoleURL
        }
        evidence.take(logOf: page.messages, lines: lines)
        // A page may be empty although there are events.
        if page.messages.isEmpty, pages == 1, let token = page.nextBackwardToken {
            next = stream.newest(lines, before: token)
        }
    }
}

extension CauseEvidence {
    /// Takes the end of a log.
    mutating func take(logOf messages: [String], lines: Int) {
        logLines = LogTail(of: messages, lines: lines).lines
        let isCommandSeen = logLines.contains {
            $0.hasPrefix("[Container] ") && $0.contains(" Running command ")
        }
        if ranUserCode == nil, isCommandSeen { ranUserCode = true }
    }
}
