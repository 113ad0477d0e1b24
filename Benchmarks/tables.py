"""The results as tables in Markdown, and what they say of the targets."""

import bodies

OURS, GO, BOTO3 = "pipeline-retryd", "Go SDK", "boto3"


def figure(value, digits=3):
    """A number with so many significant digits, and no exponent."""
    if value is None:
        return "-"
    if value == 0:
        return "0"
    text = f"{float(value):.{digits}g}"
    return f"{float(text):,.0f}" if abs(float(text)) >= 100 else f"{float(text):g}"


def ratio(theirs, ours):
    """How ours stands to theirs: 1/7 for a seventh, 2 x for twice."""
    if theirs is None or not ours:
        return "-"
    return f"1/{figure(theirs / ours)}" if theirs > ours else f"{figure(ours / theirs)} x"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def value(results, *path):
    """What stands there; None when it was not measured."""
    for key in path:
        if not isinstance(results, dict) or key not in results:
            return None
        results = results[key]
    return results


def polls(results):
    rows = []
    for size, kinds in results["closed"].items():
        for kind, clients in kinds.items():
            ours, go, boto3 = (
                value(clients, client, "cpu_ms_per_call") for client in (OURS, GO, BOTO3)
            )
            peak = [figure((value(clients, c, "peak_rss_kib") or 0) / 1024) for c in
                    (OURS, GO, BOTO3)]
            size_text = f"{size}, {bodies.SIZES[size][2] / 1000:g} KB"
            rows.append([size_text, kind, figure(ours), figure(go), figure(boto3),
                         ratio(go, ours), ratio(boto3, ours), " / ".join(peak)])
    return table(
        ["answer", "kind", "ours, CPU ms", "Go SDK", "boto3", "ours to Go", "ours to boto3",
         "peak RSS MiB (ours / Go / boto3)"],
        rows,
    )


def server(results):
    rows = []
    for size, kinds in results["headroom"].items():
        for kind, most in kinds.items():
            asked = {
                client: found["calls_per_second"]
                for client, found in results["closed"][size][kind].items()
            }
            fastest = max(asked, key=asked.get)
            rows.append([size, kind, figure(most), f"{figure(asked[fastest])} ({fastest})",
                         figure(most / asked[fastest], 2)])
    return table(["answer", "kind", "wrk gets, requests/s", "the fastest client asks",
                  "headroom"], rows)


def pace(results):
    rows = []
    for pipelines, clients in results["paced"].items():
        for client, found in clients.items():
            ours = value(clients, OURS, "cpu_percent")
            rows.append([
                f"{int(pipelines):,}", client, figure(found["cpu_percent"]) + "%",
                figure(found["cpu_percent"] / ours if ours else None) + " x",
                figure(found["rss_kib"] / 1024), figure(found["peak_rss_kib"] / 1024),
                figure(found["polls_per_second"]), figure(found["cpu_ms_per_poll"]),
                figure(found["connections_per_1000_polls"]),
            ])
    return table(["pipelines", "client", "share of a core", "to ours", "RSS MiB", "peak RSS MiB",
                  "requests/s", "CPU ms each", "new connections / 1,000"], rows)


def starts(results):
    ours = value(results, "start", OURS, "first_poll_ms")
    rows = [
        [client, figure(found["first_poll_ms"]), figure(found["first_poll_ms"] / ours) + " x",
         figure(found.get("ready_ms"))]
        for client, found in results["start"].items()
    ]
    return table(["client", "start to first poll, ms", "to ours", "start to READY, ms"], rows)


def disk(results):
    ours = results["size"][OURS]
    return table(
        ["client", "MB", "to ours"],
        [[client, figure(count / 1e6), figure(count / ours) + " x"]
         for client, count in results["size"].items()],
    )


# What `retryd-bench cause` reads.
CAUSES = {"log": "a build and its log", "stack": "a stack's events", "tasks": "a service's tasks"}


def inside(results):
    found = results["inside"]
    rows = [
        [f"engine, {int(pipelines):,} healthy pipelines",
         f"{figure(each['events_per_second'])} events/s, {figure(each['ns_per_event'])} ns each; "
         f"{figure(each['ns_per_poll'])} ns a poll"]
        for pipelines, each in found["engine"].items()
    ]
    decision, cause, ledger = found["decision"], found["cause"], found["ledger"]
    rows += [
        ["decision: Failed answer to retry_scheduled",
         f"median {figure(decision['median_us'])} us, p99 {figure(decision['p99_us'])} us"],
    ] + [
        [f"cause: {CAUSES[kind]}, {cause[kind + '_calls']} calls, "
         f"{figure(cause[kind + '_bytes'] / 1000)} KB",
         f"median {figure(cause[kind + '_median_us'])} us of CPU, "
         f"p99 {figure(cause[kind + '_p99_us'])} us"]
        for kind in CAUSES
    ] + [
        ["ledger: durable intents", f"{figure(ledger['intents_per_second'])} a second"],
        ["ledger: plain writes", f"{figure(ledger['writes_per_second'])} a second"],
    ]
    return table(["inside", "figure"], rows)


def detections(rows):
    return table(
        ["pipelines", "watcher", "failures", "missed", "mean, s", "p50", "p99", "most",
         "sooner than even", "requests/s", "longest without a poll, s"],
        [
            [f"{row['pipelines']:,}", row["watcher"], row["failures"], row["missed"],
             figure(row["mean"]), figure(row["p50"]), figure(row["p99"]), figure(row["max"]),
             figure(row["sooner"]) + " x", figure(row["requestsPerSecond"]),
             "-" if row["watcher"] == "bound" else figure(row["longestUnseen"])]
            for row in rows
        ],
    )


def detection(results):
    found = results["detection"]
    parts = [
        "## How soon a failure is seen",
        "In virtual time, by `retry-sim detection`: pipelines of which 5% are active, 5 requests/s; from "
        "the failure to the verdict. *even* polls each in turn; *parallel* is the engine where every "
        "pipeline runs in PARALLEL mode; *bound* knows which are active and polls nothing else. "
        f"{found['hours']} h after one of warming up:",
        detections(found["long"]),
    ]
    if "curve" in found:
        parts += ["The curve, 8 h each:", detections(found["curve"])]
    return parts


def targets(results):
    """Each target that this run can judge: what, the limit, what was seen, whether it holds."""
    found = []

    def add(what, limit, seen, unit=""):
        met = None if seen is None else seen <= limit
        found.append({"what": what, "limit": limit, "seen": seen, "unit": unit, "met": met})

    def share(kind, peer):
        ours, theirs = (
            value(results, "closed", "medium", kind, client, "cpu_ms_per_call")
            for client in (OURS, peer)
        )
        return None if ours is None or theirs is None else ours / theirs

    def at(pipelines, key, scale=1):
        # The targets are for 30 s; a smoke run's shorter interval says nothing of them.
        if results["settings"]["interval"] != 30:
            return None
        seen = value(results, "paced", str(pipelines), OURS, key)
        return None if seen is None else seen / scale

    add("a quiet poll of 12 KB: CPU to the Go SDK's", 1 / 7, share("equal", GO))
    add("a quiet poll of 12 KB: CPU to boto3's", 1 / 28, share("equal", BOTO3))
    add("a changed poll of 12 KB: CPU to the Go SDK's", 1 / 2, share("changed", GO))
    add("10,000 pipelines: share of a core", 4, at(10_000, "cpu_percent"), "%")
    add("100 pipelines: RSS", 12, at(100, "rss_kib", 1024), " MiB")
    add("10,000 pipelines: RSS", 18, at(10_000, "rss_kib", 1024), " MiB")
    add("100 pipelines: peak of RSS, the start's included", 20,
        at(100, "peak_rss_kib", 1024), " MiB")
    add("1,000 pipelines: share of a core", 0.8, at(1000, "cpu_percent"), "%")
    few, many = at(100, "rss_kib"), at(10_000, "rss_kib")
    growth = None if few is None or many is None else (many - few) / 9900
    add("memory for each pipeline, from 100 to 10,000", 1, growth, " KiB")
    each = [at(pipelines, "cpu_ms_per_poll") for pipelines in (100, 1000, 10_000)]
    # More pipelines may make one cheaper: only what rises is held against the target.
    flat = None if None in each else max(each[1:]) / each[0]
    add("CPU for each pipeline: most at 1,000 and 10,000 to that at 100", 1.2, flat)
    first, theirs = (value(results, "start", client, "first_poll_ms") for client in (OURS, GO))
    add("start to first poll", 100, first, " ms")
    add("start to first poll, to the Go program's", 1,
        None if first is None or theirs is None else first / theirs)
    causes = [value(results, "inside", "cause", f"{kind}_median_us") for kind in CAUSES]
    add("a cause of 70 KB: CPU", 1, None if None in causes else max(causes) / 1000, " ms")
    calls = [value(results, "inside", "cause", f"{kind}_calls") for kind in CAUSES]
    add("the same: calls", 3, None if None in calls else max(calls))
    size = value(results, "size", OURS)
    add("the program on disk, stripped", 20, None if size is None else size / (1 << 20), " MiB")
    rows = value(results, "detection", "long") or []
    engine = [row for row in rows if row["watcher"] == "engine"]
    # A smoke run is too short for it.
    late = None if results["settings"]["quick"] or not engine else 1 / engine[0]["sooner"]
    add("1,000 pipelines at 5 requests/s: mean detection to that of even polling", 1 / 8, late)
    return found


def soak(found):
    rows = found["rows"]
    picked = [row for row in rows if row["minute"] in (1, 2, 5, 10, 20, 30) or row is rows[-1]]
    return [
        "## A soak",
        f"`Benchmarks/soak`: the daemon with {found['pipelines']:,} pipelines, each every "
        f"{found['interval']} s, for {rows[-1]['minute']} minutes.",
        table(
            ["minute", "RSS KiB", "anonymous KiB", "share of a core", "requests/s",
             "new connections"],
            [[row["minute"], f"{row['rss_kib']:,}", f"{row['anonymous_kib']:,}",
              f"{row['cpu_percent']:.2f}%", figure(row["requests_per_second"]),
              row["connections"]] for row in picked],
        ),
    ]


def verdicts(results):
    rows = []
    for target in results["targets"]:
        word = {None: "not measured", True: "met", False: "NOT MET"}[target["met"]]
        unit = target["unit"]
        rows.append([target["what"], f"at most {figure(target['limit'])}{unit}",
                     figure(target["seen"]) + (unit if target["seen"] is not None else ""), word])
    return table(["target", "limit", "seen", ""], rows)


def everything(results):
    settings = results["settings"]
    parts = []
    if not results["clients"]["go"]:
        parts.append("**The AWS SDK for Go could not be measured here: its Debian packages are "
                     "missing. Everything held against it stands open.**")
    parts += [
        "## Targets", verdicts(results),
        "## One poll",
        f"GetPipelineState over TLS in a closed loop, {settings['in_flight']} calls in flight: "
        "user and system time of the client process for one call, from signing to the failed "
        f"stages. Medians of {settings['runs']} of {settings['seconds']} s each, the "
        "clients in turn.",
        polls(results),
        "The server is not what limits:", server(results),
        "## At their pace",
        f"Every pipeline once in {settings['interval']} s, answers of 12 KB that stay equal, "
        f"{settings['delay']} ms after the question: without it the Go SDK is overtaken by answers "
        "while it still sends, and connects anew for a tenth of its polls. Medians of five "
        f"consecutive parts of {settings['window']} s, when warm. Ours is the whole daemon.",
        pace(results),
        "## Start",
        f"With {settings['started']:,} pipelines, to the arrival of the first poll at the server; "
        f"medians of {settings['runs']}.",
        starts(results),
        "## Size",
        "The programs without symbols; of boto3 its packages, without Python.",
        disk(results),
        "## Inside", inside(results),
        *detection(results),
    ]
    if "soak" in results:
        parts += soak(results["soak"])
    if "instructions" in results:
        rows = [[what, f"{count:,.0f}"] for what, count in results["instructions"].items()]
        parts += ["## Instructions", "By callgrind, free of noise:",
                  table(["what", "instructions"], rows)]
    return "\n\n".join(parts)
