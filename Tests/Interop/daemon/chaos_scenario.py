"""The account that the chaos test plays: pipelines that keep failing, and a network to match."""

QUEUE_FULL = (
    "Error calling startBuild: Cannot have more than 1 builds in queue for the account "
    "(Service: AWSCodeBuild; Status Code: 400; Error Code: AccountLimitExceededException; "
    "Request ID: 6a3c2d1e-0000-4000-8000-000000000001; Proxy: null)"
)

# Stages in which no retry by the daemon is ever right, and why. None: every stage.
FORBIDDEN = {
    ("approval", "Approve"): "its failed action is an approval",
    ("approval-mixed", "Approve"): "one of its failed actions is an approval",
    ("rolls-back", "Deploy"): "onFailure is ROLLBACK",
    ("stopped", "Deploy"): "it never fails, it is stopped",
}

# Of both kinds of lists the first that strikes counts, so the retries' own come first.
FAULTS = [
    *(
        {"operation": "RetryStageExecution", "kind": kind, "rate": rate}
        for kind, rate in (
            ("lost_answer", 0.12),
            ("close_mid_answer", 0.06),
            ("garbage", 0.06),
            ("lost_request", 0.06),
            ("500", 0.05),
            ("503", 0.05),
            ("throttle", 0.01),
        )
    ),
    {"operation": "RetryStageExecution", "kind": "latency", "for": "1500ms", "rate": 0.15},
    *(
        {"kind": kind, "rate": rate}
        for kind, rate in (
            ("lost_answer", 0.015),
            ("lost_request", 0.015),
            ("close_mid_answer", 0.01),
            ("garbage", 0.01),
            ("500", 0.01),
            ("503", 0.01),
            ("throttle", 0.001),
        )
    ),
    {"kind": "latency", "for": "700ms", "rate": 0.03},
]


def fails(message="Deployment failed", after="300ms", **more):
    return {"result": "fail", "after": after, "message": message, **more}


def succeeds(after="300ms"):
    return {"result": "succeed", "after": after}


def action(name, attempts, category="Deploy", **more):
    return {"name": name, "category": category, "attempts": attempts, **more}


def stage(name, *actions, **more):
    return {"name": name, "actions": list(actions), **more}


def ship(*attempts, **more):
    return stage("Deploy", action("Ship", list(attempts)), **more)


SOURCE = stage("Source", action("Checkout", [succeeds("50ms")], "Source"))
SCAN = action("Scan", [fails("Scan failed", "200ms")], "Test")
REVIEW = action("Review", [{"result": "reject", "after": "400ms", "summary": "no"}], "Approval")
SHIP_BY_EXECUTION = {
    "name": "Ship",
    "category": "Deploy",
    "executions": [[succeeds("200ms")], [fails("the canary died")]],
    "rollback": [fails("the rollback died")],
}

# Name: (seconds between two starts, its stages, its other keys).
PIPELINES = {
    "always-1": (26, [SOURCE, ship(fails())], {}),
    "always-2": (31, [SOURCE, ship(fails("toomanyrequests: pull rate limit", "1s"))], {}),
    "always-3": (23, [SOURCE, ship(fails("connection reset by peer", "100ms"))], {}),
    "always-slow": (35, [SOURCE, ship(fails("waiter timed out", "3s"))], {}),
    "always-fast": (9, [SOURCE, ship(fails("Internal error", "200ms"))], {}),
    "queued": (25, [SOURCE, ship(fails())], {"execution_mode": "QUEUED"}),
    "flaky-1": (21, [SOURCE, ship(fails(), succeeds())], {}),
    "flaky-2": (27, [SOURCE, ship(fails(), fails(), succeeds())], {}),
    "flaky-3": (33, [SOURCE, ship(fails(), fails(), fails(), succeeds())], {}),
    "build-queue-1": (28, [SOURCE, ship(fails(QUEUE_FULL, code="JobFailed"))], {}),
    "build-queue-2": (24, [SOURCE, ship(fails(QUEUE_FULL), fails(QUEUE_FULL), succeeds())], {}),
    "chain": (
        30,
        [
            SOURCE,
            stage("Build", action("Compile", [fails("Compile failed"), succeeds()], "Build")),
            ship(fails(), fails(), succeeds()),
        ],
        {},
    ),
    "all-of-two": (
        29,
        [
            SOURCE,
            stage("Deploy", action("Blue", [succeeds()]), action("Green", [fails(after="500ms")])),
        ],
        {},
    ),
    "native": (34, [SOURCE, ship(fails(), on_failure="RETRY")], {}),
    "native-all": (
        32,
        [
            SOURCE,
            ship(
                fails(), fails(), succeeds(),
                on_failure={"result": "RETRY", "retry_mode": "ALL_ACTIONS"},
            ),
        ],
        {},
    ),
    "approval": (16, [SOURCE, stage("Approve", REVIEW)], {}),
    "approval-mixed": (18, [SOURCE, stage("Approve", SCAN, REVIEW)], {}),
    "rolls-back": (20, [SOURCE, stage("Deploy", SHIP_BY_EXECUTION, on_failure="ROLLBACK")], {}),
    "person-rolls-back": (22, [SOURCE, stage("Deploy", SHIP_BY_EXECUTION)], {}),
    "person-retries": (27, [SOURCE, ship(fails())], {}),
    "busy": (26, [SOURCE, ship(fails())], {}),
    "stopped": (19, [SOURCE, ship({"result": "hang"})], {}),
    "gated": (29, [SOURCE, ship(fails())], {}),
    "updated": (25, [SOURCE, ship(fails())], {}),
    "parallel": (17, [SOURCE, ship(fails())], {"execution_mode": "PARALLEL"}),
}

# What people do, so many seconds after a start.
EVENTS = {
    "person-rolls-back": [(6, {"do": "rollback", "stage": "Deploy"})],
    "person-retries": [(5, {"do": "retry", "stage": "Deploy", "mode": "FAILED_ACTIONS"})],
    "busy": [(1, {"do": "busy", "for": "6s"})],
    "stopped": [(4, {"do": "stop", "abandon": True, "reason": "enough"})],
    "gated": [
        (2, {"do": "disable_transition", "stage": "Deploy", "reason": "freeze"}),
        (9, {"do": "enable_transition", "stage": "Deploy"}),
    ],
    "updated": [(7, {"do": "update"})],
}


def milliseconds(seconds):
    return f"{int(seconds * 1000)}ms"


def scenario(keys, seconds, chance):
    """The scenario, so that new executions start until the end of the chaos."""
    pipelines = []
    for name, (period, stages, more) in PIPELINES.items():
        first = chance.uniform(0, 8)
        starts = [first + n * period for n in range(int(seconds / period) + 1)]
        starts = [start for start in starts if start < max(10, seconds - 5)]
        events = [
            {"at": milliseconds(start + later), **what}
            for start in starts
            for later, what in EVENTS.get(name, [])
        ]
        pipeline = {"name": name, "starts": [milliseconds(s) for s in starts], "stages": stages}
        pipelines.append({**pipeline, **({"events": events} if events else {}), **more})
    return {
        "seed": chance.randrange(1, 1 << 30),
        "native_window": "2s",
        "credentials": [
            {
                "access_key_id": keys["AWS_ACCESS_KEY_ID"],
                "secret_access_key": keys["AWS_SECRET_ACCESS_KEY"],
            }
        ],
        "pipelines": pipelines,
        "faults": FAULTS,
    }


def config(port, retries):
    """The daemon's config file."""
    entries = "".join(
        f"  - {{ name: {name}, policy: {policy(name)} }}\n" for name in PIPELINES
    )
    return f"""
aws: {{ region: eu-west-1, endpoint_url: "http://127.0.0.1:{port}" }}
poll: {{ interval: 2s, active_interval: 1s, max_rate: 50 }}
policies:
  default:
    max_retries: {retries}
    backoff: {{ kind: fixed, initial: 1s, min: 1s, max: 3s, jitter: none }}
  spread:
    max_retries: {retries}
    backoff: {{ kind: exponential, initial: 1s, min: 1s, max: 3s, jitter: full }}
  all:
    mode: ALL_ACTIONS
    max_retries: {retries}
    backoff: {{ kind: fixed, initial: 1s, min: 1s, max: 3s, jitter: none }}
  queue:
    max_retries: {retries}
    rules:
      - name: queue full
        when: {{ matches: 'Cannot have more than [1-9][0-9]* builds in queue' }}
        max_retries: {retries}
        backoff: {{ kind: fixed, initial: 2s, min: 1s, max: 3s, jitter: none }}
pipelines:
{entries}"""


def policy(name):
    if name.startswith("build-queue"):
        return "queue"
    if name in ("all-of-two", "native-all"):
        return "all"
    return "spread" if name in ("always-2", "flaky-2", "chain", "queued") else "default"
