import CodePipelineClient
import CodePipelineSimulator
import RetryCore
import RetryDaemon

/// What the daemon makes of the service's bytes: read by its client, mapped by its own mapping.
///
/// Reading JSON is slow, so most seeds take the short way of ``ModelMapping``, which says the same.
enum WireMapping {
    private static let decoder = DocumentDecoder()

    static func state(
        _ state: ServiceModel.StateView,
        of model: ServiceModel
    ) -> PipelineSnapshot {
        let body = model.body(of: state)
        return read(body) { (body) throws(WireDecodingError) in
            PipelineSnapshot(try decoder.decodeState(body))
        }
    }

    static func definition(
        _ version: Int,
        of pipeline: String,
        _ model: ServiceModel
    ) throws(ServiceError) -> PipelineDefinition {
        let body = try model.body(ofDefinition: version, of: pipeline)
        return read(body) { (body) throws(WireDecodingError) in
            PipelineDefinition(try decoder.decodeDefinition(body))
        }
    }

    static func rows(
        _ runs: [ServiceModel.ActionRunView],
        of model: ServiceModel
    ) -> [ActionRow] {
        read(model.body(of: runs)) { (body) throws(WireDecodingError) in
            try decoder.decodeActionExecutions(body).actionExecutionDetails.map { ActionRow($0) }
        }
    }

    static func executions(
        _ executions: [ServiceModel.ExecutionView],
        of model: ServiceModel
    ) -> [ExecutionSummary] {
        read(model.body(of: executions)) { (body) throws(WireDecodingError) in
            try decoder.decodePipelineExecutions(body).pipelineExecutionSummaries
                .compactMap { ExecutionSummary($0) }
        }
    }

    private static func read<Value>(
        _ body: [UInt8],
        _ decode: ([UInt8]) throws(WireDecodingError) -> Value
    ) -> Value {
        do throws(WireDecodingError) {
            return try decode(body)
        } catch {
            preconditionFailure("the client does not read the model's answer: \(error)")
        }
    }
}
