#!/usr/bin/env python3
"""A ledger with very many rows, and backup and restore as docs/RUNBOOK.md tells them.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables; LEDGER_ROWS, the ended episodes
of the large ledger (200000); ONLY, a part of a check's name. Needs nothing but Python. Ends with
`N passed, N failed`; exit status 1 when anything failed.
"""

import concurrent.futures
import contextlib
import io
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "daemon"))
from lab import World, stop, wait_for  # noqa: E402

from large import fill  # noqa: E402

# The longest budget is a policy's.
LONG_BUDGET = """
aws: {{ region: eu-west-1, endpoint_url: "http://127.0.0.1:{port}" }}
poll: {{ interval: 1s, active_interval: 1s }}
policies:
  default:
    max_retries: 3
    backoff: {{ kind: fixed, initial: 1s, min: 1s, max: 10m, jitter: none }}
    budget: {{ retries: 1, per: 48h }}
pipelines: [{{ name: web }}]
"""
ROWS = int(os.environ.get("LEDGER_ROWS", "200000"))
# What a start with very many ended episodes may take.
MEMORY_KIB = 64 * 1024
SECONDS = 2.0
TIMED = ["check_a_start_with_very_many_ended_episodes"]


def ledger(world, name=""):
    return world.folder / "state" / ("ledger.sqlite" + name)


def made(world):
    """Lets the daemon make an empty ledger, and ends it."""
    stop(world.ready_daemon())


def peak_kib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def check_a_start_with_very_many_ended_episodes(world):
    world.simulator()
    made(world)
    fill(ledger(world), ROWS)
    began = time.monotonic()
    process = world.ready_daemon()
    took, peak = time.monotonic() - began, peak_kib(process)
    size = ledger(world).stat().st_size >> 20
    print(f"{ROWS} ended episodes, {size} MiB: READY after {took:.2f} s, peak {peak} KiB")
    assert took < SECONDS, took
    assert peak < MEMORY_KIB, peak
    wait_for("the failed stage is retried", lambda: world.retries())
    peak = peak_kib(process)
    print(f"after a retry: peak {peak} KiB")
    assert peak < MEMORY_KIB, peak
    stop(process)


def check_an_ended_episode_among_very_many_is_not_opened_again(world):
    world.configure(retries=1)
    world.simulator()
    first = world.ready_daemon()
    wait_for("the end", lambda: world.events("retries_exhausted"))
    stop(first)
    fill(ledger(world), ROWS // 10)
    second = world.ready_daemon()
    time.sleep(4)
    stop(second)
    assert len(world.events("stage_failed")) == 2, world.events("stage_failed")
    assert len(world.retries()) == 1, world.retries()


def check_a_long_budget_counts_what_was_before_the_start(world):
    world.configure(text=LONG_BUDGET.format(port=world.port))
    world.simulator()
    made(world)
    now = int(time.time() * 1000)
    with sqlite3.connect(ledger(world)) as rows:
        rows.executemany(
            "INSERT INTO intents VALUES ('default', 'gone', 'Build', ?, 1, 1, ?, NULL, "
            "'FAILED_ACTIONS', 0, '', NULL, ?, 'effective', NULL, NULL)",
            [("e1", "default", now - 30 * 3_600_000), ("e2", "other", now - 60_000)])
    rows.close()
    process = world.ready_daemon()
    said = wait_for("it waits", lambda: world.events("retry_deferred", 2))
    assert said[0]["RETRYD_REASON"] == "budget_spent", said
    stop(process)
    assert not world.retries(), world.retries()


def check_a_copy_of_a_stopped_daemon_is_whole(world):
    world.configure(retries=3, wait="5m")
    world.simulator()
    first = world.ready_daemon()
    due = wait_for("a due time", lambda: world.events("retry_scheduled"))[0]["RETRYD_DUE"]
    stop(first)
    assert not ledger(world, "-wal").exists(), "a clean stop leaves no log"
    copy = world.folder / "copy"
    shutil.copy(ledger(world), copy)
    stop(world.ready_daemon())
    ledger(world).unlink()
    shutil.copy(copy, ledger(world))
    third = world.ready_daemon()
    again = wait_for("the due time again", lambda: world.events("retry_scheduled", 3))
    assert again[0]["RETRYD_DUE"] == due, again
    stop(third)


def check_no_other_program_reads_a_running_daemons_ledger(world):
    world.simulator()
    process = world.ready_daemon()
    wait_for("a write", lambda: world.events("stage_failed"))
    reader = sqlite3.connect(ledger(world), timeout=0.2)
    try:
        reader.execute("SELECT count(*) FROM episodes").fetchone()
    except sqlite3.OperationalError as error:
        assert "locked" in str(error), error
    else:
        raise AssertionError("the ledger is not locked")
    finally:
        reader.close()
    stop(process)


def older_copy(world):
    """A ledger from after the first of three retries, and a world in which all three were made."""
    world.configure(retries=3, wait="6s")
    world.simulator()
    first = world.ready_daemon()
    wait_for("the first retry", lambda: world.events("retry_accepted"))
    stop(first)
    copy = world.folder / "copy"
    shutil.copy(ledger(world), copy)
    second = world.ready_daemon()
    wait_for("the end", lambda: world.events("retries_exhausted", 2))
    assert len(world.retries()) == 3, world.retries()
    return copy, second


def check_an_older_ledger_keeps_the_limit(world):
    copy, second = older_copy(world)
    stop(second)
    ledger(world).unlink()
    shutil.copy(copy, ledger(world))
    third = world.ready_daemon()
    # AWS's counter is beyond what the copy explains.
    wait_for("it is left", lambda: world.entries_of_outcome(3))
    time.sleep(5)
    assert len(world.retries()) == 3, world.retries()
    stop(third)


def check_an_older_ledger_under_a_newer_log_keeps_the_limit(world):
    copy, second = older_copy(world)
    second.kill()
    second.wait()
    assert ledger(world, "-wal").exists(), "kill -9 leaves the log"
    ledger(world).unlink()
    # The mistake against which the runbook warns: the log stays.
    shutil.copy(copy, ledger(world))
    third = world.ready_daemon()
    time.sleep(8)
    assert len(world.retries()) == 3, world.retries()
    stop(third)


def check_a_lost_ledger_keeps_the_limit(world):
    _, second = older_copy(world)
    stop(second)
    ledger(world).unlink()
    third = world.ready_daemon()
    time.sleep(8)
    assert len(world.retries()) == 3, world.retries()
    stop(third)


def play(name):
    """Plays one check in a world of its own; whether it passed, and what is to be printed."""
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(
        World(pathlib.Path(folder))
    ) as world, contextlib.redirect_stdout(io.StringIO()) as said:
        try:
            globals()[name](world)
            print("ok  ", name)
            return True, said.getvalue()
        except Exception:
            print("FAIL", name)
            traceback.print_exc(file=sys.stdout)
            for daemon in range(1, world.daemons + 1):
                print(world.text(f"daemon-{daemon}.log")[-1500:])
            return False, said.getvalue()


def main():
    World.entries_of_outcome = lambda self, daemon: [
        e for e in self.entries(daemon) if e.get("RETRYD_OUTCOME")
    ]
    only = os.environ.get("ONLY", "")
    names = [n for n in globals() if n.startswith("check_") and only in n]
    passed = 0
    # What is timed has the machine for itself; the others mostly wait.
    with concurrent.futures.ProcessPoolExecutor(max_workers=4) as pool:
        for isolated in (True, False):
            some = [n for n in names if (n in TIMED) == isolated]
            for is_right, said in pool.map(play, some):
                passed += is_right
                print(said, end="", flush=True)
    failed = len(names) - passed
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
