import RetryCore

extension Field {
    /// A name in the form of CodePipeline's names.
    func awsName(_ what: String) -> String? {
        // Read for each of thousands of pipelines, and shown for few.
        let expected = { "\(what): \(NameForm.aws)" }
        guard let name = text(expected: expected(), most: 100) else { return nil }
        guard NameForm.check(name) else {
            // The last part of a pipeline's ARN is its name; a stage may follow it.
            let last = name.hasPrefix("arn:") ? name.split(separator: ":").last : nil
            let meant = last.map { String($0.prefix { $0 != "/" }) }
            reject(
                "is \"\(ErrorLog.shown(name))\"",
                expected: expected(),
                suggestion: meant.flatMap { NameForm.check($0) ? $0 : nil }
            )
            return nil
        }
        return name
    }

    /// A glob that some name of CodePipeline can match.
    func glob() -> Glob? {
        guard let text = text(expected: NameForm.glob, most: 200) else { return nil }
        guard text.utf8.allSatisfy(NameForm.isGlobCharacter) else {
            reject("is \"\(ErrorLog.shown(text))\"", expected: NameForm.glob)
            return nil
        }
        return Glob(text)
    }

    /// A name chosen in the file, such as a policy's: any text on one line.
    func freeName(_ what: String) -> String? {
        let expected = "\(what): 1 to 100 characters on one line"
        guard let name = text(expected: expected, most: 100) else { return nil }
        guard NameForm.isOneLine(name) else {
            reject("is \"\(ErrorLog.shown(name))\"", expected: expected)
            return nil
        }
        return name
    }
}
