package import AWSClient
import Primitives
import RetryCore
package import RootCauseClient
import Synchronization

/// The rates at which causes are read: one for each service, account and Region, apart from the
/// rate of the pipelines.
///
/// Targets in one account share them. AWS's limits of these calls are not documented for most of
/// the services, so that a rate halves when AWS throttles and recovers afterwards.
package final class CauseRates: Sendable {
    /// The most calls per second; as many at once after a pause.
    package static let perSecond = 5.0
    /// How many accounts, Regions and services are remembered; then all begin anew.
    private static let most = 256

    private struct Place: Hashable, Sendable {
        let account: String
        let service: String
        let region: String
    }

    private let buckets = Mutex<[Place: RateBucket]>([:])

    /// Creates full rates.
    package init() {}

    /// The pace of the calls in an account.
    ///
    /// - Parameters:
    ///   - account: The account, or what stands for one that is not known.
    ///   - environment: Clock and sleep.
    /// - Returns: The pace, which shares its rates with those of the same account.
    package func pace(of account: String, _ environment: CallEnvironment) -> any CallPacing {
        Pace(rates: self, account: account, environment: environment)
    }

    /// Takes a turn; nil when it was taken, else when there may be one.
    private func take(_ place: Place, now: Instant) -> Instant? {
        buckets.withLock { buckets in
            if buckets.count >= CauseRates.most, buckets[place] == nil { buckets = [:] }
            let fresh = RateBucket(ceiling: CauseRates.perSecond, now: now)
            var bucket = buckets[place] ?? fresh
            _ = bucket.recover(now)
            defer { buckets[place] = bucket }
            return bucket.take(now) ? nil : bucket.next(tokens: 1, now)
        }
    }

    private func throttle(_ place: Place, now: Instant) {
        buckets.withLock { buckets in _ = buckets[place]?.throttled(now) }
    }

    private struct Pace: CallPacing {
        let rates: CauseRates
        let account: String
        let environment: CallEnvironment

        func turn(
            of service: AWSService,
            in region: String,
            before deadline: Instant
        ) async -> Bool {
            while true {
                let now = environment.instant()
                guard let next = rates.take(place(service, region), now: now) else { return true }
                guard next < deadline else { return false }
                do {
                    try await environment.sleep(next - now)
                } catch {
                    return false
                }
            }
        }

        func throttled(by service: AWSService, in region: String) {
            rates.throttle(place(service, region), now: environment.instant())
        }

        private func place(_ service: AWSService, _ region: String) -> Place {
            Place(account: account, service: service.id, region: region)
        }
    }
}
