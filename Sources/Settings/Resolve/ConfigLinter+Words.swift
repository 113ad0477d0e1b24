import Primitives
import RetryCore
import YAML

extension ConfigLinter {
    /// Reports conditions of a rule that no value of CodePipeline can meet, or that all do.
    func judgeWords(_ condition: RuleCondition, _ draft: RuleDraft) {
        judgeCategories(condition, draft)
        judgeProviders(condition, draft)
        // A custom action may have its own provider, whose codes are not listed anywhere.
        let isOwn = condition.providers.contains { !AWSWords.providers.contains($0) }
        for code in condition.codes where !isOwn && !AWSWords.codes.contains(code) {
            report(
                draft,
                "code",
                "is \(ErrorLog.shown(code)), which CodePipeline is not known to show as a code: a "
                    + "service's own error is in the message, where contains finds it",
                suggestion: AWSWords.nearest(to: code, among: AWSWords.codes)
            )
        }
        for text in condition.contains { judgeLiteral(text, draft) }
        for pattern in condition.matches { judgePattern(pattern.text, "matches", draft) }
        for pattern in condition.cause.log { judgePattern(pattern.text, "log", draft) }
        for glob in condition.stages { judgeGlob(glob, "stage", draft) }
        for glob in condition.actions { judgeGlob(glob, "action", draft) }
    }

    private func report(
        _ draft: RuleDraft,
        _ name: String,
        _ problem: String,
        suggestion: String? = nil
    ) {
        let key = ErrorLog.path(ErrorLog.path(draft.key, "when"), name)
        log.add(at: draft.position, key, problem, suggestion: suggestion)
    }

    /// The categories are a closed list of the API.
    private func judgeCategories(_ condition: RuleCondition, _ draft: RuleDraft) {
        for category in condition.categories where !AWSWords.categories.contains(category) {
            report(
                draft,
                "category",
                "is \(ErrorLog.shown(category)), which no action has; there are "
                    + AWSWords.categories.listed(with: "and"),
                suggestion: AWSWords.nearest(to: category, among: AWSWords.categories)
            )
        }
    }

    /// Providers are open, since custom actions bring their own.
    private func judgeProviders(_ condition: RuleCondition, _ draft: RuleDraft) {
        for provider in condition.providers where !AWSWords.providers.contains(provider) {
            let nearest = AWSWords.nearest(to: provider, among: AWSWords.providers)
            guard let nearest else { continue }
            report(
                draft,
                "provider",
                "is \(ErrorLog.shown(provider)), which AWS is not known to use",
                suggestion: nearest
            )
        }
        guard !condition.categories.isEmpty, !condition.providers.isEmpty else { return }
        let fits = condition.providers.contains { provider in
            AWSWords.kinds[provider].map { !$0.isDisjoint(with: condition.categories) } ?? true
        }
        guard !fits else { return }
        let kinds = condition.providers.flatMap { AWSWords.kinds[$0] ?? [] }.sorted()
        report(
            draft,
            "provider",
            "never occurs with the category \(condition.categories.listed(with: "or")): "
                + "\(condition.providers.listed(with: "and")) has "
                + "\(Array(Set(kinds)).sorted().listed(with: "or"))"
        )
    }

    private func judgeLiteral(_ text: String, _ draft: RuleDraft) {
        let shown = ErrorLog.shown(text)
        if text.unicodeScalars.contains(where: \.isBreakOrTab) {
            let isAtEnd = text.unicodeScalars.last.map(\.isBreakOrTab) == true
            report(
                draft,
                "contains",
                isAtEnd
                    ? "\"\(shown)\" ends with a line break, which almost no message contains: "
                        + "use |- instead of |, or quotes"
                    : "\"\(shown)\" contains a line break or tab, which almost no message contains"
            )
        } else if text.contains("*") && !text.contains("**") {
            report(
                draft,
                "contains",
                "\"\(shown)\" has a wildcard, which is taken literally: contains searches for the "
                    + "text anywhere, and matches takes a regular expression"
            )
        }
    }

    private func judgePattern(_ pattern: String, _ name: String, _ draft: RuleDraft) {
        let shown = ErrorLog.shown(pattern)
        if pattern.unicodeScalars.last.map(\.isBreakOrTab) == true {
            report(
                draft,
                name,
                "/\(shown)/ ends with a line break, which almost no message contains: use |- "
                    + "instead of |, or quotes"
            )
        } else if let problem = PatternShape.problem(pattern) {
            report(draft, name, "/\(shown)/ \(problem)")
        }
    }

    private func judgeGlob(_ glob: Glob, _ name: String, _ draft: RuleDraft) {
        let least = glob.text.count { $0 != "*" }
        if least > 100 {
            report(draft, name, "never matches: names have 100 characters at most")
        } else if glob.text.contains(".*") {
            report(
                draft,
                name,
                "is the glob \(ErrorLog.shown(glob.text)), in which a dot is literal: it matches "
                    + "only names that contain one",
                suggestion: glob.text.replacing(".*", with: "*")
            )
        }
    }
}

/// Properties that the text of a regular expression alone reveals.
enum PatternShape {
    /// Why it matches nothing or everything, as the rest of a sentence; nil where it does neither
    /// for all that can be seen.
    static func problem(_ pattern: String) -> String? {
        if pattern.count > 2, pattern.first == "/",
            let close = pattern.lastIndex(of: "/"), close > pattern.startIndex,
            pattern[pattern.index(after: close)...].allSatisfy({ "imsxug".contains($0) })
        {
            return "has slashes around it, which are taken literally; (?i) at the start ignores "
                + "case"
        }
        if isDead(Array(pattern)) {
            return "never matches: ^ is the start of the text and $ its end, but there is other "
                + "text before or after it"
        }
        return matchesAll(pattern) ? "matches every message" : nil
    }

    private static func matchesAll(_ pattern: String) -> Bool {
        do {
            let compiled = try CompiledPattern(pattern)
            return ["", "x", "Error 1: no\nmore"].allSatisfy { text in
                switch compiled.find(in: text, within: .standard) {
                case .found: true
                case .absent, .pastBound: false
                }
            }
        } catch {
            return false
        }
    }

    /// Whether a letter precedes `^` or follows `$`, outside of classes and escapes.
    private static func isDead(_ pattern: [Character]) -> Bool {
        var isClass = false
        var before: Character?
        var index = 0
        while index < pattern.count {
            let character = pattern[index]
            if character == "\\" {
                index += 2
                before = nil
                continue
            }
            if isClass {
                isClass = character != "]"
            } else {
                let next = index + 1 < pattern.count ? pattern[index + 1] : nil
                if character == "[" { isClass = true }
                if character == "^", before.map(isPlain) == true { return true }
                if character == "$", next.map(isPlain) == true { return true }
            }
            before = character
            index += 1
        }
        return false
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == " " || character == ":"
    }
}

extension AWSWords {
    /// The known word that is most likely meant, ignoring case, blanks and a leading `AWS`.
    static func nearest(to word: String, among known: [String]) -> String? {
        func bare(_ text: String) -> String {
            var letters = text.lowercased().filter { $0.isLetter || $0.isNumber }
            for brand in ["aws", "amazon"] where letters.hasPrefix(brand) && letters != brand {
                letters.removeFirst(brand.count)
            }
            return letters
        }
        let expected = bare(word)
        return known.first { bare($0) == expected }
            ?? Suggestion.nearest(to: word, among: known, within: 2)
    }

    /// The categories that the actions of a provider have (user guide, "Action structure
    /// reference"); of a provider that is not here nothing is known.
    static let kinds: [String: Set<String>] = [
        "CodeBuild": ["Build", "Test"], "CodeDeploy": ["Deploy"], "CodeDeployToECS": ["Deploy"],
        "CloudFormation": ["Deploy"], "CloudFormationStackSet": ["Deploy"],
        "CloudFormationStackInstances": ["Deploy"], "ECS": ["Deploy"], "EKS": ["Deploy"],
        "ElasticBeanstalk": ["Deploy"], "S3": ["Source", "Deploy"], "AppConfig": ["Deploy"],
        "ServiceCatalog": ["Deploy"], "OpsWorks": ["Deploy"], "Lambda": ["Invoke"],
        "StepFunctions": ["Invoke"], "InspectorScan": ["Invoke"], "CodePipeline": ["Invoke"],
        "Manual": ["Approval"], "Commands": ["Compute"], "CodeCommit": ["Source"],
        "CodeStarSourceConnection": ["Source"], "GitHub": ["Source"], "ECR": ["Source"],
        "ECRBuildAndPublish": ["Build"], "DeviceFarm": ["Test"],
    ]
}
