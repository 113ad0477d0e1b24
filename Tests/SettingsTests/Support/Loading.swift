import Primitives
import RetryCore
import Settings

/// What the tests load config files with: 2026-11-23, and time zones of their own.
let environment = SettingsEnvironment(zones: zones, now: WallTime(milliseconds: 1_795_392_000_000))

/// The result of loading a text as the file `c.yaml`.
func load(_ text: String) -> Result<LoadedSettings, SettingsErrors> {
    SettingsFile.load(Array(text.utf8), path: "c.yaml", environment: environment)
}

/// The settings of a text; its faults become the error.
func settings(_ text: String) throws -> LoadedSettings {
    try load(text).get()
}

/// The lines of faults of a text; none when it is valid.
func errors(_ text: String) -> [String] {
    switch load(text) {
    case .success: []
    case .failure(let errors): errors.errors.map(\.description)
    }
}

/// The lines of warnings of a text, or its faults.
func warnings(_ text: String) -> [String] {
    switch load(text) {
    case .success(let loaded): loaded.warnings.map(\.description)
    case .failure(let errors): errors.errors.map(\.description)
    }
}
