/// Credentials that a command prints (`credential_process`).
struct ProcessSource: Sendable {
    let environment: AWSEnvironment
    /// The command line; it may contain secrets.
    let command: Secret
    /// The account to report when the command names none.
    let accountID: String?
    /// The profile that names the command, for messages.
    let profile: String

    /// The time after which the command is killed.
    private static let timeout = Duration.seconds(60)
    /// The most output that is read.
    private static let outputBytes = 65_536
    /// Variables that the child does not get: the sockets of our service manager, with which it
    /// could send notices in our name.
    ///
    /// It does get credentials of the environment, as with the SDKs: a process may wrap them.
    private static let withheld: Set<String> = [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_FDS", "LISTEN_PID",
        "LISTEN_FDNAMES",
    ]
    /// Values that the child may know, but that are removed from its standard error.
    private static let hidden = [
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    ]

    /// Runs the command and reads its answer.
    ///
    /// - Throws: ``CredentialsError``; it includes a scrubbed part of the command's standard error.
    func credentials() async throws(CredentialsError) -> Credentials {
        environment.log(.debug, "running the credential_process of profile \"\(profile)\"")
        let request = ProcessRequest(
            command: command,
            variables: environment.variables.filter { !Self.withheld.contains($0.key) },
            timeout: Self.timeout,
            outputBytes: Self.outputBytes
        )
        let output: ProcessOutput
        do {
            output = try await environment.runProcess(request)
        } catch {
            throw CredentialsError(source: source, reason: error.text)
        }
        let document = CredentialDocument(output.output)
        guard output.status == 0 else {
            throw CredentialsError(
                source: source,
                reason: "it ended with status \(output.status)\(complaint(output, document))"
            )
        }
        guard let document else {
            throw CredentialsError(
                source: source,
                reason: "it did not print a JSON object\(complaint(output, nil))"
            )
        }
        guard document["Version"] == "1" else {
            throw CredentialsError(
                source: source,
                reason: "its answer does not say \"Version\": 1"
            )
        }
        return try document.credentials(
            source: source,
            tokenName: "SessionToken",
            needsExpiration: false,
            accountID: accountID
        )
    }

    private var source: String { "credential_process of profile \"\(profile)\"" }

    private func complaint(_ output: ProcessOutput, _ document: CredentialDocument?) -> String {
        let printed = ["SecretAccessKey", "SessionToken"]
            .compactMap { document?[$0] }.map { Secret($0) }
        let own = Self.hidden.compactMap { environment.variable($0) }.map { Secret($0) }
        let errors = String(decoding: output.errors, as: UTF8.self)
        let text = scrubbed(errors, limit: 300, known: printed + own)
        return (text.isEmpty ? "" : "; it said: \(text)")
            + ProcessStartError.hint(status: output.status, errors: errors)
    }
}

extension ProcessError {
    fileprivate var text: String {
        switch self {
        case .notStarted(let detail): "it could not be started: \(detail)"
        case .timedOut: "it ran longer than 60 s and was killed"
        case .tooMuchOutput: "it printed more than 64 KiB and was killed"
        case .cancelled: "it was stopped because the caller was cancelled"
        }
    }
}
