import Primitives

/// How much of a text from outside is kept.
///
/// CodePipeline's own bounds are lower; a proxy or a broken server has none.
enum TextBound: Int {
    /// Names, ids, codes, statuses.
    case name = 256
    /// Addresses.
    case url = 2048
    /// A failed action's message and summary (5,000 and 2,048 characters in the API model).
    case message = 20_000
    /// The text of AWS or the transport about a call.
    case failure = 2000
}

extension String {
    /// The text, cut to so many bytes of UTF-8 on a scalar's border.
    func bounded(_ bound: TextBound) -> String {
        cut(toUTF8: bound.rawValue)
    }
}
