extension RootCause {
    /// Reads a cause from CodePipeline's own words, for actions whose service cannot be asked.
    ///
    /// `message` is the first that is not empty of errorDetails.message, externalExecutionSummary
    /// and summary; `code` is errorDetails.code. A failed command's script is no part of the line.
    package init(provider: String, code: String?, message: String, url: String? = nil) {
        let error = CommandError(in: message)
        let text = error?.withoutCommand ?? message
        let build = BuildWords(text)
        let deployment = DeploymentWords(text)
        self.init(
            provider: provider,
            phase: build?.phase,
            status: build?.state,
            code: build?.code ?? RootCause.handlerCode(in: text) ?? code,
            line: build?.message ?? deployment?.message ?? text,
            command: error?.command,
            exitStatus: error?.exitStatus,
            deploymentCode: deployment?.code,
            url: url
        )
    }

    /// The code of a resource's handler: `HandlerErrorCode: Throttling)`.
    package static func handlerCode(in text: String) -> String? {
        guard let start = text.firstRange(of: "HandlerErrorCode: ") else { return nil }
        let code = text[start.upperBound...].prefix { $0.isLetter || $0.isNumber }
        return code.isEmpty ? nil : String(code)
    }
}

/// `Build terminated with state: FAILED. Phase: BUILD, Code: CODE, Message: text`; a code may have
/// blanks.
private struct BuildWords {
    let state: String
    private(set) var phase: String?
    private(set) var code: String?
    private(set) var message: String?

    init?(_ text: String) {
        guard let start = text.firstRange(of: "Build terminated with state: ") else { return nil }
        let rest = text[start.upperBound...]
        state = String(rest.prefix { $0.isLetter || $0 == "_" })
        guard let phaseStart = rest.firstRange(of: "Phase: "),
            let codeStart = rest.firstRange(of: ", Code: "),
            phaseStart.upperBound <= codeStart.lowerBound
        else { return }
        phase = String(rest[phaseStart.upperBound..<codeStart.lowerBound])
        let after = rest[codeStart.upperBound...]
        let messageStart = after.firstRange(of: ", Message: ")
        code = String(after[..<(messageStart?.lowerBound ?? after.endIndex)])
        message = messageStart.map { String(after[$0.upperBound...]) }
    }
}

/// `Deployment d-XXXX failed. Error code: CODE; Error message: text`.
private struct DeploymentWords {
    let code: String
    let message: String?

    init?(_ text: String) {
        guard text.hasPrefix("Deployment "), let start = text.firstRange(of: "Error code: ") else {
            return nil
        }
        let rest = text[start.upperBound...]
        code = String(rest.prefix { $0.isLetter || $0 == "_" })
        message = rest.firstRange(of: "Error message: ").map { String(rest[$0.upperBound...]) }
    }
}
