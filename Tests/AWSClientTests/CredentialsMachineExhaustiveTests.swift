import AWSClient
import Primitives
import Testing

/// A machine with its clocks, and the part of its past that matters to the properties.
private struct World: Hashable {
    var machine = CredentialMachine(at: .origin)
    var instant = Instant.origin
    var wall = WallTime(milliseconds: 0)

    var moment: Moment { Moment(instant: instant, wall: wall) }
}

/// A step of the world.
private enum Step: CaseIterable {
    case asked, deadline, nextDeadline, tenSeconds, toExpiration, stepForward, stepBack
    case good, other, expired, endless, failed, late, rejected, changed, stopped
}

@Suite struct CredentialsMachineExhaustiveTests {
    private static let error = CredentialsError(source: "test", reason: "down")

    private func keys(
        _ name: String,
        _ kind: CredentialSourceKind,
        _ world: World,
        life: Duration?
    ) -> ResolvedCredentials {
        held(name, kind: kind, until: life.map { world.wall + $0 }, files: ["/f": nil])
    }

    /// The world after a step, and the effects.
    private func take(
        _ step: Step,
        in world: World,
        kind: CredentialSourceKind
    ) -> (World, [CredentialEffect]) {
        var world = world
        func pass(_ duration: Duration) {
            world.instant = world.instant + duration
            world.wall = world.wall + duration
        }
        let number = world.machine.fetchNumber
        var event: CredentialEvent?
        switch step {
        case .asked: event = .asked
        case .deadline: event = .deadline(chance: 0)
        case .nextDeadline:
            if let next = world.machine.nextDeadline { pass(max(.zero, next - world.instant)) }
            event = .deadline(chance: 1)
        case .tenSeconds: pass(.seconds(10))
        case .toExpiration: pass(.seconds(900))
        case .stepForward: world.wall = world.wall + .seconds(1000)
        case .stepBack: world.wall = world.wall + .seconds(-1000)
        case .good: event = .fetched(number, keys("a", kind, world, life: .seconds(900)), chance: 0)
        case .other:
            event = .fetched(number, keys("b", kind, world, life: .seconds(3600)), chance: 1)
        case .expired:
            event = .fetched(number, keys("c", kind, world, life: .zero), chance: 0)
        case .endless: event = .fetched(number, keys("d", kind, world, life: nil), chance: 0)
        case .failed: event = .failed(number, Self.error, chance: 0.5)
        case .late: event = .failed(number - 1, Self.error, chance: 0)
        case .rejected:
            guard let held = world.machine.held else { return (world, []) }
            event = .rejected(held.keys.credentials)
        case .changed: event = .checked(changed: true)
        case .stopped: event = .stopped
        }
        guard let event else { return (world, []) }
        let effects = world.machine.handle(event, at: world.moment)
        return (world, effects)
    }

    @Test(arguments: [
        (CredentialSourceKind.container, 7), (.instanceMetadata, 7), (.profile, 6),
    ])
    func `after any events deadlines stay, errors end and ended credentials are not served`(
        kind: CredentialSourceKind,
        depth: Int
    ) {
        var seen: Set<World> = [World()]
        var edge = Array(seen)
        var transitions = 0
        for _ in 0..<depth {
            var next: [World] = []
            for world in edge {
                for step in Step.allCases {
                    let (after, effects) = take(step, in: world, kind: kind)
                    transitions += 1
                    guard check(world, step, after, effects, kind) else { return }
                    if seen.insert(after).inserted { next.append(after) }
                }
            }
            edge = next
        }
        for world in seen where !recovers(world, kind) {
            Issue.record("no way back to keys from \(world)")
            return
        }
        #expect(transitions > 10_000)
    }

    /// The properties of one transition; false after recording an error.
    private func check(
        _ before: World,
        _ step: Step,
        _ after: World,
        _ effects: [CredentialEffect],
        _ kind: CredentialSourceKind
    ) -> Bool {
        let isStopped = after.machine.phase == .stopped
        var errors: [String] = []
        if (after.machine.nextDeadline == nil) != isStopped { errors.append("no deadline") }
        if step == .nextDeadline, !isStopped, let next = after.machine.nextDeadline,
            next <= after.instant
        {
            errors.append("the deadline did not move on")
        }
        let (twin, twinEffects) = take(step, in: before, kind: kind)
        if twin != after || twinEffects != effects { errors.append("not deterministic") }
        var answers = 0
        for effect in effects {
            switch effect {
            case .serve(let keys):
                answers += 1
                if let end = keys.expiration, end <= after.wall, kind != .instanceMetadata {
                    errors.append("ended keys served")
                }
                if after.machine.held?.isRejected == true { errors.append("refused keys served") }
            case .wait, .refuse: answers += 1
            case .fetch(let number, let until):
                if case .fetching = before.machine.phase { errors.append("two fetches at once") }
                if number != before.machine.fetchNumber + 1 { errors.append("number reused") }
                if until <= after.instant { errors.append("fetch without time") }
            case .check, .release, .wake, .report: break
            }
        }
        if answers != (step == .asked ? 1 : 0) { errors.append("\(answers) answers") }
        if step == .failed, let held = before.machine.held, !held.isRejected,
            held.keys.credentials.expiration.map({ $0 > before.wall }) ?? true,
            !isStopped, after.machine.held?.keys != held.keys
        {
            errors.append("good keys dropped by a failure")
        }
        for error in errors { Issue.record("\(error): \(step) from \(before)") }
        return errors.isEmpty
    }

    /// Whether credentials are served once the source works again: no error lasts for ever.
    private func recovers(_ world: World, _ kind: CredentialSourceKind) -> Bool {
        guard world.machine.phase != .stopped else { return true }
        var world = world
        for _ in 0..<4 {
            (world, _) = take(.nextDeadline, in: world, kind: kind)
            (world, _) = take(.other, in: world, kind: kind)
            let (_, effects) = take(.asked, in: world, kind: kind)
            for case .serve in effects { return true }
        }
        return false
    }
}
