package import Primitives

/// The class of a ``ServiceError``, which determines the remedy.
package enum ErrorClass: Hashable, Sendable, CaseIterable {
    /// Too many calls: later is better. Not executed.
    case throttling
    /// A transient error whose code means that the call was not executed.
    case transient
    /// A server error; the call may have been executed.
    case server
    /// The credentials are expired or unknown: others may be accepted. Not executed.
    case credentials
    /// The signing time is off, or the signature is wrong. Not executed.
    case clock
    /// The identity may not do this. Not executed.
    case accessDenied
    /// Any other refusal of the request as it is. Not executed.
    case client
}

extension ServiceError {
    /// The class of an error of a service.
    ///
    /// Codes win over the status: a throttling code is one with any status.
    package func errorClass(of service: AWSService) -> ErrorClass {
        if service.permanentCodes.contains(code) { return .client }
        if ErrorCodes.throttling.contains(code) { return .throttling }
        if ErrorCodes.transient.contains(code) { return .transient }
        if service.transientCodes.contains(code) { return .transient }
        if ErrorCodes.credentials.contains(code) { return .credentials }
        if ErrorCodes.clock.contains(code) { return .clock }
        if ErrorCodes.accessDenied.contains(code) { return .accessDenied }
        switch status {
        case 429: return .throttling
        case 408: return .transient
        case 500...: return .server
        case 403 where code == "403": return .accessDenied
        case _: return .client
        }
    }
}

/// The codes of each class.
///
/// Throttling and transient are the lists of the SDKs' standard retry mode; a service's deviations
/// are in its ``AWSService``.
package enum ErrorCodes {
    /// Codes for throttling.
    package static let throttling: Set<String> = [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException", "ProvisionedThroughputExceededException",
        "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
        "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
        "EC2ThrottledException",
    ]

    /// Codes for a request that did not arrive completely.
    package static let transient: Set<String> = ["RequestTimeout", "RequestTimeoutException"]

    /// Codes for expired or unknown credentials.
    package static let credentials: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException",
        "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidToken",
    ]

    /// Codes for a wrong signing time.
    ///
    /// A wrong secret causes some of them too.
    package static let clock: Set<String> = [
        "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture",
        "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
    ]

    /// Codes for a missing permission.
    package static let accessDenied: Set<String> = [
        "AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation",
        "OptInRequired", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
        "IncompleteSignature", "IncompleteSignatureException",
    ]
}
