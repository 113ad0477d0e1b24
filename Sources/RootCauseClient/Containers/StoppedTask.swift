import Primitives
import WireFormats

/// A task of ECS that stopped.
struct StoppedTask: JSONReadable, Hashable, Sendable {
    private(set) var stopCode: String?
    private(set) var stoppedReason: String?
    private(set) var stoppedAt: WallTime?
    private(set) var startedBy: String?
    private(set) var containers: [TaskContainer] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case stopCode, stoppedReason, stoppedAt, startedBy, containers
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .stopCode: stopCode = try reader.text()
            case .stoppedReason: stoppedReason = try reader.text(CauseText.message)
            case .stoppedAt: stoppedAt = try reader.time()
            case .startedBy: startedBy = try reader.text()
            case .containers: containers = try reader.list()
            }
        }
    }

    /// The container that failed, or that says why it did not start.
    var failedContainer: TaskContainer? {
        containers.first { ($0.exitCode ?? 0) != 0 } ?? containers.first { $0.reason != nil }
    }

    /// Whether it was stopped because the service needs fewer tasks, or by a person.
    var isOrdinary: Bool {
        stopCode == "UserInitiated"
            || stoppedReason?.hasPrefix("Scaling activity initiated by") == true
    }

    /// Whether its containers ran.
    var hasRun: Bool {
        containers.contains { $0.exitCode != nil }
            || ["EssentialContainerExited", "ServiceSchedulerInitiated"].contains(stopCode)
    }

    /// The reason, with that of the container if it says more.
    var reason: String? {
        guard let detail = failedContainer?.reason, !detail.isEmpty else { return stoppedReason }
        guard let stoppedReason, !stoppedReason.isEmpty else { return detail }
        return stoppedReason.contains(detail) ? stoppedReason : "\(stoppedReason): \(detail)"
    }
}

/// A container of a task.
struct TaskContainer: JSONReadable, Hashable, Sendable {
    private(set) var exitCode: Int?
    private(set) var reason: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case exitCode, reason
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .exitCode: exitCode = try reader.int()
            case .reason: reason = try reader.text(CauseText.message)
            }
        }
    }
}

/// The answer of DescribeTasks.
struct TaskPage: JSONReadable, Hashable, Sendable {
    private(set) var tasks: [StoppedTask] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case tasks
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .tasks: tasks = try reader.list()
            }
        }
    }

    /// The tasks that tell of a deployment: its own, or those that stopped since a time.
    func candidates(of rollout: String?, since start: WallTime?) -> [StoppedTask] {
        let recent = tasks.filter { task in
            guard let start, let time = task.stoppedAt else { return true }
            return time >= start
        }
        let own = recent.filter { $0.startedBy != nil && $0.startedBy == rollout }
        return own.isEmpty ? recent : own
    }
}

/// The answer of ListTasks.
struct TaskList: JSONReadable, Hashable, Sendable {
    private(set) var arns: [String] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case taskArns
    }

    private static let members = JSONMembers(of: CodingKeys.self)

    init(reading reader: inout JSONReader) throws(UnusualJSONError) {
        var cursor = try reader.object()
        while let member = try reader.member(Self.members, &cursor) {
            switch member {
            case .taskArns: arns = try reader.texts(limit: TaskList.limit)
            }
        }
    }

    /// How many tasks are described; DescribeTasks takes 100.
    static let limit = 50
}

extension CauseEvidence {
    /// Takes the task that stopped first for a reason; false where none did.
    mutating func take(
        _ page: TaskPage,
        rollout: String?,
        since start: WallTime?
    ) -> Bool {
        let candidates = page.candidates(of: rollout, since: start)
        let failures = candidates.filter { !$0.isOrdinary }
        let first = (failures.isEmpty ? candidates : failures).min { left, right in
            guard let left = left.stoppedAt, let right = right.stoppedAt else { return false }
            return left < right
        }
        guard let task = first, task.stopCode != nil || task.reason != nil else { return false }
        stopCode = task.stopCode
        exitCode = task.failedContainer?.exitCode
        if let reason = task.reason { message = reason }
        code =
            CauseCode.leading(in: task.failedContainer?.reason ?? "")
            ?? CauseCode.leading(in: task.stoppedReason ?? "") ?? code
        if candidates.contains(where: \.hasRun) {
            ranUserCode = true
        } else if task.stopCode == "TaskFailedToStart" {
            ranUserCode = false
        }
        return true
    }
}
