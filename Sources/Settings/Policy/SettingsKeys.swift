import Primitives

/// Every key of the config file, by the mapping that contains it.
///
/// The reader knows only these keys, and the JSON Schema of the config file has exactly these; a
/// test compares them.
package enum SettingsKeys {
    /// The file itself.
    package static let root = [
        "aws", "poll", "dry_run", "root_cause", "policies", "budget", "cost", "prices",
        "outage_hold",
        "targets", "pipelines",
    ]
    /// `aws`; a target may carry all of them too.
    package static let aws = [
        "region", "profile", "role_arn", "external_id", "cause_role_arn", "endpoint_url",
        "sts_endpoint_url", "endpoint_urls", "allow_insecure_endpoint", "ca_bundle",
        "use_fips_endpoint", "use_dualstack_endpoint",
    ]
    /// `aws.endpoint_urls`: the services that say why an action failed.
    package static let endpointURLs = AWSService.ofCauses.map(\.settingName)
    /// `root_cause`.
    package static let rootCause = ["enabled", "timeout", "log_lines"]
    /// `poll`.
    package static let poll = [
        "interval", "active_interval", "quiet_interval", "max_in_flight", "max_rate",
    ]
    /// The limits that a rule, too, may carry.
    package static let limits = PolicyKey.names([.rule])
    /// A stage entry: the policy keys that may be set for one stage.
    package static let stage = PolicyKey.names([.rule, .entry])
    /// A policy.
    package static let policy = PolicyKey.names([.rule, .entry, .policy])
    /// `backoff`.
    package static let backoff = ["kind", "initial", "factor", "max", "min", "jitter"]
    /// `success_gate`.
    package static let successGate = ["min", "window", "max_age", "explore"]
    /// One of `windows`.
    package static let window = ["allow", "deny", "time_zone"]
    /// `budget`.
    package static let budget = ["retries", "per"]
    /// `cost`.
    package static let cost = ["minutes", "money", "per"]
    /// One of `rules`.
    package static let rule = ["name", "when", "use", "retry"] + limits
    /// `when`.
    package static let when = [
        "stage", "action", "category", "provider", "code", "contains", "matches", "phase", "status",
        "cause_code", "resource_type", "log", "ran",
    ]
    /// `outage_hold`.
    package static let outageHold = ["pipelines", "within", "probe_every"]
    /// One of `targets`.
    package static let target = ["name", "pipelines", "paused"] + aws
    /// One of `pipelines`.
    package static let pipeline = ["name", "match", "except", "policy", "stages"] + stage
}
