import CorpusKit
import FoundationEssentials

/// Prints how the built-in knowledge does on a corpus of labelled failures.
@main enum CauseCorpus {
    static func main() throws {
        for path in CommandLine.arguments.dropFirst() {
            let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            print(CorpusReport(try CorpusEntry.read(text)).text)
        }
    }
}
