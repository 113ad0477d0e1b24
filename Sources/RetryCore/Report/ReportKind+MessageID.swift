extension ReportKind {
    /// The constant MESSAGE_ID of the event: 32 lower-case hex digits, the key of its catalog text.
    package var messageID: String {
        switch self {
        case .started: "7127b9ff54204b83b75b8535747872dc"
        case .stopping: "8034b47cd4c042ac8f7870d975bc5252"
        case .configLoaded: "400a59d7fac448b6aa165a5e2e137d47"
        case .configRejected: "6b76c9678bf945ad89577a520024d24b"
        case .targetDegraded: "daf56e70f2394d05be932da271df7060"
        case .targetRecovered: "f1eb9b569bf341b78bee6fa3e4da08f8"
        case .pipelineFound: "b6c2d94e2eb747bda1bcef07a25025a5"
        case .pipelineLost: "baf731f79ff7453794cd15c98be677d3"
        case .stageFailed: "bc9eed3d3fef4982900b126dc4c450fe"
        case .retryScheduled: "d3c7d3233ba544618d60955f57ba5247"
        case .retryDeferred: "4c59e7e5fb524c7f8ce0c3a8f6cefc62"
        case .retrySent: "6cf6630db0724628ab35fb96b55877a6"
        case .retryAccepted: "989e1c373e5e4e16a8ffc325ab34fb6e"
        case .retryRefused: "4348d46f147849b29e593ee5faa88ca5"
        case .retryUnknown: "3dcf1aaeb717417e915cb1e46dcb9aa1"
        case .retrySettled: "8a496055f9ed4144856acdc30284d807"
        case .retryWithoutEffect: "2b76fb4c68f04392955863ccf196cec6"
        case .stageRecovered: "04a93c94668b44c682ecb7e6a4e896c0"
        case .retriesExhausted: "1593b76a7621461f849bd195c4d54866"
        case .stageLeft: "4d102a4a7989459780c89f3ea29f01c4"
        case .stageSuperseded: "ca54aed9b9a644baa3ea5657cae59587"
        case .stageGone: "a7c25c7a938c4f89945e35b2e20e9a2c"
        case .pipelineUnsupported: "88c4b2f4206d4f7f9e08b80395a9befd"
        case .sourceFailed: "1ec7d8bc186144e5ad62f764af0c30a1"
        case .stageStuck: "e51ca1f5d1c54a0f8000f12d5f136639"
        case .throttled: "c41d3f6d342d4e998dd8edc138b16fc1"
        case .pollingSlowed: "63cc5ab4636e4144a819dcd397411b67"
        case .outageHold: "76aef71ec7be453484f28331388b226e"
        case .outageOver: "add5ce4444d34b9995f790227ec6adad"
        case .paused: "e11056a402f446bba5f7f7601715d51d"
        case .resumed: "f070958a314444bdbee9daaa276cd9fe"
        case .wouldRetry: "1403450686bc49f29e8d06e56515127c"
        }
    }
}
