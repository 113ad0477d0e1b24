import Primitives

/// A timestamp as awsJson1_1 sends it, epoch seconds, or as the AWS CLI prints it, ISO 8601.
struct WireTime: Decodable {
    /// The time; nil where the value is none that can be computed with.
    let time: WallTime?

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        do {
            time = WallTime(epochSeconds: try value.decode(Double.self))
        } catch DecodingError.typeMismatch {
            let text = try value.decode(String.self)
            time = WireTime.time(of: text)
        }
    }

    /// The time in a text, as the CLI prints it or as a number.
    static func time(of text: String) -> WallTime? {
        WallTime(lenient: text)
    }
}
