import AWSClient
import Primitives
import Testing

@Suite("Retry Behavior 2.1 as a value")
struct RetryTests {
    @Test(
        arguments: [
            (1, false, 0.05), (2, false, 0.1), (3, false, 0.2), (9, false, 12.8), (10, false, 20),
            (1, true, 1), (2, true, 2), (5, true, 16), (6, true, 20), (10_000, true, 20),
        ] as [(Int, Bool, Double)]
    )
    func `the pause doubles up to twenty seconds`(
        _ attempt: Int,
        _ isThrottling: Bool,
        _ seconds: Double
    ) {
        let delay = RetrySettings().delay(
            afterAttempt: attempt,
            isThrottling: isThrottling,
            jitter: 1,
            hint: nil
        )
        #expect(delay == .saturating(seconds: seconds))
    }

    @Test func `jitter scales the pause and stays within its bounds`() {
        let settings = RetrySettings()
        func delay(_ jitter: Double) -> Duration {
            settings.delay(afterAttempt: 6, isThrottling: true, jitter: jitter, hint: nil)
        }
        #expect(delay(0) == .zero)
        #expect(delay(0.5) == .seconds(10))
        #expect(delay(7) == .seconds(20))
        #expect(delay(-1) == .zero)
    }

    @Test(
        arguments: [
            (nil, 100), (0, 100), (50, 100), (2000, 2000), (5100, 5100), (60_000, 5100),
        ] as [(Int64?, Int64)]
    )
    func `a hint counts between our own pause and five seconds more`(
        _ hint: Int64?,
        _ milliseconds: Int64
    ) {
        let delay = RetrySettings().delay(
            afterAttempt: 2,
            isThrottling: false,
            jitter: 1,
            hint: hint.map { .milliseconds($0) }
        )
        #expect(delay == .milliseconds(milliseconds))
    }

    @Test(
        arguments: [
            ("1500", 1500), ("0", 0), ("-1", nil), ("1.5", nil), ("soon", nil), ("", nil),
            ("99999999999999999999", nil),
        ] as [(String, Int64?)]
    )
    func `the hint is whole milliseconds`(_ text: String, _ milliseconds: Int64?) {
        let response = HTTPResponse(
            status: 503,
            headers: [HTTPHeader("X-Amz-Retry-After", text)]
        )
        #expect(RetrySettings.hint(response) == milliseconds.map { .milliseconds($0) })
    }

    @Test func `an empty quota ends the call at once, unless it polls`() {
        var quota = RetryQuota(available: 4)
        var policy = RetryPolicy(settings: RetrySettings())
        #expect(
            policy.failed(.throttling, hint: nil, jitter: 1, quota: &quota)
                == .quotaExhausted(after: .zero)
        )
        var polling = RetryPolicy(settings: RetrySettings(isLongPolling: true))
        #expect(
            polling.failed(.throttling, hint: nil, jitter: 1, quota: &quota)
                == .quotaExhausted(after: .seconds(1))
        )
        #expect(quota.available == 4)
    }

    @Test func `throttling costs five, other retries fourteen, and success refunds the last`() {
        var quota = RetryQuota()
        var policy = RetryPolicy(settings: RetrySettings())
        _ = policy.failed(.transient, hint: nil, jitter: 0, quota: &quota)
        #expect(quota.available == 486)
        _ = policy.failed(.throttling, hint: nil, jitter: 0, quota: &quota)
        #expect(quota.available == 481)
        #expect(
            policy.failed(.transient, hint: nil, jitter: 0, quota: &quota)
                == .attemptsExhausted
        )
        policy.succeeded(quota: &quota)
        #expect(quota.available == 486)
        RetryPolicy(settings: RetrySettings()).succeeded(quota: &quota)
        #expect(quota.available == 487)
        quota.give(1000)
        #expect(quota.available == 500)
    }

    @Test func `a failure that a retry cannot help is not retried`() {
        var quota = RetryQuota()
        var policy = RetryPolicy(settings: RetrySettings(maxAttempts: 9))
        #expect(policy.failed(.permanent, hint: nil, jitter: 1, quota: &quota) == .notRetryable)
        #expect(quota.available == 500)
    }

    @Test func `DynamoDB tries four times and starts at half`() {
        let settings = RetrySettings.standard(service: "dynamodb")
        #expect(settings.maxAttempts == 4)
        #expect(
            settings.delay(afterAttempt: 1, isThrottling: false, jitter: 1, hint: nil)
                == .milliseconds(25)
        )
        #expect(RetrySettings.standard(service: "codepipeline") == RetrySettings())
        #expect(RetrySettings(maxAttempts: 0).maxAttempts == 1)
    }

    @Test(arguments: ErrorClass.allCases)
    func `an unsafe call is retried only when it was certainly not executed`(_ kind: ErrorClass) {
        let unsafe = AttemptFailure(kind, status: 503, replay: .unsafe)
        let safe = AttemptFailure(kind, status: 503, replay: .safe)
        switch kind {
        case .throttling:
            #expect(unsafe == .throttling && safe == .throttling)
        case .transient:
            #expect(unsafe == .transient && safe == .transient)
        case .server:
            #expect(unsafe == .permanent && safe == .transient)
        case .credentials, .clock, .accessDenied, .client:
            #expect(unsafe == .permanent && safe == .permanent)
        }
    }
}

@Suite("Correcting the clock")
struct ClockSkewTests {
    private let local = WallTime(milliseconds: 1_800_000_000_000)

    @Test(arguments: [(239, false), (241, true), (-239, false), (-241, true), (86_400, true)])
    func `only a difference over four minutes is a reason`(_ seconds: Int, _ isReason: Bool) {
        var skew = ClockSkew()
        let date = local + .seconds(seconds)
        let isBetter = skew.correct(serverDate: date, local: local, signedAt: local)
        #expect(isBetter == isReason)
        #expect(skew.correction == (isReason ? .seconds(seconds) : .zero))
    }

    @Test func `a corrected clock that becomes right is corrected back`() {
        var skew = ClockSkew()
        let ahead = local + .seconds(600)
        let isBetter = skew.correct(serverDate: ahead, local: local, signedAt: local)
        #expect(isBetter)
        let signedAt = ahead + skew.correction
        let isBack = skew.correct(serverDate: ahead, local: ahead, signedAt: signedAt)
        #expect(isBack)
        #expect(skew.correction == .zero)
    }

    @Test func `dates are smoothed and do not correct by themselves`() {
        var skew = ClockSkew()
        skew.note(serverDate: local + .seconds(8), local: local)
        #expect(skew.observed == .seconds(8))
        skew.note(serverDate: local, local: local)
        #expect(skew.observed == .seconds(6))
        #expect(skew.correction == .zero)
    }

    @Test(arguments: [
        ("https://sts.amazonaws.com/", true, true), ("https://sts.amazonaws.com/", false, false),
        ("http://127.0.0.1:5000/", true, true), ("http://proxy.example/", true, false),
    ])
    func `only AWS over https or this machine is trusted`(
        _ url: String,
        _ hasID: Bool,
        _ isTrusted: Bool
    ) throws {
        let headers = hasID ? [HTTPHeader("x-amzn-RequestId", "1")] : []
        let response = HTTPResponse(status: 403, headers: headers)
        #expect(ClockSkew.trusts(response, from: try #require(URLParts(url))) == isTrusted)
    }
}
