import CSpawn
import Glibc
import Primitives

/// Runs a command line, limited in time and output: its program directly, or `/bin/sh -c` if the
/// line needs a shell (``ProcessStart``).
///
/// The child leads a process group of its own, so that its own children end with it. Its
/// descriptors are read without blocking: no thread waits, and cancellation is noticed within a few
/// milliseconds.
package enum LiveProcess {
    /// How much of the standard error is kept.
    private static let errorBytes = 4096

    /// Runs one request.
    ///
    /// - Throws: ``ProcessError``.
    package static func run(_ request: ProcessRequest) async throws(ProcessError) -> ProcessOutput {
        let output = try Pipe()
        let errors: Pipe
        do {
            errors = try Pipe()
        } catch {
            output.closeBoth()
            throw error
        }
        let child: pid_t
        do {
            child = try spawn(request, output: output, errors: errors)
        } catch {
            output.closeBoth()
            errors.closeBoth()
            throw error
        }
        close(output.writer)
        close(errors.writer)
        defer {
            close(output.reader)
            close(errors.reader)
        }
        return try await collect(request, child: child, output: output, errors: errors)
    }

    private static func collect(
        _ request: ProcessRequest,
        child: pid_t,
        output: Pipe,
        errors: Pipe
    ) async throws(ProcessError) -> ProcessOutput {
        let deadline = LiveSystem.instant() + request.timeout
        var written: [UInt8] = []
        var complained: [UInt8] = []
        var pause = Duration.milliseconds(1)
        while true {
            let isOutputOpen = output.drain(into: &written)
            let isErrorOpen = errors.drain(into: &complained)
            complained = Array(complained.prefix(errorBytes))
            // A child that ended in time is not late because this task was kept waiting.
            if let status = exitStatus(of: child) {
                // Output that a grandchild keeps open is not waited for.
                _ = output.drain(into: &written)
                _ = errors.drain(into: &complained)
                guard written.count <= request.outputBytes else { throw .tooMuchOutput }
                return ProcessOutput(
                    status: status,
                    output: written,
                    errors: Array(complained.prefix(errorBytes))
                )
            }
            let problem: ProcessError? =
                if written.count > request.outputBytes {
                    .tooMuchOutput
                } else if Task.isCancelled {
                    .cancelled
                } else if LiveSystem.instant() >= deadline {
                    .timedOut
                } else {
                    nil
                }
            if let problem {
                end(child)
                throw problem
            }
            if !isOutputOpen, !isErrorOpen { pause = .milliseconds(1) }
            do {
                try await Task.sleep(for: pause)
            } catch {
                // The cancellation is acted on at the top of the loop.
            }
            pause = min(pause * 2, .milliseconds(20))
        }
    }

    /// Kills the child's group and takes its status, so that no zombie stays.
    private static func end(_ child: pid_t) {
        _ = kill(-child, SIGKILL)
        _ = kill(child, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    }

    /// The status when the child ended; nil while it runs.
    ///
    /// Processes left in its group are killed before the child is reaped, while the group's number
    /// cannot belong to another one.
    private static func exitStatus(of child: pid_t) -> Int32? {
        var information = unsafe siginfo_t()
        let flags = WEXITED | WNOHANG | WNOWAIT
        let seen = unsafe waitid(P_PID, id_t(child), &information, flags)
        if seen == 0, unsafe information.si_signo == 0 { return nil }
        if seen == 0 { _ = kill(-child, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return 127 }
        }
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    private static func spawn(
        _ request: ProcessRequest,
        output: Pipe,
        errors: Pipe
    ) throws(ProcessError) -> pid_t {
        let line = request.command.exposed
        var start = ProcessStart(
            line: line,
            path: request.variables["PATH"],
            isProgram: LiveSystem.isProgram
        )
        var child: pid_t = 0
        var status = ENOEXEC
        if case .program(let file, let arguments) = start {
            (status, child) = spawn(file, arguments, request, output: output, errors: errors)
        }
        // A script that names no interpreter is one for the shell.
        if status == ENOEXEC {
            start = .shell
            let words = ["/bin/sh", "-c", line]
            (status, child) = spawn("/bin/sh", words, request, output: output, errors: errors)
        }
        guard status == 0 else {
            let text = ProcessStartError.text(
                code: status,
                start: start,
                isNoExec: LiveSystem.isNoExec
            )
            throw .notStarted(text)
        }
        return child
    }

    /// The error number of one start, and the child when it is 0.
    private static func spawn(
        _ file: String,
        _ arguments: [String],
        _ request: ProcessRequest,
        output: Pipe,
        errors: Pipe
    ) -> (status: Int32, child: pid_t) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writer, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors.writer, 2)
        // Not all descriptors of libraries' event loops and sockets are close-on-exec.
        let closing = unsafe retryd_close_from(&actions, 3)
        guard closing == 0 else { return (-closing, 0) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A service blocks and ignores signals whose default handling its children must get.
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var child: pid_t = 0
        let variables = request.variables.map { "\($0.key)=\($0.value)" }
        let status = unsafe withCStrings(arguments) { arguments in
            unsafe withCStrings(variables) { variables in
                unsafe posix_spawn(
                    &child,
                    file,
                    &actions,
                    &attributes,
                    arguments,
                    variables
                )
            }
        }
        return (status, child)
    }

    /// Calls with a null-terminated array of C strings that live as long as the call.
    private static func withCStrings<Result>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = unsafe texts.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { unsafe pointers.forEach { unsafe free($0) } }
        return unsafe pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("no array") }
            return unsafe body(base)
        }
    }
}

/// Both ends of a pipe; the reading end does not block.
private struct Pipe {
    let reader: Int32
    let writer: Int32

    init() throws(ProcessError) {
        var ends: [Int32] = [-1, -1]
        // Other children must not inherit the ends; a spawn's dup to 1 and 2 clears the flag.
        let code = unsafe retryd_pipe(&ends)
        guard code == 0 else { throw .notStarted(LiveSystem.text(of: -code)) }
        (reader, writer) = (ends[0], ends[1])
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    }

    func closeBoth() {
        close(reader)
        close(writer)
    }

    /// Reads the available bytes, at most 256 KiB at a time; false at the end of the stream.
    func drain(into bytes: inout [UInt8]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        for _ in 0..<16 {
            let count = unsafe read(reader, &buffer, buffer.count)
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            guard count > 0 else { return false }
            bytes += buffer.prefix(count)
        }
        return true
    }
}
