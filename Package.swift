// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)

let package = Package(
    name: "pipeline-retryd",
    products: [
        .executable(name: "pipeline-retryd", targets: ["pipeline-retryd"]),
        .executable(name: "codepipeline-simulator", targets: ["codepipeline-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // The arrows of the house: each target names all that it may import.
        .target(name: "Primitives"),
        .target(name: "RetryCore", dependencies: ["Primitives"]),
        .systemLibrary(name: "CSpawn"),
        .target(
            name: "AWSClient",
            dependencies: [
                "CSpawn", "Primitives", nioCore, nioPosix, nioSSL, nioTLS, crypto,
            ]
        ),
        .target(name: "WireFormats", dependencies: ["Primitives"]),
        .target(
            name: "CodePipelineClient",
            dependencies: ["AWSClient", "Primitives", "WireFormats"]
        ),
        .target(
            name: "RootCauseClient",
            dependencies: ["AWSClient", "Primitives", "WireFormats"]
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),
        .target(name: "AttemptLedger", dependencies: ["CSQLite", "Primitives", "RetryCore"]),
        .systemLibrary(
            name: "CSystemd",
            pkgConfig: "libsystemd",
            providers: [.apt(["libsystemd-dev"])]
        ),
        .target(name: "Systemd", dependencies: ["CSystemd", "Primitives"]),
        .systemLibrary(
            name: "CPCRE2",
            pkgConfig: "libpcre2-8",
            providers: [.apt(["libpcre2-dev"])]
        ),
        .systemLibrary(
            name: "CYAML",
            pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"])]
        ),
        .target(name: "YAML", dependencies: ["CYAML"]),
        .target(
            name: "Settings",
            dependencies: ["CPCRE2", "Primitives", "RetryCore", "YAML"]
        ),
        .target(
            name: "RetryDaemon",
            dependencies: [
                "AWSClient", "AttemptLedger", "CodePipelineClient", "Primitives", "RetryCore",
                "RootCauseClient", "Settings", "Systemd", unixSignals,
            ]
        ),
        .executableTarget(
            name: "pipeline-retryd",
            dependencies: [
                "AWSClient", "AttemptLedger", "CodePipelineClient", "Primitives", "RetryCore",
                "RetryDaemon", "Settings", "Systemd", argumentParser, unixSignals,
            ]
        ),

        // For rehearsal and proof; none of it is in the package that ships.
        .target(
            name: "CodePipelineSimulator",
            dependencies: [
                "Primitives", "YAML", nioCore, nioHTTP1, nioPosix, nioSSL, crypto,
            ]
        ),
        .executableTarget(
            name: "codepipeline-simulator",
            dependencies: ["CodePipelineSimulator", argumentParser, unixSignals]
        ),
        .target(
            name: "RetrySimulation",
            dependencies: [
                "CodePipelineClient", "CodePipelineSimulator", "Primitives", "RetryCore",
                "RetryDaemon",
            ]
        ),
        .executableTarget(name: "retry-sim", dependencies: ["RetrySimulation"]),
        .target(name: "CorpusKit", dependencies: ["RetryCore"]),
        .executableTarget(name: "cause-corpus", dependencies: ["CorpusKit"]),
        .target(name: "AWSProbeKit", dependencies: ["AWSClient", "Primitives"]),
        .executableTarget(
            name: "aws-probe",
            dependencies: ["AWSClient", "AWSProbeKit", "Primitives"]
        ),
        .executableTarget(
            name: "retryd-bench",
            dependencies: [
                "AWSClient", "AttemptLedger", "Primitives", "RetryCore", "RetryDaemon",
                "RootCauseClient", "Settings", "Systemd",
            ]
        ),

        // What several test targets use; nothing that ships may depend on it.
        .target(
            name: "RetryTestSupport",
            dependencies: ["AWSClient", "AttemptLedger", "Primitives", "RetryCore"],
            path: "Tests/RetryTestSupport"
        ),
        .testTarget(name: "PrimitivesTests", dependencies: ["Primitives"]),
        .testTarget(
            name: "RetryCoreTests",
            dependencies: ["CorpusKit", "Primitives", "RetryCore", "RetryTestSupport"]
        ),
        .testTarget(
            name: "AWSClientTests",
            dependencies: [
                "AWSClient", "AWSProbeKit", "Primitives", "RetryTestSupport", crypto, nioCore,
                nioEmbedded, nioHTTP1, nioPosix, nioSSL,
            ]
        ),
        .testTarget(
            name: "CodePipelineClientTests",
            dependencies: [
                "AWSClient", "CodePipelineClient", "Primitives", "RetryTestSupport", "WireFormats",
            ]
        ),
        .testTarget(
            name: "RootCauseClientTests",
            dependencies: [
                "AWSClient", "CodePipelineSimulator", "Primitives", "RetryTestSupport",
                "RootCauseClient",
            ],
            exclude: ["Golden", "Payloads"]
        ),
        .testTarget(
            name: "AttemptLedgerTests",
            dependencies: ["AttemptLedger", "Primitives", "RetryCore", "RetryTestSupport"]
        ),
        .testTarget(name: "SystemdTests", dependencies: ["CSystemd", "Primitives", "Systemd"]),
        .testTarget(
            name: "SettingsTests",
            dependencies: ["Primitives", "RetryCore", "RetryTestSupport", "Settings", "YAML"],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "RetryDaemonTests",
            dependencies: [
                "AWSClient", "AttemptLedger", "CodePipelineClient", "CodePipelineSimulator",
                "Primitives", "RetryCore", "RetryDaemon", "RetryTestSupport", "RootCauseClient",
                "Settings", "Systemd", "pipeline-retryd", argumentParser,
            ],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "CodePipelineSimulatorTests",
            dependencies: [
                "CodePipelineSimulator", "Primitives", "RetryTestSupport", crypto, nioCore,
                nioHTTP1, nioPosix,
            ],
            exclude: ["Recorded"]
        ),
        .testTarget(
            name: "RetrySimulationTests",
            dependencies: [
                "AttemptLedger", "Primitives", "RetryCore", "RetrySimulation", "RetryTestSupport",
                "Settings",
            ]
        ),
        .testTarget(name: "HouseTests", dependencies: ["Primitives", "RetryTestSupport"]),
    ]
)

// Under the thread sanitizer only the tests that start threads run; the others are not built for it.
if Context.environment["RETRYD_TESTS"] == "threads" {
    let withThreads: Set = [
        "AWSClientTests", "AttemptLedgerTests", "RetryDaemonTests", "SystemdTests",
    ]
    let programs: Set = [
        "cause-corpus", "CorpusKit", "codepipeline-simulator", "retry-sim", "RetrySimulation",
        "retryd-bench",
    ]
    package.products.removeAll { programs.contains($0.name) }
    package.targets.removeAll { target in
        programs.contains(target.name)
            || target.type == .test && !withThreads.contains(target.name)
    }
}

// One block for every target, tests included. Each pending feature of Swift 6.3 is on, a misspelt
// feature name is an error, and no warning survives.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .treatWarning("StrictLanguageFeatures", as: .error),
    .treatWarning("ExplicitSendable", as: .error),
    .strictMemorySafety(),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0470-isolated-conformances.md
    .enableUpcomingFeature("InferIsolatedConformances"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0481-weak-let.md
    .enableUpcomingFeature("ImmutableWeakCaptures"),
]
for target in package.targets where target.type != .system {
    target.swiftSettings = settings
}
