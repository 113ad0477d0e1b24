import NIOCore

/// Routes that are not dialled for a while, after a lasting failure.
///
/// It is confined to the event loop and serves all pools of a transport: the password that a proxy
/// refuses is the same for every origin behind it.
final class OriginPauses {
    /// A route that failed lastingly.
    private struct Pause {
        var error: any Error
        var length: TimeAmount
        var until: NIODeadline
    }

    private var pauses: [String: Pause] = [:]

    /// The first pause; each that follows without a success between is twice as long.
    static let shortest = TimeAmount.seconds(10)
    /// The longest pause.
    static let longest = TimeAmount.minutes(5)
    /// The first and the longest pause after a proxy's 407: directories lock accounts.
    static let afterPassword = (shortest: TimeAmount.minutes(1), longest: TimeAmount.minutes(30))

    /// Why a route is paused; nil when it is not.
    func reason(_ ways: [String], at now: NIODeadline) -> PausedOrigin? {
        for way in ways {
            if let pause = pauses[way], now < pause.until {
                return PausedOrigin(cause: pause.error, rest: pause.until - now)
            }
        }
        return nil
    }

    /// Notes a failure that dialling again does not fix.
    func failed(_ way: String, _ error: any Error, at now: NIODeadline) {
        let (shortest, longest) =
            error.isPasswordRefused ? Self.afterPassword : (Self.shortest, Self.longest)
        guard let before = pauses[way] else {
            pauses[way] = Pause(error: error, length: shortest, until: now + shortest)
            return
        }
        // Several dials that were under way together count as one failure.
        guard before.until <= now else { return }
        let length = min(longest, max(shortest, before.length + before.length))
        pauses[way] = Pause(error: error, length: length, until: now + length)
    }

    /// Forgets the failures of origins; those of a proxy stay.
    func forgetOrigins() {
        pauses = pauses.filter { $0.value.error.isPasswordRefused }
    }

    /// Notes that a route works.
    func succeeded(_ ways: [String]) {
        for way in ways { pauses[way] = nil }
    }
}

/// A call that came while its origin is not dialled.
struct PausedOrigin: Error {
    /// The error of its last dial.
    let cause: any Error
    /// How long it is not dialled any more.
    let rest: TimeAmount
}

extension Error {
    /// Whether a proxy refused the password, or requires one.
    var isPasswordRefused: Bool {
        guard case .proxyRefused(407, _)? = self as? ConnectionError else { return false }
        return true
    }
}
