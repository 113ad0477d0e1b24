import Primitives
import RetryCore
import Settings

/// The environment in which the tests load config files: 2026-11-23, and their own time zones.
let environment = SettingsEnvironment(zones: zones, now: WallTime(milliseconds: 1_795_392_000_000))

/// The result of loading a text as the file `c.yaml`.
func load(_ text: String) -> Result<LoadedSettings, SettingsErrors> {
    SettingsFile.load(Array(text.utf8), path: "c.yaml", environment: environment)
}

/// The settings of a text; its errors are thrown.
func settings(_ text: String) throws -> LoadedSettings {
    try load(text).get()
}

/// The lines of errors of a text; none when it is valid.
func errors(_ text: String) -> [String] {
    switch load(text) {
    case .success: []
    case .failure(let errors): errors.errors.map(\.description)
    }
}

/// The lines of warnings of a text, or its errors.
func warnings(_ text: String) -> [String] {
    switch load(text) {
    case .success(let loaded): loaded.warnings.map(\.description)
    case .failure(let errors): errors.errors.map(\.description)
    }
}
