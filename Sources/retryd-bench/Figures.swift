import AWSClient
import Glibc
import Primitives

/// The measurements, in the order of printing.
struct Figures {
    private var members: [(name: String, value: String)] = []

    mutating func set(_ name: String, _ value: Int) {
        members.append((name, "\(value)"))
    }

    mutating func set(_ name: String, _ value: Double) throws(BenchError) {
        guard value.isFinite else { throw BenchError("\(name) is \(value)") }
        members.append((name, "\(value)"))
    }

    var line: String {
        "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }
}

/// Processor time of this process and time on the wall, between two points.
struct Stopwatch {
    private let began = ContinuousClock.now
    private let used: Double

    init() throws(BenchError) {
        used = try Stopwatch.processorMilliseconds()
    }

    var seconds: Double { (ContinuousClock.now - began).seconds }

    func processorMilliseconds() throws(BenchError) -> Double {
        try Stopwatch.processorMilliseconds() - used
    }

    private static func processorMilliseconds() throws(BenchError) -> Double {
        var usage = rusage()
        guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else {
            throw BenchError("getrusage failed: \(errno)")
        }
        return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime)
    }

    private static func milliseconds(_ time: timeval) -> Double {
        Double(time.tv_sec) * 1000 + Double(time.tv_usec) / 1000
    }
}

/// The memory of this process.
enum ProcessMemory {
    /// VmHWM: the peak of getrusage starts with that of the parent process.
    static func peakKibibytes() throws(BenchError) -> Int {
        do throws(FileError) {
            let status = try LiveSystem.readFile("/proc/self/status")
            let text = String(decoding: status.bytes, as: UTF8.self)
            for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
                let digits = line.filter { ("0"..."9").contains($0) }
                if let peak = Int(digits) { return peak }
            }
        } catch {
            throw BenchError("/proc/self/status: \(error)")
        }
        throw BenchError("/proc/self/status has no VmHWM")
    }
}
