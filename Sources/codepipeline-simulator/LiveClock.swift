import CodePipelineSimulator
import FoundationEssentials

/// The only place of the simulator that reads a clock.
enum LiveClock {
    static func now() -> ModelTime {
        ModelTime(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded()))
    }
}
