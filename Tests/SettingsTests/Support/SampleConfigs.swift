import FoundationEssentials
import Testing
import RetryTestSupport

/// The configs that the package ships.
enum SampleConfigs: String, CaseIterable, CustomTestStringConvertible {
    case standard = "pipeline-retryd.yaml"
    case landingZone = "examples/landing-zone-accelerator.yaml"

    static var all: [SampleConfigs] { Array(allCases) }

    var testDescription: String { rawValue }

    var path: String { SampleConfigs.folder + rawValue }

    func bytes() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    /// The folder `config` of the package.
    static let folder = ProjectRoot.full("config/")
}
