/// The version of this program.
enum ProgramVersion {
    static let text = "1.0.0"
}
