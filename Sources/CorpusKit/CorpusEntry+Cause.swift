package import RetryCore

extension CorpusEntry {
    /// The cause as a reader of the provider's API would make it of the entry.
    package var cause: RootCause {
        switch place {
        case "codepipeline message", "approval result":
            var cause = RootCause(provider: provider, code: code, message: text)
            if cause.stack == nil { cause.stack = stack }
            return cause
        case "log tail":
            return RootCause(
                provider: provider,
                phase: self["phase"],
                code: self["statusCode"],
                line: reason
            )
            .completed(by: CauseLog(text.split(separator: "\n").map(String.init)))
        case _: return deeper
        }
    }

    private var deeper: RootCause {
        RootCause(
            provider: provider,
            phase: self["phase"] ?? self["lifecycleEvent"],
            status: self["ssmStatus"] ?? self["environmentStatus"] ?? self["phaseStatus"],
            code: self["statusCode"] ?? self["handlerErrorCode"] ?? self["diagErrorCode"]
                ?? self["stopCode"] ?? self["error"],
            line: text,
            exitStatus: (self["exit"] ?? self["exitCode"]).flatMap { Int($0) },
            stack: stack,
            deploymentCode: self["errorCode"]
        )
    }

    private var stack: StackCause? {
        guard self["stackStatus"] != nil || self["actionMode"] != nil else { return nil }
        return StackCause(
            resourceType: self["resourceType"],
            status: self["stackStatus"],
            actionMode: self["actionMode"],
            changeSet: self["changeSetStatus"].map { $0 == "gone" ? .gone : .available }
        )
    }

    /// What CodeBuild's context says without its log.
    private var reason: String? {
        self["exit"].map { "Reason: exit status \($0)" }
    }

    private subscript(key: String) -> String? { structured[key]?.text }
}
