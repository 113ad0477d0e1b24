#!/usr/bin/env python3
"""Fills a ledger that the daemon has made with ended episodes of one intent each.

Usage: large.py FILE ROWS. The daemon must not run. Its rows are as the daemon writes them, spread
over the last 30 days and over 10,000 pipelines of two stages.
"""

import sqlite3
import sys
import time

STAGES = 20_000


def key(number):
    stage = number % STAGES
    return ("default", f"service-{stage // 2:05d}-pipeline", "Deploy" if stage % 2 else "Build",
            f"{number:08x}-0000-4000-8000-{number * 7919 % 0xffffffffffff:012x}")


def fill(path, rows):
    now = int(time.time() * 1000)
    month = 30 * 86_400_000
    mark = "6a3c2d1e-0000-4000-8000-000000000001\n"

    def at(number):
        # The last of them a minute ago; each stage's newest comes last.
        return now - 60_000 - month * (rows - 1 - number) // rows

    ledger = sqlite3.connect(path)
    with ledger:
        ledger.executemany(
            "INSERT INTO episodes VALUES (?, ?, ?, ?, ?, ?, 0, 1, 0, 2, ?, 1, ?, ?, 'exhausted', "
            "'max_retries', ?, ?, 0)",
            ((*key(n), at(n) - 60_000, at(n) - 60_000, "JobFailed: no luck " * 6, mark, at(n) - 1000,
              at(n), int(n >= rows - STAGES)) for n in range(rows)))
        ledger.executemany(
            "INSERT INTO intents VALUES (?, ?, ?, ?, 1, 1, 'default', 'queue full', "
            "'FAILED_ACTIONS', 0, ?, ?, ?, 'effective', NULL, NULL)",
            ((*key(n), mark, at(n) - 50_000, at(n) - 30_000) for n in range(rows)))
        ledger.execute("UPDATE totals SET ended = ended + ?", (rows,))
    ledger.close()


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]))
