/// Parts of sentences that several events share.

extension TargetContext {
    /// `target prod (eu-west-1)`, the beginning of every sentence on a target.
    var place: String {
        "target \(target) (\(region.isEmpty ? "Region not known yet" : region))"
    }
}

extension EpisodeContext {
    /// `target/pipeline stage Deploy`, the beginning of every sentence on an episode.
    var place: String { "\(key.pipeline) stage \(key.stage)" }
}

extension CallFailure {
    /// Operation, code and message as one part of a sentence, which goes on after it.
    package var sentence: String {
        let what = message.isEmpty ? "\(kind)" : message.withoutFullStop
        let isNamed = code.map { what.hasPrefix($0) } ?? true
        return "\(operationName): " + (isNamed ? "" : "\(code ?? ""): ") + what
    }
}

extension FailureFacts {
    /// Action, code and message as one part of a sentence.
    var sentence: String {
        guard let action else { return "AWS shows no failed action" }
        let what = message.map { ": \($0.prefix(300))" } ?? ""
        let why = cause?.sentence.map { "; \($0)" } ?? ""
        return "action \(action)" + (code.map { " \($0)" } ?? "") + what + why
    }
}

extension RootCause {
    /// Provider, phase and line as one part of a sentence; nil: there is no line.
    package var sentence: String? {
        line.map { "\(provider)\(phase.map { " \($0)" } ?? ""): \($0.prefix(300))" }
    }
}

extension RetryPlan {
    /// `retry 2 of 5 (FAILED_ACTIONS, rule queue full)`.
    var sentence: String {
        "retry \(number) of \(limit) (\(mode.rawValue)"
            + (rule.map { ", rule \($0)" } ?? "") + ")"
    }
}

/// ` (detail)`, or nothing.
func parenthesis(_ detail: String) -> String {
    detail.isEmpty ? "" : " (\(detail))"
}

/// `1 retry`, `2 retries`.
func counted(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(count) \(count == 1 ? one : many ?? one + "s")"
}

extension FailureFacts {
    /// The code and the text, as far as there are any, as one part of a sentence.
    var phrase: String {
        let parts = [code, message].compactMap { $0?.isEmpty == false ? $0 : nil }
        return parts.isEmpty
            ? "AWS gives no error message" : parts.joined(separator: ": ").withoutFullStop
    }
}

extension String {
    /// The text without the full stop that AWS ends its messages with; an ellipsis stays.
    fileprivate var withoutFullStop: String {
        hasSuffix(".") && !hasSuffix("..") ? String(dropLast()) : self
    }
}

extension [StageName] {
    /// `Build, Deploy`, as far as a line has room.
    var listed: String {
        prefix(20).map(\.text).joined(separator: ", ")
            + (count > 20 ? " and \(count - 20) more" : "")
    }
}
