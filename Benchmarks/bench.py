#!/usr/bin/env python3
"""Measures the program and its peers in one run, on one server; `scripts/bench` calls it.

Environment: DAEMON_BIN, BENCH_BIN, GO_PEER_BIN (may be empty); BENCH_OUT, the folder of
results.json; QUICK=1 for a smoke run. And for each number: BENCH_RUNS (5), BENCH_SECONDS (2: of a
closed loop), BENCH_WINDOW (30: of a paced one), BENCH_INTERVAL (30), BENCH_DELAY (ms that the
server lets a paced client wait), BENCH_PIPELINES (100,1000,10000). Prints the tables; exit status 1
when something could not be measured. A missed target is a result, not a fault.
"""

import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile

import bodies
import tables
from clients import BOTO3, GO, IN_FLIGHT, OURS, Clients
from paced import paced, start_up
from server import KINDS, Server
from sizes import sizes

QUICK = os.environ.get("QUICK") == "1"


def setting(name, full, quick):
    return int(os.environ.get(f"BENCH_{name}") or (quick if QUICK else full))


RUNS = setting("RUNS", 5, 1)
SECONDS = setting("SECONDS", 2, 1)
WINDOW = setting("WINDOW", 30, 5)
INTERVAL = setting("INTERVAL", 30, 5)
DELAY = setting("DELAY", 1, 1)
PIPELINES = [
    int(word)
    for word in (os.environ.get("BENCH_PIPELINES") or ("100,1000" if QUICK else "100,1000,10000"))
    .split(",")
]
SIZES = ["medium"] if QUICK else list(bodies.SIZES)
STARTED = 1000


def say(text):
    print(text, flush=True)


def median_of(rows):
    """The median of each figure; each row has the same keys."""
    return {
        key: statistics.median([row[key] for row in rows])
        for key in rows[0]
        if isinstance(rows[0][key], (int, float))
    }


def machine():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as text:
        models = [line.split(":", 1)[1].strip() for line in text if line.startswith("model name")]
    with open("/proc/meminfo", encoding="ascii") as text:
        kib = int(text.readline().split()[1])
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(kib / (1 << 20), 1),
        "kernel": platform.release(),
        "commit": commit.stdout.strip(),
        "load_before": os.getloadavg()[0],
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    }


def closed_loops(server, clients):
    """{size: {kind: {client: figures}}}, the clients in turn so that all see the same machine."""
    rows = {}
    for run in range(RUNS):
        for size in SIZES:
            for kind in KINDS:
                for client in clients.names:
                    found = clients.closed(client, server.endpoint(size, kind), SECONDS)
                    found["calls_per_second"] = found["calls"] / found["seconds"]
                    rows.setdefault((size, kind, client), []).append(found)
        say(f"closed loops: {run + 1} of {RUNS}")
    result = {}
    for (size, kind, client), found in rows.items():
        result.setdefault(size, {}).setdefault(kind, {})[client] = median_of(found)
    return result


def headroom(server):
    """The most that the server answers: the best of three, since others only slow it."""
    return {
        size: {
            kind: max(server.headroom(size, kind, 1) for _ in range(1 if QUICK else 3))
            for kind in KINDS
        }
        for size in SIZES
    }


def pacing(server, clients):
    """{pipelines: {client: figures}}."""
    result = {}
    for pipelines in PIPELINES:
        result[str(pipelines)] = {}
        for client in clients.names:
            found = paced(server, clients, client, pipelines, INTERVAL, WINDOW)
            result[str(pipelines)][client] = found
            say(f"paced: {client}, {pipelines} pipelines: {found['cpu_percent']:.2f}% of a core")
            forget_state(clients)
    return result


def forget_state(clients):
    shutil.rmtree(clients.folder / "state", ignore_errors=True)


def start_ups(server, clients):
    rows = {client: [] for client in clients.names}
    for _ in range(RUNS):
        for client in clients.names:
            rows[client].append(start_up(server, clients, client, STARTED))
            forget_state(clients)
    say("start-ups: done")
    return {client: median_of(found) for client, found in rows.items()}


def inside(clients, scratch):
    """What needs no server: engine, decision, cause, ledger."""
    engine = {}
    for pipelines in (100, 1000, 10_000):
        events = 20_000 if QUICK else 200_000
        found = [clients.ours("engine", pipelines=pipelines, events=events) for _ in range(RUNS)]
        engine[str(pipelines)] = median_of(found)
    decision = median_of([clients.ours("decision") for _ in range(RUNS)])
    cause = median_of([clients.ours("cause") for _ in range(RUNS)])
    ledger = []
    for run in range(RUNS):
        folder = scratch / f"ledger-{run}"
        ledger.append(clients.ours("ledger", directory=folder))
    say("engine, decision, cause, ledger: done")
    return {"engine": engine, "decision": decision, "cause": cause, "ledger": median_of(ledger)}


def detection():
    """How soon failures are seen, in virtual time: 1,000 pipelines for long, then the curve."""
    def rows(pipelines, hours):
        command = [os.environ["SIMULATION_BIN"], "detection", "--pipelines", pipelines,
                   "--hours", str(hours), "--json"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=900, check=True)
        return json.loads(run.stdout)

    found = {"hours": 2 if QUICK else 24, "long": rows("1000", 2 if QUICK else 24)}
    if not QUICK:
        found["curve"] = rows("curve", 8)
    say("detection: done")
    return found


def main():
    out = pathlib.Path(os.environ["BENCH_OUT"]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    bodies.check()
    facts = machine()
    # Beside the results, so that the ledger's syncs go to a real disk.
    with tempfile.TemporaryDirectory(dir=out) as scratch, Server(scratch, delay=DELAY) as server:
        scratch = pathlib.Path(scratch)
        clients = Clients(scratch, server.authorities)
        results = {
            "machine": facts,
            "settings": {
                "runs": RUNS, "seconds": SECONDS, "in_flight": IN_FLIGHT, "window": WINDOW,
                "interval": INTERVAL, "delay": DELAY, "started": STARTED, "quick": QUICK,
            },
            "clients": {"ours": OURS, "go": GO if clients.go else None, "boto3": BOTO3},
            "size": sizes(clients),
            "headroom": headroom(server),
            "closed": closed_loops(server, clients),
            "start": start_ups(server, clients),
            "inside": inside(clients, scratch),
            "detection": detection(),
            "paced": pacing(server, clients),
        }
    facts["load_after"] = os.getloadavg()[0]
    results["targets"] = tables.targets(results)
    path = out / "results.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    say("")
    say(tables.everything(results))
    say(f"\nThe figures are in {os.path.relpath(path)}.")


if __name__ == "__main__":
    main()
