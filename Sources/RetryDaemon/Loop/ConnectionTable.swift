import RetryCore

/// The active connections, and the older ones whose last calls are still under way.
struct ConnectionTable<Connector: Connecting> {
    private struct Slot {
        var connection: any ServiceConnection
        var settings: Connector.Settings
        var inFlight = 0
        var isRetired = false
    }

    private let connector: Connector
    private var slots: [Int: Slot] = [:]
    private var current: [TargetName: Int] = [:]
    private var last = 0

    init(_ connector: Connector) {
        self.connector = connector
    }

    /// Creates new or changed connections, keeps equal ones, and retires the rest.
    ///
    /// - Returns: the new connections, which the caller must run.
    mutating func update(
        to settings: [TargetName: Connector.Settings]
    ) -> [any ServiceConnection] {
        var made: [any ServiceConnection] = []
        for (target, number) in current where settings[target] != slots[number]?.settings {
            current[target] = nil
            retire(number)
        }
        for (target, wanted) in settings.sorted(by: { $0.key < $1.key })
        where current[target] == nil {
            let connection = connector.connect(target, wanted)
            last += 1
            slots[last] = Slot(connection: connection, settings: wanted)
            current[target] = last
            made.append(connection)
        }
        return made
    }

    /// Takes the connection of a target for one call; nil when there is none.
    mutating func begin(
        _ target: TargetName
    ) -> (number: Int, connection: any ServiceConnection)? {
        guard let number = current[target], let slot = slots[number] else { return nil }
        slots[number]?.inFlight += 1
        return (number, slot.connection)
    }

    /// Returns a connection; a retired one ends with its last call.
    mutating func end(_ number: Int) {
        slots[number]?.inFlight -= 1
        closeIfUnused(number)
    }

    private mutating func retire(_ number: Int) {
        slots[number]?.isRetired = true
        closeIfUnused(number)
    }

    private mutating func closeIfUnused(_ number: Int) {
        guard let slot = slots[number], slot.isRetired, slot.inFlight == 0 else { return }
        slots[number] = nil
        slot.connection.close()
    }
}
