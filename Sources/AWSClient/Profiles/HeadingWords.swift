/// A text split into words as a POSIX shell does it, without any expansion.
///
/// The rules are those of Python's `shlex.split`, which botocore (the AWS CLI) uses to split the
/// headings of the config file.
enum HeadingWords {
    /// The words; nil when a quote is not closed or the text ends with a backslash.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        var quote: Unicode.Scalar?
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                // Between double quotes a backslash only escapes the quote and itself.
                if quote != nil, scalar != "\"", scalar != "\\" { word?.append("\\") }
                word?.append(scalar)
                isEscaped = false
            } else if scalar == "\\", quote != "'" {
                word = word ?? String.UnicodeScalarView()
                isEscaped = true
            } else if let open = quote {
                if scalar == open {
                    quote = nil
                } else {
                    word?.append(scalar)
                }
            } else if scalar == "\"" || scalar == "'" {
                word = word ?? String.UnicodeScalarView()
                quote = scalar
            } else if blanks.contains(scalar) {
                if let done = word { words.append(String(done)) }
                word = nil
            } else {
                word = word ?? String.UnicodeScalarView()
                word?.append(scalar)
            }
        }
        guard quote == nil, !isEscaped else { return nil }
        if let done = word { words.append(String(done)) }
        return words
    }

    private static let blanks: Set<Unicode.Scalar> = [" ", "\t", "\r", "\n"]
}
