#!/usr/bin/env python3
"""Fills a ledger that the daemon has made with a year of attempts, one a day for each pipeline.

Usage: year.py FILE PIPELINES. The daemon must not run. One attempt in twenty failed, with one of 300
errors of a common length; somebody retried it after a while, and each second retry recovered.
"""

import random
import sqlite3
import sys
import time

DAYS = 365
COLUMNS = ("action_id, execution, attempt, status, started, ended, provider, fingerprint, source, "
           "next_attempt, wait, result, duration, is_own, rule, mode")


def uuid(rng):
    text = f"{rng.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def rows(pipelines, now, rng):
    for day in range(DAYS):
        for pipeline in range(pipelines):
            started = now - (DAYS - day) * 86_400_000 + pipeline * 60_000 % 86_000_000
            ended = started + rng.randrange(30_000, 900_000)
            execution, first = uuid(rng), uuid(rng)
            if rng.randrange(20):
                yield (pipeline + 1, execution, first, "succeeded", started, ended, "CodeBuild",
                       None, "imported", None, None, None, None, None, None, None)
                continue
            error = f"JobFailed: Build terminated with state: FAILED, cause {rng.randrange(300)} " * 2
            again, wait = uuid(rng), rng.randrange(20_000, 5_000_000)
            ran = rng.randrange(30_000, 900_000)
            good, own = rng.randrange(2), rng.randrange(2)
            rule, mode = (f"rule {rng.randrange(12)}", "FAILED_ACTIONS") if own else (None, None)
            yield (pipeline + 1, execution, first, "failed", started, ended, "CodeBuild", error,
                   "imported", again, wait, "recovered" if good else "same", ran, own, rule, mode)
            yield (pipeline + 1, execution, again, "succeeded" if good else "failed", ended + wait,
                   ended + wait + ran, "CodeBuild", None if good else error, "imported", None, None,
                   None, None, None, None, None)


def fill(path, pipelines):
    ledger = sqlite3.connect(path)
    now = int(time.time() * 1000)
    with ledger:
        ledger.executemany(
            "INSERT INTO actions (id, target, pipeline, stage, name) "
            "VALUES (?, 'default', ?, 'Deploy', 'Ship')",
            ((n + 1, f"service-{n:05d}-pipeline") for n in range(pipelines)))
        marks = ", ".join("?" * (COLUMNS.count(",") + 1))
        ledger.executemany(f"INSERT INTO attempts ({COLUMNS}) VALUES ({marks})",
                           rows(pipelines, now, random.Random(1)))
        # What CodePipeline said of the failed ones, which `backtest` decides by.
        ledger.execute(
            "INSERT INTO failures (of_action, of_execution, of_attempt, failed_at, category, kind, "
            "error_code, message, cause_has_stack) SELECT action_id, execution, attempt, ended, "
            "'Build', 'flaky', 'JobFailed', fingerprint, 0 FROM attempts WHERE status = 'failed'")
        # Every second execution has the revision of the one before.
        ledger.execute(
            "INSERT INTO pipelines SELECT id, target, pipeline FROM actions")
        ledger.execute(
            "INSERT INTO executions SELECT action_id, execution, min(started), "
            "max(status = 'succeeded'), min(started) / 172800000 FROM attempts "
            "GROUP BY action_id, execution")
    ledger.close()


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
