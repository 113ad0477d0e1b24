package import AWSClient
import Primitives
package import RetryCore
package import RootCauseClient

/// Causes from AWS's services, for one target.
package struct LiveCauses: CauseAnswering {
    /// How many readings may be under way in the process.
    package static let readings = 8

    private let client: RootCauseClient
    private let credentials: any CredentialsProvider
    private let places: ReadingPlaces
    private let environment: CallEnvironment

    /// Creates them; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - client: Makes the calls.
    ///   - credentials: Of the target, or of its role for causes.
    ///   - places: Bounds the readings under way.
    ///   - environment: Clock and sleep.
    package init(
        _ client: RootCauseClient,
        credentials: any CredentialsProvider,
        places: ReadingPlaces,
        environment: CallEnvironment
    ) {
        self.client = client
        self.credentials = credentials
        self.places = places
        self.environment = environment
    }

    package func causes(
        of requests: [CauseRequest],
        logLines: Int,
        within time: Duration
    ) async -> [ActionExecutionID: CauseReport] {
        // Who asks waits no longer than that, and what is known must be there before.
        let deadline = environment.instant() + time * 19 / 20
        return await withTaskGroup(of: (ActionExecutionID, CauseReport).self) { group in
            for request in requests {
                group.addTask {
                    (request.attempt, await cause(of: request, logLines: logLines, by: deadline))
                }
            }
            var reports: [ActionExecutionID: CauseReport] = [:]
            for await (attempt, report) in group { reports[attempt] = report }
            return reports
        }
    }

    private func cause(
        of request: CauseRequest,
        logLines: Int,
        by deadline: Instant
    ) async -> CauseReport {
        let subject = CauseSubject(request, logLines: logLines)
        let hasPlace = await places.enter {
            do {
                try await environment.sleep(max(.zero, deadline - environment.instant()))
            } catch {
                // There is a place, or the daemon ends.
            }
        }
        guard hasPlace else {
            var reading = CauseReading(subject)
            reading.end(because: .late, "others took the time")
            return CauseReport(reading)
        }
        defer { places.leave() }
        let reading = await client.read(subject, credentials: credentials, deadline: deadline)
        return CauseReport(reading)
    }
}

extension CauseSubject {
    /// The subject of a request.
    fileprivate init(_ request: CauseRequest, logLines: Int) {
        self.init(
            provider: request.provider,
            region: request.region,
            externalExecutionID: request.run.externalID,
            configuration: request.run.configuration,
            logStreamARN: request.run.logStreamARN,
            externalExecutionURL: request.url,
            startTime: request.run.started,
            logLines: logLines
        )
    }
}
