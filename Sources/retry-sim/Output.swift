import Glibc

/// Where lines go, and the clock for the rate; all that touches the system.
enum Output {
    case standardOutput
    case standardError

    /// Writes a line.
    func write(_ line: String) {
        switch self {
        case .standardOutput: print(line)
        case .standardError:
            let bytes = Array((line + "\n").utf8)
            _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
        }
    }

    /// How long something takes, in seconds.
    static func seconds(of body: () -> Void) -> Double {
        let duration = ContinuousClock().measure(body)
        return Double(duration.components.seconds)
            + Double(duration.components.attoseconds) / 1e18
    }

    static func exit(_ status: Int32) -> Never {
        Glibc.exit(status)
    }
}
