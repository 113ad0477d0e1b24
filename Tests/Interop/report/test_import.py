#!/usr/bin/env python3
"""Kills the daemon in the middle of a `history import`, and lets another one go on.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables; ONLY, a part of a check's name.
Ends with `N passed, N failed`; exit status 1 when anything failed.
"""

import pathlib
import re
import sqlite3
import subprocess
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))

from lab import DAEMON, run_checks, stop, wait_for  # noqa: E402

PIPELINES = 16
SCENARIO = f"""
credentials: [{{ access_key_id: AKIDDAEMON, secret_access_key: daemon-secret }}]
pipelines:
  - name: shop
    copies: {PIPELINES}
    starts: [0s, 2s, 4s]
    stages:
      - name: Source
        actions: [{{ name: Checkout, category: Source, attempts: [{{ result: succeed, after: 50ms }}] }}]
      - name: Deploy
        actions: [{{ name: Ship, category: Deploy, attempts: [{{ result: fail, after: 50ms, message: no }}] }}]
"""


def configure(world):
    world.configure(text=f"""
aws: {{ region: eu-west-1, endpoint_url: "http://127.0.0.1:{world.port}" }}
poll: {{ interval: 1s, active_interval: 1s }}
root_cause: {{ enabled: false }}
policies: {{ default: {{ max_retries: 0 }} }}
pipelines: [{{ match: "*" }}]
""")


def rows(world):
    """The attempts that the ledger has by now, and the pipelines that were read to their end."""
    path = world.folder / "state" / "ledger.sqlite"
    ledger = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)
    try:
        attempts = ledger.execute(
            "SELECT name, pipeline, execution, attempt FROM attempts "
            "JOIN actions ON id = action_id ORDER BY 1, 2, 3, 4").fetchall()
        done = ledger.execute(
            "SELECT count(*) FROM imports WHERE done_since IS NOT NULL AND token IS NULL").fetchone()
        return attempts, done[0]
    finally:
        ledger.close()


def pages(world):
    """The pages of whole pipelines that were read, without those of one execution."""
    return len(re.findall(r"ListPipelineExecutions shop-\d+", world.text("simulator.log")))


def begin(world):
    """An import, with what it prints line by line."""
    process = subprocess.Popen(
        [DAEMON, "history", "import"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=world.environment)
    lines = []
    thread = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    thread.start()
    return process, lines, thread


def check_an_import_goes_on_after_a_kill(world):
    configure(world)
    world.simulator(SCENARIO)
    daemon = world.ready_daemon()
    wait_for(
        "every failure",
        lambda: len({e["RETRYD_PIPELINE"] for e in world.events("stage_not_retried")
                     + world.events("retries_exhausted")}) == PIPELINES)
    before = pages(world)
    importer, lines, thread = begin(world)
    # Two calls for each pipeline, two calls a second.
    wait_for("some pages", lambda: pages(world) >= before + PIPELINES // 3)
    daemon.kill()
    daemon.wait()
    assert importer.wait(timeout=60) == 69, lines
    thread.join()
    _, done = rows(world)
    assert 0 < done < PIPELINES, done
    daemon = world.ready_daemon()
    importer, lines, thread = begin(world)
    assert importer.wait(timeout=120) == 0, lines
    thread.join()
    assert lines[-1].startswith("imported "), lines
    stop(daemon)
    attempts, done = rows(world)
    assert done == PIPELINES, done
    # Three executions of two actions each, none of them twice.
    assert len(attempts) == len(set(attempts)) == PIPELINES * 6, len(attempts)


if __name__ == "__main__":
    sys.exit(run_checks(globals()))
