import Primitives
import Synchronization

/// One call in progress: its attempts and what they revealed.
struct CallRun {
    private let client: AWSServiceClient
    private let call: ServiceCall
    private let provider: (any CredentialsProvider)?
    private let limits: HTTPLimits
    private let invocation: String
    private let deadline: Instant
    private var policy: RetryPolicy
    private var facts = CallFacts()
    private var hasResigned = false
    private var hasRenewed = false

    init(
        client: AWSServiceClient,
        call: ServiceCall,
        provider: (any CredentialsProvider)?,
        limits: HTTPLimits,
        budget: Duration
    ) {
        self.client = client
        self.call = call
        self.provider = provider
        self.limits = limits
        invocation = client.environment.uuid()
        deadline = client.environment.instant() + budget
        policy = RetryPolicy(settings: client.settings.retry)
    }

    /// The result of one attempt.
    private enum Step {
        /// The call is over.
        case done(CallAnswer)
        /// Send again immediately: credentials or time are better now.
        case again(Credentials?)
        /// It failed; if it is not retried, this is the answer.
        case failed(AttemptFailure, CallAnswer)
    }

    /// Sends until there is an answer, or no reason or budget to retry.
    mutating func answer() async -> CallAnswer {
        var keys: Credentials?
        do {
            keys = try await usableKeys()
        } catch {
            return .noCredentials(error, facts)
        }
        while true {
            switch await attempt(with: keys) {
            case .done(let answer):
                return answer
            case .again(let better):
                keys = better
            case .failed(let failure, let answer):
                guard await pausesForAnother(failure) else { return answer }
            }
        }
    }

    /// Credentials to sign with, within the call's time; nil for an unsigned call.
    private func usableKeys() async throws(CredentialsError) -> Credentials? {
        let left = deadline - client.environment.instant()
        let keys = try await provider?.credentials(within: left)
        if let keys, let reason = keys.signingError {
            let source = "the credentials \(keys.description.printable(limit: 20))"
            throw CredentialsError(source: source, reason: reason)
        }
        return keys
    }

    private mutating func attempt(with keys: Credentials?) async -> Step {
        let local = client.environment.wallTime()
        let signedAt = local + client.skewCorrection
        guard let request = request(keys: keys, at: signedAt) else {
            return .done(.notSent(.unusableEndpoint(client.endpoint.url), facts))
        }
        facts.attempts += 1
        facts.requestID = nil
        facts.retryAfter = nil
        do {
            let response = try await client.transport.send(request, limits: attemptLimits)
            note(response)
            return await judge(response, keys: keys, signedAt: signedAt)
        } catch {
            return judge(error)
        }
    }

    /// Interprets an error of the transport.
    private func judge(_ error: TransportError) -> Step {
        switch (error.progress, error.kind) {
        case (.notSent, .cancelled), (.notSent, .lasting):
            return .done(.notSent(error, facts))
        case (.notSent, _):
            return .failed(.transient, .notSent(error, facts))
        case (.maybeSent, .cancelled), (.maybeSent, .tooLarge):
            return .done(.unknown(.transport(error), facts))
        case (.maybeSent, _):
            let failure: AttemptFailure = call.replay == .safe ? .transient : .permanent
            return .failed(failure, .unknown(.transport(error), facts))
        }
    }

    /// Interprets an answer.
    private mutating func judge(
        _ response: HTTPResponse,
        keys: Credentials?,
        signedAt: WallTime
    ) async -> Step {
        guard isOfService(response) else { return judgeForeign(response, keys) }
        if (200..<300).contains(response.status) {
            client.shared.withLock { policy.succeeded(quota: &$0.quota) }
            return .done(.accepted(body: response.body, facts))
        }
        let error = ServiceError(response: response, hiding: call.secrets + (keys?.secrets ?? []))
        facts.requestID = error.requestID
        let refusal = CallAnswer.refused(error, facts)
        let errorClass = error.errorClass(of: client.endpoint.service)
        let failure = AttemptFailure(errorClass, status: error.status, replay: call.replay)
        switch errorClass {
        case .throttling, .transient:
            return .failed(failure, refusal)
        case .server:
            // What the server did before it failed is unknown.
            return .failed(failure, .unknown(.serverFault(error), facts))
        case .credentials:
            return await renewed(keys, otherwise: refusal)
        case .clock:
            return corrected(response, keys: keys, signedAt: signedAt, otherwise: refusal)
        case .accessDenied, .client:
            return .done(refusal)
        }
    }

    /// Whether AWS answered, rather than something between.
    private func isOfService(_ response: HTTPResponse) -> Bool {
        client.destination.map { response.isOfService(at: $0.url) } ?? false
    }

    /// Interprets an answer that is not AWS's: AWS may have received the request, except for a 407,
    /// by which a proxy reports that it did not forward it.
    private func judgeForeign(_ response: HTTPResponse, _ keys: Credentials?) -> Step {
        let answer = ForeignAnswer(response, hiding: call.secrets + (keys?.secrets ?? []))
        guard response.status != 407 else { return .done(.notSent(.proxyRefused(answer), facts)) }
        let failure: AttemptFailure
        switch call.replay {
        case .safe: failure = response.status == 429 ? .throttling : .transient
        case .unsafe: failure = .permanent
        }
        return .failed(failure, .unknown(.foreign(answer), facts))
    }

    /// Asks once for other credentials when these were refused; such a call was not executed.
    private mutating func renewed(_ keys: Credentials?, otherwise refusal: CallAnswer) async -> Step
    {
        guard let keys, let provider, !hasRenewed else { return .done(refusal) }
        hasRenewed = true
        await provider.reject(keys)
        do {
            guard let better = try await usableKeys() else { return .done(refusal) }
            let isSame =
                better.accessKeyID == keys.accessKeyID
                && better.sessionToken == keys.sessionToken
                && better.secretAccessKey == keys.secretAccessKey
            return isSame ? .done(refusal) : .again(better)
        } catch {
            return .done(.noCredentials(error, facts))
        }
    }

    /// Signs once more when AWS's clock proves ours wrong; such a call was not executed.
    private mutating func corrected(
        _ response: HTTPResponse,
        keys: Credentials?,
        signedAt: WallTime,
        otherwise refusal: CallAnswer
    ) -> Step {
        guard !hasResigned, client.destination?.tellsTime == true,
            ClockSkew.isFromAWS(response), let date = facts.serverDate
        else { return .done(refusal) }
        let local = client.environment.wallTime()
        let isBetter = client.shared.withLock {
            $0.skew.correct(serverDate: date, local: local, signedAt: signedAt)
        }
        guard isBetter else { return .done(refusal) }
        client.environment.clockCorrected(client.skewCorrection)
        hasResigned = true
        return .again(keys)
    }

    /// Whether the call is retried after a failure; waits the back-off if so.
    private mutating func pausesForAnother(_ failure: AttemptFailure) async -> Bool {
        let jitter = client.environment.random()
        let decision = client.shared.withLock {
            policy.failed(failure, hint: facts.retryAfter, jitter: jitter, quota: &$0.quota)
        }
        switch decision {
        case .notRetryable, .attemptsExhausted:
            return false
        case .quotaExhausted(let delay):
            if delay > .zero { _ = await pauses(delay) }
            return false
        case .retry(let delay):
            guard client.environment.instant() + delay < deadline else { return false }
            return await pauses(delay)
        }
    }

    /// Waits; false when the task was cancelled meanwhile.
    private func pauses(_ delay: Duration) async -> Bool {
        do {
            try await client.environment.sleep(delay)
            return true
        } catch {
            return false
        }
    }

    /// Takes id, date and hint from an answer, and the clock's difference.
    private mutating func note(_ response: HTTPResponse) {
        let local = client.environment.wallTime()
        facts.requestID = response.requestID
        // The clock of a proxy dates nothing.
        let date = isOfService(response) ? response.header("Date") : nil
        facts.serverDate = date.flatMap(WallTime.init(httpDate:))
        facts.retryAfter = RetrySettings.hint(response)
        if let date = facts.serverDate, client.destination?.tellsTime == true,
            ClockSkew.isFromAWS(response)
        {
            client.shared.withLock { $0.skew.note(serverDate: date, local: local) }
        }
    }

    /// The limits of the next attempt: never beyond the call's budget.
    private var attemptLimits: HTTPLimits {
        var limits = limits
        let left = deadline - client.environment.instant()
        limits.total = max(.milliseconds(1), min(limits.total, left))
        if call.replay == .unsafe { limits.freshConnection = true }
        return limits
    }

    /// The request of the next attempt; nil when the endpoint is no URL or has no Region.
    private func request(keys: Credentials?, at time: WallTime) -> HTTPRequest? {
        guard let destination = client.destination else { return nil }
        let headers = [
            HTTPHeader("User-Agent", client.settings.userAgent),
            HTTPHeader("amz-sdk-invocation-id", invocation),
            HTTPHeader("amz-sdk-request", attemptHeader),
        ]
        var request = HTTPRequest(
            method: "POST",
            url: destination.text,
            headers: call.headers + headers,
            body: call.body
        )
        guard let keys else {
            request.setHeader("Host", destination.url.hostHeader)
            return request
        }
        guard let region = client.endpoint.signingRegion else { return nil }
        return client.shared.withLock { shared in
            SigV4.sign(
                request,
                url: destination.url,
                with: keys,
                region: region,
                service: client.endpoint.service.signingName,
                at: time,
                cache: &shared.keys
            ).request
        }
    }

    /// `attempt=1; max=3`, with the time after which the call is abandoned if AWS's clock is known.
    private var attemptHeader: String {
        let numbers = "attempt=\(policy.attempt); max=\(policy.settings.maxAttempts)"
        guard let skew = client.observedSkew else { return numbers }
        let end = client.environment.wallTime() + skew + attemptLimits.total
        return "ttl=\(end.signingStamp); \(numbers)"
    }
}

extension TransportError {
    fileprivate static func unusableEndpoint(_ url: String) -> TransportError {
        TransportError(
            kind: .connection,
            progress: .notSent,
            detail: "\(url.printable(limit: 200)) is not an endpoint URL with a Region to sign for"
        )
    }

    fileprivate static func proxyRefused(_ answer: ForeignAnswer) -> TransportError {
        TransportError(
            kind: .lasting,
            progress: .notSent,
            detail: "a proxy on the way wants a user and password: \(answer)"
        )
    }
}

extension Credentials {
    /// The parts of the credentials that no text may show.
    fileprivate var secrets: [Secret] {
        [secretAccessKey, Secret(accessKeyID)] + [sessionToken].compactMap { $0 }
    }
}
