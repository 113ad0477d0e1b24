extension Fingerprint {
    /// Reduces a root cause: provider, phase and code, then the line.
    ///
    /// Beside what every fingerprint leaves out, parts of temporary folders do not count. `names`
    /// are those of the pipeline, stage, action and resource.
    package init(cause: RootCause, names: [String] = []) {
        let head = [cause.provider, cause.phase, cause.code].compactMap(\.self)
        let line = cause.line.map(Fingerprint.withoutTemporaryNames)
        self.init(code: head.joined(separator: " "), message: line, summary: nil, names: names)
    }

    /// Folders in which every run has names of its own.
    private static let temporary = ["/tmp/", "/var/tmp/", "/var/folders/", "/codebuild/output/"]

    /// `/tmp/pip-install-x8fj2k/setup.py` as `/tmp/*/setup.py`.
    private static func withoutTemporaryNames(_ line: String) -> String {
        temporary.reduce(line) { line, folder in
            var result = Substring()
            var rest = Substring(line)
            while let found = rest.firstRange(of: folder) {
                result += rest[..<found.upperBound] + "*"
                rest = rest[found.upperBound...].drop { !"/ '\"):,".contains($0) }
            }
            return String(result + rest)
        }
    }
}
