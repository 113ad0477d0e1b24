import CodePipelineClient
import Primitives
import RetryCore

extension ReadAnswer {
    /// The answer of a read, with its value converted to facts; an answer with unusable names
    /// becomes a failure.
    static func of<Found: Hashable & Sendable>(
        _ operation: AWSOperation,
        _ read: () async throws(ReadError) -> Reading<Found>,
        refusing problem: (Found) -> WireNameError?,
        _ facts: (Found) -> Value
    ) async -> ReadAnswer {
        do throws(ReadError) {
            let reading = try await read()
            if let problem = problem(reading.value) {
                return .failed(problem.failure(of: operation))
            }
            return .read(facts(reading.value), at: reading.serverDate)
        } catch {
            return .failed(CallFailure(error))
        }
    }
}
