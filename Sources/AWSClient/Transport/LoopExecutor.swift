package import NIOCore

/// Runs tasks on the event loop that carries the connections.
///
/// A poll changes threads four times when its task runs on the common pool: to the loop with the
/// request, back with the answer, and each time a thread may have to be woken, which costs more
/// than signing. Tasks that never block and compute little run better here; tasks that read files
/// or compute for long belong on the common pool.
package final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    /// Creates an executor of a loop.
    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Runs a part of a task on the loop, soon.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
