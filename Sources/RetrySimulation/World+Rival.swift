import CodePipelineSimulator
import Primitives
import RetryCore

/// Another daemon on the same pipelines, while it does not act: its whole state in the world.
///
/// Each counts the other's actions as somebody else's, and each is judged by its own oracle.
struct Rival: Sendable {
    /// The number of its first run; those of the first daemon are lower.
    static let firstProcess = 1000

    var engine: Engine
    var isUp = false
    var wakesAt: Instant?
    var process = Rival.firstProcess - 1
    var clock = HostClock()
    var configuration: Configuration
    var ledger = LedgerModel()
    var ledgerCopy = LedgerModel.Rows()
    var ledgerIsFailing = false
    var oracle: Oracle
    var idleWakes = 0

    init(of world: World, _ configuration: Configuration) {
        self.configuration = configuration
        engine = world.engine
        clock = world.clock
        oracle = world.oracle
        oracle.caller = .client("rival")
    }
}

extension World {
    /// The true time at which the other daemon must be woken; the latest time while it is down.
    var rivalWake: Int64 {
        guard !rivals.isEmpty, let wakesAt = rivals[0].wakesAt else { return .max }
        var clock = rivals[0].clock
        clock.time = self.clock.time
        return clock.reaching(wakesAt)
    }

    /// Lets the other daemon act in the place of the first one.
    mutating func asRival(_ body: (inout World) -> Void) {
        guard !rivals.isEmpty else { return }
        var other = rivals.removeLast()
        trade(with: &other)
        body(&self)
        trade(with: &other)
        rivals.append(consume other)
    }

    /// Both hosts share the true time.
    private mutating func trade(with other: inout Rival) {
        swap(&engine, &other.engine)
        swap(&isUp, &other.isUp)
        swap(&wakesAt, &other.wakesAt)
        swap(&process, &other.process)
        other.clock.time = clock.time
        swap(&clock, &other.clock)
        swap(&configuration, &other.configuration)
        swap(&ledger, &other.ledger)
        swap(&ledgerCopy, &other.ledgerCopy)
        swap(&ledgerIsFailing, &other.ledgerIsFailing)
        swap(&oracle, &other.oracle)
        swap(&idleWakes, &other.idleWakes)
    }

    /// The violation of either daemon.
    var broken: (law: Oracle.Law, detail: String)? {
        if let broken = oracle.broken { return broken }
        return rivals.first?.oracle.broken.map { ($0.law, "the other daemon: \($0.detail)") }
    }

    /// Whether either daemon has broken something.
    var isBroken: Bool {
        oracle.broken != nil || !rivals.isEmpty && rivals[0].oracle.broken != nil
    }

    /// Whether both daemons run.
    var areUp: Bool { isUp && (rivals.isEmpty || rivals[0].isUp) }
}

/// A ledger that is not what the daemon wrote.
extension World {
    /// Somebody keeps a copy of the ledger, or kills the daemon, which may lose its ledger.
    mutating func actOnLedger() {
        guard plan.has(.ledgerLoss) else { return }
        if laterRNG.chance(0.2) { ledgerCopy = ledger.durable }
        if isUp, laterRNG.chance(plan.chance(.ledgerLoss, 0.05)) { crash() }
    }

    /// The file is missing, as after a damaged one was set aside, or replaced by an older one.
    mutating func loseLedger() {
        ledger.replace(by: laterRNG.chance(0.5) ? LedgerModel.Rows() : ledgerCopy)
        oracle.forgot(ledger.durable)
        let count = ledger.durable.episodes.count
        trace.note("the ledger has \(count) episodes now", at: clock.time)
    }
}
