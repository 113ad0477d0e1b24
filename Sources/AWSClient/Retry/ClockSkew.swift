package import Primitives

/// How far AWS's clock is ahead of ours, measured from one endpoint's answers.
package struct ClockSkew: Hashable, Sendable {
    /// The correction added to our time when signing; zero until an answer proves our time wrong.
    package private(set) var correction: Duration = .zero
    /// The smoothed difference of all answers' dates; nil before the first.
    package private(set) var observed: Duration?

    /// Starts without a correction.
    package init() {}

    /// Differences up to this are never the reason for a refusal: AWS allows five minutes.
    package static let tolerance = Duration.seconds(240)

    /// Whether an answer is trusted about the time: over https or from this machine, and by AWS.
    package static func trusts(_ response: HTTPResponse, from url: URLParts) -> Bool {
        trusts(url) && isFromAWS(response)
    }

    /// Whether nothing between could have forged the answers: https, or this machine.
    static func trusts(_ url: URLParts) -> Bool { url.scheme == "https" || url.isLoopback }

    /// Whether AWS itself answered, and not a proxy.
    static func isFromAWS(_ response: HTTPResponse) -> Bool {
        response.header("x-amzn-RequestId") != nil
    }

    /// Notes the date of any answer, smoothed by a quarter; it does not change the correction.
    package mutating func note(serverDate: WallTime, local: WallTime) {
        let difference = (serverDate - local).clamped
        guard let before = observed else {
            observed = difference
            return
        }
        observed = .saturating(seconds: before.seconds * 0.75 + difference.seconds * 0.25)
    }

    /// Learns from a refusal because of the time.
    ///
    /// - Parameters:
    ///   - serverDate: The answer's Date header.
    ///   - local: Our time when the answer came, uncorrected.
    ///   - signedAt: The time that the request was signed with.
    /// - Returns: Whether signing again can help.
    package mutating func correct(
        serverDate: WallTime,
        local: WallTime,
        signedAt: WallTime
    ) -> Bool {
        let error = (serverDate - signedAt).clamped
        guard error > ClockSkew.tolerance || error < .zero - ClockSkew.tolerance else {
            return false
        }
        correction = (serverDate - local).clamped
        return true
    }
}
