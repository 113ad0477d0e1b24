/// What a line of a tool's output is worth as a cause.
enum LineKind: Hashable {
    /// Progress, a stack frame, a success: never a cause.
    case noise
    /// A warning: only of interest when the errors name no cause themselves.
    case warning
    /// A sentence that follows every failure of its tool and names no cause.
    case consequence
    /// It says that something failed.
    case error
    /// Anything else.
    case plain

    /// Judges a line without its indentation.
    init(_ text: String) {
        let found = LineKind.index.found(in: text)
        let kinds = Set(found.map { LineKind.kinds[$0] })
        let strongest = [LineKind.consequence, .noise, .warning, .error]
        self = strongest.first(where: kinds.contains) ?? .plain
    }

    private static let kinds = table.flatMap { row in row.phrases.map { _ in row.kind } }
    private static let index = PhraseIndex(table.flatMap(\.phrases))

    private static let table: [(kind: LineKind, phrases: [Phrase])] = [
        (.consequence, consequences), (.noise, noises), (.warning, warnings), (.error, errors),
    ]

    private static let consequences: [Phrase] = [
        // Shells, make and runners.
        "^make: ***", "^make[#]: ***", "exited with code #", "exited with non-zero exit status",
        "returned a non-zero code", "returned non-zero exit status",
        "^Command failed with exit code", "error Command failed with exit code",
        "did not complete successfully: exit code", "^exit status #", "script returned exit code",
        "Process completed with exit code", "^ERROR: Job failed",
        // git.
        "^fatal: Could not read from remote repository", "^Please make sure you have the correct",
        "^and the repository exists.",
        // npm and yarn.
        "^npm ERR! A complete log of this run", "^npm error A complete log of this run",
        "^npm ERR! code ELIFECYCLE", "^npm ERR! errno 1$", "^npm error errno 1$",
        "^npm ERR! If you are behind a proxy", "^npm error network If you are behind a proxy",
        "^npm ERR! network In most cases you are behind", "^npm error network In most cases you",
        "Exit status 1$", "command sh -c",
        // Maven and Gradle.
        "[ERROR] -> [Help 1]$", "^[ERROR] [Help #]", "^[ERROR] To see the full stack trace",
        "^[ERROR] Re-run Maven", "^[ERROR] For more information about the errors",
        "^[ERROR] After correcting the problems", "^[ERROR] mvn <", "^* What went wrong:",
        "^* Try:", "^> Run with --", "^BUILD FAILED", "^BUILD FAILURE", "^[ERROR]$",
        "^FAILURE: Build failed with an exception", "^* Get more help", "^* Exception is:",
        // pip, apt, terraform, cdk, packer, pytest, python.
        "(from versions: none)", "^ERROR: No matching distribution found for",
        "^E: Some index files failed to download", "^E: Unable to fetch some archives",
        "^ERROR: unable to select packages",
        "^Error applying plan:", "^Terraform does not automatically rollback",
        "See the error messages above for more information", "^Build '*' errored after",
        "^Traceback (most recent call last)", "^During handling of the above exception",
        "^The above exception was the direct cause", "^note: This error originates",
        "^hint: See above", "^See 'docker", "subprocess-exited-with-error",
        "^failed to solve: process", "^ERROR: failed to solve: process", "Error building image",
        "^Error: exit status #", "^level=error msg=exit status",
    ]

    private static let noises: [Phrase] = [
        // Level words of loggers.
        "^[INFO]", "^INFO:", "^INFO ", "^[DEBUG]", "^DEBUG", "^[TRACE]", "^info ", "^verbose ",
        "^[info]", "^time=*level=info", "^ [INFO]", "^notice ", "^[notice]",
        // Package managers.
        "^npm notice", "^npm timing", "^npm http", "^npm info", "^added ## packages",
        "^Downloading ", "^Downloaded ", "^Collecting ", "^Using cached ", "^Installing collected",
        "^Successfully installed", "^Requirement already satisfied", "^Get:#", "^Hit:#", "^Ign:#",
        "^Fetched ", "^Reading package lists", "^Reading state information",
        "^Building dependency tree", "^Selecting previously", "^Unpacking ", "^Setting up ",
        "^Preparing to unpack", "^go: downloading", "^go: finding", "^go: extracting",
        "^   Compiling ", "^Compiling ", "^Restored ", "^Determining projects to restore",
        "Retrying in # second", "Retrying in ## second", "^Resolving packages",
        "^[#/#] Resolving", "^[#/#] Fetching", "^[#/#] Linking", "^[#/#] Building",
        // Docker and git.
        "^Sending build context", "^Step #", "^---> ", "^Removing intermediate", "^Pulling from ",
        "Pull complete", "Layer already exists", ": Pushed", ": Preparing", ": Waiting",
        ": Verifying Checksum", "^The push refers to repository", "^remote: Enumerating",
        "^remote: Counting", "^remote: Compressing", "^remote: Total", "^Receiving objects",
        "^Resolving deltas", "^Cloning into",
        // Transfers, infrastructure tools, tests that passed.
        "^upload: ", "^download: ", "^copy: ", "^delete: ", "Still creating...",
        "Still modifying...", "Still destroying...", ": Creating...", ": Modifying...",
        ": Creation complete", ": Refreshing state", "^Initializing ", "^- Finding ",
        "^- Installing ", "^- Installed ", "] success: ", "] start: ", "] check: ", "] upload: ",
        "^PASS ", "^ok ", "--- PASS:", "^✓", "^✔", "^√", "... ok$", "PASSED$",
        "^> Task :", "^+ ", "^++ ",
        // Stack frames.
        "^at ", "^File \"", "^... ## more", "^from /", "^raise ", "^return ", "^goroutine ",
        "^##[group]", "^##[endgroup]", "^##[command]",
    ]

    private static let warnings: [Phrase] = [
        "^WARNING:", "^WARNING ", "^[WARNING]", "^WARN ", "^WARN:", "^[WARN]", "^warning:",
        "^warning ", "^W: ", "^npm WARN", "^npm warn", "DeprecationWarning",
        "^W####", "retrying", "will retry", "retries left", "tries remaining",
        "could not be used to assume", "^(To get rid of this warning",
        "is deprecated", "found 0 vulnerabilities",
    ]

    private static let errors: [Phrase] = [
        "error", "errors", "err!", "fatal", "failed", "failure", "failures", "fail", "exception",
        "panic", "denied", "cannot", "can't", "could not", "couldn't", "unable to", "not found",
        "no such file", "refused", "timed out", "rejected", "invalid", "forbidden",
        "unauthorized", "^E: ", "^Err:#", "Exception:", "Error:", "^❌", "^✖", "^✗", "^✘", "^×",
        "aborted", "killed", "too many requests", "toomanyrequests", "does not exist", "undefined",
        "closed by remote host", "conflict", "traceback", "missing", "unexpected", "unsupported",
    ]
}
