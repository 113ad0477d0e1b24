import AWSClient
import Primitives

extension CodePipelineClient {
    /// Retries the failed actions or all actions of a failed stage.
    ///
    /// It is sent again only after an attempt that certainly was not executed.
    package func retryStage(
        pipeline: String,
        stage: String,
        execution: String,
        mode: Wire.StageRetryMode
    ) async -> Wire.RetryAnswer {
        let operation = AWSOperation.retryStageExecution
        let input = RetryStageInput(
            pipelineName: pipeline,
            stageName: stage,
            pipelineExecutionId: execution,
            retryMode: mode.rawValue
        )
        let body: [UInt8]
        do throws(ReadError) {
            try check(name: pipeline, operation)
            try check(name: stage, operation)
            try check(execution: execution, operation)
            body = try encode(input, operation)
        } catch {
            return Wire.RetryAnswer(
                .refused(.validation),
                message: error.message,
                facts: CallFacts()
            )
        }
        let answer = await client.call(
            operation.definition,
            body: body,
            limits: limits
        )
        return retryAnswer(answer)
    }

    private func retryAnswer(_ answer: CallAnswer) -> Wire.RetryAnswer {
        switch answer {
        case .accepted(let body, let facts):
            return accepted(body, facts)
        case .refused(let error, let facts):
            return Wire.RetryAnswer(
                .refused(Wire.RetryRefusal(error)),
                code: error.code,
                message: error.text,
                facts: facts
            )
        case .unknown(let cause, let facts):
            return Wire.RetryAnswer(.unknown(cause), message: cause.description, facts: facts)
        case .notSent(let error, let facts):
            return Wire.RetryAnswer(.refused(.unreachable), message: error.detail, facts: facts)
        case .noCredentials(let error, let facts):
            return Wire.RetryAnswer(
                .refused(.credentials),
                message: error.description,
                facts: facts
            )
        }
    }

    /// A success that cannot be read may be somebody else's page: then nothing is known.
    private func accepted(_ body: [UInt8], _ facts: CallFacts) -> Wire.RetryAnswer {
        do throws(WireDecodingError) {
            if body.isEmpty, facts.requestID == nil { throw WireDecodingError.emptyAnswer }
            let output = try documents.decode(
                RetryStageOutput.self,
                body,
                document: "answer to RetryStageExecution"
            )
            return Wire.RetryAnswer(
                .accepted(executionID: output.pipelineExecutionId),
                message: "",
                facts: facts
            )
        } catch {
            let cause = UnknownCause.unreadable(error.description)
            return Wire.RetryAnswer(.unknown(cause), message: cause.description, facts: facts)
        }
    }
}

extension WireDecodingError {
    fileprivate static let emptyAnswer = WireDecodingError(
        document: "answer to RetryStageExecution",
        EmptyAnswer()
    )

    private struct EmptyAnswer: Error {}
}
