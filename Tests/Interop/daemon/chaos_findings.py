"""What the logs of a chaos run prove: the daemon's entries held against the simulator's calls."""

import collections
import datetime
import json
import re

import chaos_scenario

# What a killed daemon may have said without having stored it, in seconds; on a full disk it is
# all that it said since, until it tries its ledger again: every 10 s, or stopped a while, later.
AFTER_KILL = 2.0
AFTER_FULL = 10.0 + 2.0
OUTCOMES = (
    "stage_recovered", "retries_exhausted", "stage_not_retried", "stage_superseded", "stage_removed",
)
EPISODE = (
    "stage_failed", "retry_scheduled", "retry_deferred", "retry_sent", "retry_accepted",
    "retry_refused", "retry_unknown", "retry_settled", "retry_without_effect",
)
CRASH = re.compile(
    r"Fatal error|Crash|crashed|Traceback|Precondition failed|SIGSEGV|SIGILL|SIGTRAP|Sanitizer"
)
CALL = re.compile(r"^(\S+) (\S+) (\S+) (\S+) (status \d+|\S+)((?: \S+=\S+(?: seconds)?)*)$")


def stamp(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class Findings:
    """Reads the logs after the end."""

    def __init__(self, chaos):
        self.chaos = chaos
        self.world = chaos.world
        self.results = []
        self.retries = []
        self.kinds = collections.Counter()
        self.unread = []
        self.read_calls()
        self.entries, self.broken = [], []
        self.read_entries()

    def check(self, title, faults):
        faults = [str(fault) for fault in faults]
        self.results.append((title, faults))

    def read_calls(self):
        for line in self.chaos.calls.read_text().splitlines():
            match = CALL.match(line)
            if not match:
                self.unread.append(line)
                continue
            when, operation, pipeline, stage, outcome, rest = match.groups()
            words = dict(word.split("=", 1) for word in rest.split() if "=" in word)
            fault = words.get("fault")
            if fault or "latency" in words:
                self.kinds[fault or "latency"] += 1
            if operation == "RetryStageExecution":
                # Performed and told, performed and the answer lost or torn, performed and garbled.
                done = outcome == "ok" or (outcome == "status 200" and fault == "garbage")
                execution = words.get("execution")
                row = (stamp(when), pipeline, stage, execution, words.get("mode"), fault, done)
                self.retries.append(row)

    def read_entries(self):
        for number in range(1, self.world.daemons + 1):
            name = f"daemon-{number}.log"
            lines = self.world.text(name).splitlines()
            for index, line in enumerate(lines):
                if not line.startswith("{"):
                    if CRASH.search(line):
                        self.broken.append(f"{name}: {line}")
                    continue
                try:
                    self.entries.append({**json.loads(line), "LOG": name})
                except ValueError:
                    torn = index + 1 == len(lines) and name in self.chaos.killed_logs
                    if not torn:
                        self.broken.append(f"{name}: not JSON: {line[:300]}")

    def by_episode(self, events):
        found = collections.defaultdict(list)
        for entry in self.entries:
            if entry.get("RETRYD_EVENT") in events:
                key = (
                    entry.get("RETRYD_PIPELINE"),
                    entry.get("RETRYD_STAGE"),
                    entry.get("RETRYD_EXECUTION_ID"),
                )
                found[key].append(entry)
        return found

    def counted(self):
        """The k-th retry of every episode that took effect, with the bound of its moment."""
        counts = collections.Counter()
        for when, pipeline, stage, execution, mode, fault, done in self.retries:
            if done:
                key = (pipeline, stage, execution)
                counts[key] += 1
                yield key, counts[key], self.chaos.bound(when), when

    def within_bounds(self):
        largest = max(value for _, value in self.chaos.bounds)
        return [
            f"{key}: retry {number} at {when:.3f}, {bound} allowed"
            for key, number, bound, when in self.counted()
            if number > min(bound, largest)
        ]

    def forbidden(self):
        for row in self.retries:
            why = chaos_scenario.FORBIDDEN.get((row[1], row[2]))
            why = why or chaos_scenario.FORBIDDEN.get((row[1], None))
            if why:
                yield f"{row}: {why}"

    def of_rollbacks(self, account):
        ids = {
            row["pipelineExecutionId"]
            for rows in account.values()
            for row in rows
            if row.get("executionType") == "ROLLBACK"
        }
        self.rollbacks = len(ids)
        return [row for row in self.retries if row[3] in ids]

    def of_strangers(self, account):
        known = {(p, row["pipelineExecutionId"]) for p, rows in account.items() for row in rows}
        return [row for row in self.retries if (row[1], row[3]) not in known]

    def twice(self):
        """Outcomes said again, but for those whose storing a kill may have prevented."""
        faults, self.excused, self.unstored = [], 0, 0
        for key, entries in self.by_episode(OUTCOMES).items():
            entries.sort(key=lambda e: e["TIMESTAMP"])
            for first, again in zip(entries, entries[1:]):
                same = first["LOG"] == again["LOG"]
                if not same and self.was_killed(first, AFTER_KILL):
                    self.excused += 1
                elif not same and self.was_killed_unstored(first):
                    self.unstored += 1
                else:
                    faults.append(f"{key}: {brief(first)} and again {brief(again)}")
        return faults

    def was_killed(self, entry, within):
        said = stamp(entry["TIMESTAMP"])
        return any(said <= kill <= said + within for kill in self.chaos.kills)

    def was_killed_unstored(self, entry):
        """Whether the disk was full, and the kill came before the ledger took writes again."""
        said = stamp(entry["TIMESTAMP"])
        return any(
            start - 1 <= said <= end and self.was_killed(entry, end + AFTER_FULL - said)
            for start, end in self.chaos.disk.spans
        ) and not any(
            stamp(again["TIMESTAMP"]) >= said and again["LOG"] == entry["LOG"]
            for again in self.ledger_recoveries()
        )

    def ledger_recoveries(self):
        return [e for e in self.by_event("target_recovered") if "ledger" in e["MESSAGE"]]

    def slowest_recovery(self):
        """From the end of a full disk to the entry that the ledger takes writes again."""
        waits = [0.0]
        for entry in self.ledger_recoveries():
            ends = [end for _, end in self.chaos.disk.spans if end <= stamp(entry["TIMESTAMP"])]
            if ends:
                waits.append(stamp(entry["TIMESTAMP"]) - max(ends))
        return max(waits)

    def by_event(self, event):
        return [e for e in self.entries if e.get("RETRYD_EVENT") == event]

    def without_outcome(self, episodes):
        """Failed stages that the daemon spoke of and neither ended nor still holds.

        But for those that a kill can explain: the daemon forgot what a full disk did not take,
        or was killed right after it spoke.
        """
        held = {(e.get("pipeline"), e.get("stage"), e.get("execution_id")) for e in episodes}
        ended = set(self.by_episode(OUTCOMES))
        lasts = {
            key: max(entries, key=lambda e: e["TIMESTAMP"])
            for key, entries in self.by_episode(EPISODE).items()
            if key not in ended and key not in held
        }
        return [
            f"{key}: last {brief(last)}"
            for key, last in lasts.items()
            if not self.was_killed(last, AFTER_KILL) and not self.was_killed_unstored(last)
        ]

    def ledger_refusals(self):
        return [e for e in self.entries if e.get("RETRYD_REASON") == "ledger_unavailable"]


def brief(entry):
    names = ("TIMESTAMP", "RETRYD_EVENT", "RETRYD_REASON", "RETRYD_RETRY", "LOG")
    return " ".join(str(entry[name]) for name in names if name in entry)
