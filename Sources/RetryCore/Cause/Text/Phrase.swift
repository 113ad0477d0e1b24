/// A text to be found in an error, whatever the case of its ASCII letters.
///
/// It begins and ends at the ends of words: `EOF` is not in `geoffrey`. `*` stands for at most 300
/// bytes, `#` for a digit, `^` at its beginning and `$` at its end for those of the text. Its first
/// two characters are no such signs. Runs of blanks in the text count as one blank.
struct Phrase: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The phrase as it is written.
    let text: String

    init(stringLiteral text: String) {
        self.text = text
    }
}
