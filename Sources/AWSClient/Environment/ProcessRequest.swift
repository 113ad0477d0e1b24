/// One run of a credential process.
package struct ProcessRequest: Sendable {
    /// The command line, with or without shell syntax; it may contain secrets.
    package let command: Secret
    /// The environment of the child.
    package let variables: [String: String]
    /// The time after which it is killed.
    package let timeout: Duration
    /// The most bytes of output that are taken; one more kills it.
    package let outputBytes: Int

    /// Creates a request.
    package init(
        command: Secret,
        variables: [String: String],
        timeout: Duration,
        outputBytes: Int
    ) {
        self.command = command
        self.variables = variables
        self.timeout = timeout
        self.outputBytes = outputBytes
    }
}

/// The output of a finished process.
///
/// Both outputs may contain secrets: no rendering shows them.
package struct ProcessOutput: Sendable, CustomStringConvertible, CustomReflectable {
    /// The exit status; 128 plus the signal number when a signal ended it.
    package let status: Int32
    /// The standard output.
    package let output: [UInt8]
    /// The first 4 KiB of the standard error.
    package let errors: [UInt8]

    /// Creates an output.
    package init(status: Int32, output: [UInt8], errors: [UInt8]) {
        self.status = status
        self.output = output
        self.errors = errors
    }

    package var description: String { "exit status \(status)" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why a process gave no output.
package enum ProcessError: Error, Hashable, Sendable {
    /// It could not be started.
    case notStarted(String)
    /// It ran too long and was killed.
    case timedOut
    /// It wrote too much and was killed.
    case tooMuchOutput
    /// The caller was cancelled and the process killed.
    case cancelled
}
