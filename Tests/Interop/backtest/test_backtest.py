#!/usr/bin/env python3
"""Runs `backtest` against the built daemon and the simulator, and lets past retries close a gate.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables; ONLY, a part of a check's name.
Ends with `N passed, N failed`; exit status 1 when anything failed.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "daemon"), str(HERE.parent / "report")]

from lab import run_checks, stop, wait_for  # noqa: E402
from test_report import configure, fail, history, scenario  # noqa: E402

# It retries what the queue refused, and nothing else.
CAREFUL = """
policies:
  default:
    rules: [{ name: queue, when: { contains: the queue is full } }]
    otherwise: never
pipelines: [{ match: "*" }]
"""
CLOSING = """
aws: {{ region: eu-west-1, endpoint_url: "http://127.0.0.1:{port}" }}
poll: {{ interval: 1s, active_interval: 1s }}
root_cause: {{ enabled: false }}
policies:
  default:
    max_retries: 1
    backoff: {{ kind: fixed, initial: 1s, min: 1s, jitter: none }}
    success_gate: {{ min: 0.9, window: 4, explore: 1000 }}
pipelines: [{{ match: "*" }}]
"""


def written(world, name, text):
    path = world.folder / name
    path.write_text(text)
    return str(path)


def check_two_files_are_compared_on_what_happened(world):
    daemon = history(world)
    careful = written(world, "careful.yaml", CAREFUL)

    def told(*options):
        done = world.command("backtest", "--config", careful, "--since", "1d", *options)
        return done.returncode, done.stdout

    # The attempt that succeeded is read last.
    code, text = wait_for(
        "the native retry's end",
        lambda: (lambda r: r if '"missed"' in r[1] else None)(
            told("--against", str(world.config), "--json")))
    both = json.loads(text)
    assert code == 0 and both["failures"] == 5 and both["episodes"] == 3, both
    assert both["candidate"]["results"] == {"recovers": 1, "missed": 1, "agreed": 3}, both
    assert both["against"]["results"] == {"recovers": 2, "wasted": 2, "agreed": 1}, both
    assert both["change"] == {
        "retried_now": {}, "no_longer_retried": {"recovers": 1, "wasted": 2}}, both
    assert both["candidate"]["reasons"] == {"no_rule_matched": 4}, both
    assert {row["name"] for row in both["candidate"]["rules"]} == {"queue", ""}, both
    again = json.loads(told("--against", str(world.config), "--json")[1])
    for run in (both, again):
        del run["since"], run["until"]
    assert again == both, "two runs differ"
    code, text = told("--fail-if", "missed>0", "--fail-if", "wasted>0.5")
    assert code == 1 and "--fail-if holds: missed>0\n" in text, text
    stop(daemon)


def check_what_cannot_be_tried_is_said(world):
    careful = written(world, "careful.yaml", CAREFUL)
    none = world.command("backtest", "--config", careful)
    assert none.returncode == 69 and "no pipeline-retryd listens" in none.stderr, none
    configure(world)
    world.simulator(scenario())
    daemon = world.ready_daemon()
    wrong = world.command("backtest", "--config", written(world, "x.yaml", "pipelines: 3\n"))
    assert wrong.returncode == 78 and "x.yaml:1" in wrong.stderr, wrong
    condition = world.command("backtest", "--config", careful, "--fail-if", "lost>1")
    assert condition.returncode == 64 and "lost is no result" in condition.stderr, condition
    bare = world.command("backtest", "--config", careful, "--since", "1s", "--pipeline", "passes")
    assert bare.returncode == 0 and bare.stdout.startswith("0 failures"), bare
    stop(daemon)


def check_retries_that_never_recover_close_the_gate(world):
    attempts = json.dumps([fail("undefined reference")])
    starts = ", ".join(f"{second}s" for second in range(0, 48, 6))
    world.simulator(
        "credentials: [{ access_key_id: AKIDDAEMON, secret_access_key: daemon-secret }]\n"
        f"""
pipelines:
  - name: hopeless
    starts: [{starts}]
    stages:
      - name: Source
        actions: [{{ name: Checkout, category: Source, attempts: [{{ result: succeed, after: 50ms }}] }}]
      - name: Build
        actions: [{{ name: Compile, category: Build, attempts: {attempts} }}]
""")
    world.configure(text=CLOSING.format(port=world.port))
    daemon = world.ready_daemon()

    def closed():
        return [e for e in world.entries() if e.get("RETRYD_REASON") == "low_success"] or None

    entry = wait_for("a failure that the gate leaves", closed, seconds=120)[0]
    assert "0 of 4 retries of this error recovered" in entry["MESSAGE"], entry["MESSAGE"]
    retried = {e["RETRYD_EXECUTION_ID"] for e in world.entries() if e.get("RETRYD_EVENT") == "retry_sent"}
    assert entry["RETRYD_EXECUTION_ID"] not in retried and len(retried) >= 4, retried
    stop(daemon)


def check_a_ceiling_of_cost_leaves_what_it_has_no_room_for(world):
    attempts = json.dumps([fail("the queue is full")])
    world.simulator(
        "credentials: [{ access_key_id: AKIDDAEMON, secret_access_key: daemon-secret }]\n"
        f"""
pipelines:
  - name: dear
    starts: [0s, 25s, 50s, 75s, 100s]
    stages:
      - name: Source
        actions: [{{ name: Checkout, category: Source, attempts: [{{ result: succeed, after: 50ms }}] }}]
      - name: Build
        actions: [{{ name: Compile, category: Build, attempts: {attempts} }}]
""")
    world.configure(text=f"""
aws: {{ region: eu-west-1, endpoint_url: "http://127.0.0.1:{world.port}" }}
poll: {{ interval: 1s, active_interval: 1s }}
root_cause: {{ enabled: false }}
cost: {{ minutes: 11, money: 1.00, per: 1h }}
prices: {{ default: 0.01 }}
policies:
  default:
    max_retries: 3
    backoff: {{ kind: fixed, initial: 1s, min: 1s, jitter: none }}
pipelines: [{{ match: "*" }}]
""")
    daemon = world.ready_daemon()

    def events(name):
        return [e for e in world.entries() if e.get("RETRYD_EVENT") == name]

    wait_for("the end", lambda: events("retries_exhausted") or events("stage_not_retried"), 60)
    first = events("retry_scheduled")[0]
    # The failed attempt itself tells how long the action takes: a begun minute.
    assert first["RETRYD_COST_MINUTES"] == "1" and first["RETRYD_COST_MONEY"] == "0.01", first
    cost = wait_for("what the retry cost", lambda: events("retry_cost"))[0]
    assert cost["RETRYD_COST_MINUTES"] == "1" and "expected 1 min, 0.01" in cost["MESSAGE"], cost
    assert len(events("retry_sent")) >= 3, events("retry_sent")
    stop(daemon)
    world.configure(text=world.config.read_text().replace("minutes: 11", "minutes: 3"))
    daemon = world.ready_daemon()
    left = wait_for(
        "a failure that is left for its cost",
        lambda: [e for e in events("stage_not_retried") if e["RETRYD_REASON"] == "cost_spent"],
        seconds=90)[0]
    assert "allowed 3 min, 1.00" in left["MESSAGE"], left["MESSAGE"]
    stop(daemon)


if __name__ == "__main__":
    sys.exit(run_checks(globals()))
