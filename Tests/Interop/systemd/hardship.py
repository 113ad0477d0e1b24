"""Chapters of the proof in which the daemon is treated badly: floods, abuse, disks that hang."""

import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import time

from lab import (
    CONFIG,
    STATE,
    UNIT,
    Simulator,
    configure,
    drop_in,
    main_pid,
    resident_kib,
    run,
    unit,
    until,
)

FLOOD = 8706
CONTROL = "/run/pipeline-retryd/control.sock"
# journald's own entry: "Suppressed N messages from UNIT".
SUPPRESSED = "MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e"
OUTCOMES = {"recovered", "exhausted", "not_retried", "superseded", "removed"}


SCENARIO = """
account: "111122223333"
region: eu-west-1
credentials:
  - { access_key_id: AKIDPROOF, secret_access_key: proof-secret }
pipelines:
  - name: many-0
    starts: [3000ms]
    stages:
      - name: Source
        actions:
          - { name: Checkout, category: Source, attempts: [{ result: succeed, after: 100ms }] }
      - name: Build
        actions:
          - name: Compile
            attempts:
              - { result: fail, after: 200ms, message: no luck }
              - { result: succeed, after: 200ms }
"""


def write_scenario(path):
    """A thousand pipelines that fail within one second."""
    head, first = SCENARIO.split("pipelines:\n")
    # Written out: what aliases stand for is bounded.
    more = [first.replace("many-0", f"many-{n}").replace("3000ms", f"{3000 + n}ms")
            for n in range(1000)]
    path.write_text(head + "pipelines:\n" + "".join(more), encoding="ascii")


def flood(checks, journal, work):
    """A thousand pipelines at once: every outcome is in the journal, and nothing stands still."""
    checks.chapter("1,000 pipelines fail at once")
    write_scenario(work / "flood.yaml")
    simulator = Simulator(work, "flood", FLOOD)
    configure(simulator.endpoint, policy="    rules: [{ name: all, when: { contains: no luck } }]\n",
              interval="3s", rate=1000)
    journal.mark()
    run("systemctl", "restart", UNIT)
    pid = main_pid()
    began = time.monotonic()
    matches = [f"_SYSTEMD_UNIT={UNIT}"] + [f"RETRYD_OUTCOME={outcome}" for outcome in OUTCOMES]
    until(lambda: len(journal.entries(*matches)) >= 1000, 120, 1)
    took = time.monotonic() - began
    ends = [(e["RETRYD_PIPELINE"], e["RETRYD_OUTCOME"]) for e in journal.entries(*matches)]
    checks.that("every pipeline has one outcome in the journal",
                len(ends) == 1000 and len({name for name, _ in ends}) == 1000, len(ends))
    kinds = {outcome for _, outcome in ends}
    checks.that("each recovered", kinds == {"recovered"}, kinds)
    sent = sum(words[1] == "RetryStageExecution" and words[4] == "ok" for words in simulator.log())
    checks.that("by 1,000 retries", sent == 1000, sent)
    run("systemctl", "reload", UNIT)
    suppressed = journal.entries(SUPPRESSED, f"UNIT={UNIT}") + journal.entries(
        SUPPRESSED, f"OBJECT_SYSTEMD_UNIT={UNIT}")
    checks.that("journald had to suppress nothing of it", not suppressed, suppressed)
    seen = (main_pid(), unit("NRestarts"))
    checks.that("no watchdog, no restart", seen == (pid, "0"), seen)
    entries = journal.entries(f"_SYSTEMD_UNIT={UNIT}")
    left_out = sum(int(e["RETRYD_DROPPED"]) for e in journal.events("entries_dropped"))
    checks.fact("until the last outcome", f"{took:.0f} s, {len(entries)} entries, {left_out} left out")
    checks.fact("resident after it", f"{resident_kib(main_pid())} KiB")
    run("systemctl", "stop", UNIT)
    simulator.stop()


def connect():
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(8)
    client.connect(CONTROL)
    return client


def ask(payload, length=None):
    """What a client that sends these bytes reads until the end; a reset is an end too."""
    with connect() as client:
        try:
            client.sendall(struct.pack("!I", len(payload) if length is None else length) + payload)
            answer = b""
            while chunk := client.recv(65536):
                answer += chunk
            return answer
        except (ConnectionError, TimeoutError) as end:
            return type(end).__name__.encode("ascii")


def is_well():
    """Whether the daemon answers `status` at once, and how long it took."""
    began = time.monotonic()
    status, _ = run("pipeline-retryd", "status", limit=10)
    took = time.monotonic() - began
    return status == 0 and took < 2, took


def abuse(checks):
    """What a member of the group may send by mistake or on purpose."""
    checks.chapter("the control socket under abuse")
    pid = main_pid()
    mode = run("stat", "-c", "%a %U:%G", CONTROL)[1]
    checks.that("it is 0660, the service's", mode == "660 pipeline-retryd:pipeline-retryd", mode)
    bodies = {
        "no JSON": b"\xff\x00 nonsense", "JSON of another kind": b"[1, 2, 3]",
        "an unknown question": b'{"question": "destroy"}', "nothing": b"",
        "deep nesting": b"[" * 60000,
    }
    for name, body in bodies.items():
        answer = ask(body)
        refused = b'"done"' not in answer
        checks.that(f"{name} is refused, and the next is answered", refused and is_well()[0], answer)
    answer = ask(b"x", length=0xFFFFFFFF)
    checks.that("a length of 4 GiB is refused", len(answer) < 4096 and is_well()[0], answer[:200])

    silent = []
    while len(silent) < 100:
        try:
            silent.append(connect())
        except BlockingIOError:
            # The kernel's queue is full; the daemon makes room in it.
            time.sleep(0.05)
        else:
            if len(silent) % 2:
                silent[-1].sendall(b"\x00\x00")
    holds, took = is_well()
    checks.that("a hundred clients that say nothing keep nobody out", holds, took)
    for client in silent:
        client.close()
    askers = [subprocess.Popen(["pipeline-retryd", "status", "--json"], stdout=subprocess.DEVNULL)
              for _ in range(100)]
    statuses = {asker.wait(timeout=60) for asker in askers}
    checks.that("a hundred questions at once are all answered", statuses == {0}, statuses)
    seen = (main_pid(), unit("NRestarts"))
    checks.that("the daemon is the same", seen[0] == pid, seen)
    checks.fact("resident after it", f"{resident_kib(pid)} KiB")


def pauses(checks, journal):
    """A pause by a member of the group: said with the uid, kept through a restart, lifted."""
    checks.chapter("pauses")
    user = run("id", "-u", "pipeline-retryd")[1]
    member = ["setpriv", "--reuid=pipeline-retryd", "--regid=pipeline-retryd", "--clear-groups"]
    journal.mark()
    status, said = run(*member, "pipeline-retryd", "pause", "--pipeline", "heals", "--for", "1h",
                       "--reason", "being looked at")
    checks.that("the service's group may pause", status == 0, said)
    message = (journal.wait("paused", 5) or {}).get("MESSAGE", "")
    checks.that("the journal has the uid that asked, and why",
                f"by uid {user} until" in message and "being looked at" in message, message)
    text = until(lambda: "paused" in unit("StatusText") and unit("StatusText"), 8)
    checks.that("the status line says it", text, unit("StatusText"))
    run("systemctl", "restart", UNIT)
    found = json.loads(run("pipeline-retryd", "status", "--json")[1]).get("pauses", [])
    seen = [(p.get("pipeline"), str(p.get("uid")), p.get("reason")) for p in found]
    checks.that("it survives a restart", seen == [("heals", user, "being looked at")], seen)
    status, said = run("pipeline-retryd", "resume", "--pipeline", "heals")
    message = (journal.wait("resumed", 5) or {}).get("MESSAGE", "")
    checks.that("resume is journaled with its uid too", "by uid 0" in message, f"{said} {message}")


class StalledDisk:
    """A second instance of the unit, whose disk hangs while the other chapters go on.

    The ledger may stand still for 90 s; so this begins early and is looked at late.
    """

    NAME = "retryd-stalled"
    UNIT = f"{NAME}.service"
    STATE = pathlib.Path(f"/var/lib/{NAME}")

    def __init__(self, checks, journal, work):
        self.checks = checks
        self.journal = journal
        self.disk = work / "stalled"
        self.is_frozen = False

    def begin(self, simulator):
        self.checks.chapter("a disk that hangs, beside the rest")
        if not os.path.ismount(self.disk):
            self.checks.skip("a disk that hangs", "this host gives no loop device")
            return
        self.STATE.mkdir(mode=0o750)
        status, said = run("mount", "--bind", str(self.disk), str(self.STATE))
        run("chown", "pipeline-retryd:", str(self.STATE))
        self.make_unit()
        configure(simulator.endpoint)
        shutil.copy(CONFIG, CONFIG.parent / "stalled.yaml")
        shutil.chown(CONFIG.parent / "stalled.yaml", group="pipeline-retryd")
        if status == 0:
            status, said = run("systemctl", "start", self.UNIT)
        self.checks.that("a second instance of the unit runs on its own disk", status == 0, said)
        status, said = run("fsfreeze", "--freeze", str(self.STATE))
        self.is_frozen = self.checks.that("the disk is frozen", status == 0, said)
        # A write to the ledger, which does not come back; so neither does this command.
        pause = ["pipeline-retryd", "pause", "--for", "1h", "--reason", "to write something"]
        run("env", f"RUNTIME_DIRECTORY=/run/{self.NAME}", *pause, limit=1)

    def make_unit(self):
        text = pathlib.Path(unit("FragmentPath")).read_text(encoding="utf-8")
        for key in ("StateDirectory", "RuntimeDirectory"):
            text = text.replace(f"{key}=pipeline-retryd", f"{key}={self.NAME}")
        text = text.replace("config.yaml", "stalled.yaml").replace("WatchdogSec=60s", "WatchdogSec=20s")
        path = pathlib.Path(f"/run/systemd/system/{self.UNIT}")
        path.write_text(text, encoding="utf-8")
        folder = path.with_name(path.name + ".d")
        folder.mkdir()
        shutil.copy(f"/run/systemd/system/{UNIT}.d/proof.conf", folder)
        run("systemctl", "daemon-reload")

    def of(self, name):
        return run("systemctl", "show", "-p", name, "--value", self.UNIT)[1]

    def end(self):
        """The watchdog's doing, and its cause in the status line and in the manager's own words."""
        if not self.is_frozen:
            return
        self.checks.chapter("the disk that hangs")
        said = until(self.requests, 150, 1)
        self.checks.that("the daemon triggers the watchdog itself and names the part that stands still",
                         said and re.search(r"Stalled: ledger \d+s \(limit 90s\)", said[0]), said)
        status, said = run("fsfreeze", "--unfreeze", str(self.STATE))
        self.checks.that("the disk moves again", status == 0, said)
        # What hung in the disk may have been waited for in vain meanwhile.
        back = until(lambda: self.of("ActiveState") == "active" and self.of("NRestarts") != "0", 60)
        self.checks.that("and systemd starts the service again", back, self.of("ActiveState"))
        run("systemctl", "stop", self.UNIT)
        run("umount", str(self.STATE))

    @classmethod
    def release(cls):
        """Lets the disk go whatever happened; nothing that waits for it could end."""
        if os.path.ismount(cls.STATE):
            run("fsfreeze", "--unfreeze", str(cls.STATE))

    def requests(self):
        entries = self.journal.entries(f"UNIT={self.UNIT}")
        return [e["MESSAGE"] for e in entries if "Watchdog request" in str(e.get("MESSAGE"))]


def slow_start(checks, endpoint):
    """A ledger that takes longer to bring to the newest format than the start may take."""
    checks.chapter("a large ledger")
    configure(endpoint)
    run("systemctl", "restart", UNIT)
    run("systemctl", "stop", UNIT)
    grow(STATE / "ledger.sqlite", 200_000)
    to_first_format(STATE / "ledger.sqlite")
    size = (STATE / "ledger.sqlite").stat().st_size
    drop_in("WatchdogSec=3s", "RestartSec=1s", "TimeoutStartSec=400ms")
    began = time.monotonic()
    _, said = run("systemctl", "start", "--no-block", UNIT)
    seen = until(lambda: "reading the ledger" in unit("StatusText"), 5, 0.02)
    checks.that("meanwhile the status line says what it does", seen, unit("StatusText"))
    active = until(lambda: unit("ActiveState") in ("active", "failed"), 60, 0.02)
    took = time.monotonic() - began
    checks.that("it starts, although that takes longer than TimeoutStartSec=",
                active and unit("ActiveState") == "active" and took > 0.5,
                f"{took:.2f} s, {unit('ActiveState')}, {unit('Result')}: {said}")
    checks.that("at the first attempt", unit("NRestarts") == "0", unit("NRestarts"))
    checks.fact("ledger", f"200,000 episodes of the first format, {size >> 20} MiB, {took:.1f} s to READY (limit 0.4 s)")
    checks.fact("resident with it", f"{resident_kib(main_pid())} KiB")
    run("systemctl", "stop", UNIT)
    shutil.rmtree(STATE)
    drop_in("WatchdogSec=3s", "RestartSec=1s")


EPISODE = """INSERT INTO episodes (target, pipeline, stage, execution, first_failure, first_seen,
    foreign_retries, known_manual_retries, late_retries, same_error_run, last_fingerprint, outcome,
    ended_at) VALUES (?, ?, ?, ?, ?, ?, 0, 1, 0, 0, ?, 'recovered', ?)"""
INTENT = """INSERT INTO intents (target, pipeline, stage, execution, sequence, number, policy, rule,
    mode, before_manual_retries, before_action_executions, before_status_change, recorded_at, state)
    VALUES (?, ?, ?, ?, 1, 1, 'default', 'all', 'FAILED_ACTIONS', 0, ?, ?, ?, 'effective')"""


def grow(path, rows, with_intents=False):
    """Adds episodes that ended just now; the daemon keeps those for 30 days."""
    now = int(time.time() * 1000)
    ids = [f"{n:08x}-0000-4000-8000-{n:012x}" for n in range(rows)]
    keys = [("default", f"old-{n % 500}", "Build", ids[n]) for n in range(rows)]
    with sqlite3.connect(path) as ledger:
        error = "JobFailed: no luck " * 8
        ledger.executemany(EPISODE, ((*key, now, now, error, now + n % 9) for n, key in enumerate(keys)))
        if with_intents:
            ledger.executemany(INTENT, ((*key, f"{key[3]}\n", now, now) for key in keys))
        ledger.execute("UPDATE totals SET ended = ended + ?", (rows,))
    ledger.close()


# What each later format added, newest first: the schema's steps backwards.
ADDED = (
    (7, ["DROP INDEX recent_intents",
         *(f"ALTER TABLE intents DROP COLUMN {name}" for name in ("cost_minutes", "cost_price")),
         "CREATE INDEX recent_intents ON intents (recorded_at, policy)"]),
    (6, [f"DROP TABLE {name}" for name in ("failures", "executions", "pipelines")]
     + [f"DROP INDEX attempts_by_{name}" for name in ("cause", "error", "rule")]),
    (5, [f"DROP TABLE {name}" for name in ("attempts", "actions", "retry_sums", "imports", "history")]),
    (4, ["DROP TABLE causes"]),
    (3, ["ALTER TABLE episodes DROP COLUMN parallel"]),
    (2, [*(f"DROP INDEX {name}" for name in
           ("open_episodes", "ended_episodes", "newest_episodes", "recent_intents")),
         "DROP TABLE totals", "ALTER TABLE episodes DROP COLUMN newest"]),
)


def to_first_format(path):
    """Makes the ledger one of the first format.

    A start only reads what is open, whatever the number of rows; to bring a large file to the newest
    format takes a while.
    """
    with sqlite3.connect(path) as ledger:
        version, = ledger.execute("PRAGMA user_version").fetchone()
        if version != ADDED[0][0]:
            raise SystemExit(f"the ledger has format {version}: say above what it added to the one before")
        for number, statements in ADDED:
            for statement in statements:
                ledger.execute(statement)
        ledger.execute("PRAGMA user_version = 1")
    ledger.close()


class HeldByKernel:
    """Holds what the manager starts meanwhile to a limit of memory, where the unit's own is not.

    A host with version 1 of control groups gives a booted systemd no memory controller, so that
    MemoryMax= is only written down; its old controller can be asked directly.
    """

    def __init__(self, limit):
        self.limit = limit
        self.mount = pathlib.Path("/run/proof-memory")
        self.group = self.mount / f"retryd-proof-{os.getpid()}-{time.time_ns()}"
        self.is_held = False

    def __enter__(self):
        self.mount.mkdir(exist_ok=True)
        if run("mount", "-t", "cgroup", "-o", "memory", "memory", str(self.mount))[0] == 0:
            self.group.mkdir()
            (self.group / "memory.limit_in_bytes").write_text(str(self.limit), encoding="ascii")
            # The manager itself, since only so are its children in it from their first page on.
            (self.group / "cgroup.procs").write_text("1", encoding="ascii")
            self.is_held = True
        return self

    def peak(self):
        return int((self.group / "memory.max_usage_in_bytes").read_text(encoding="ascii"))

    def __exit__(self, *_):
        if not self.is_held:
            return
        for pid in (self.group / "cgroup.procs").read_text(encoding="ascii").split():
            (self.mount / "cgroup.procs").write_text(pid, encoding="ascii")
        self.group.rmdir()
        run("umount", str(self.mount))


def peak_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def many_ended(checks, endpoint):
    """A ledger with as many retried episodes as a large fleet has in 30 days."""
    rows = 100_000
    checks.chapter(f"{rows:,} ended episodes, each with a retry")
    configure(endpoint)
    run("systemctl", "restart", UNIT)
    run("systemctl", "stop", UNIT)
    grow(STATE / "ledger.sqlite", rows, with_intents=True)
    size = (STATE / "ledger.sqlite").stat().st_size
    high, most = (int(unit(name)) for name in ("MemoryHigh", "MemoryMax"))
    own = pathlib.Path(f"/sys/fs/cgroup{unit('ControlGroup')}/memory.max")
    began = time.monotonic()
    with HeldByKernel(most) as held:
        status, said = run("systemctl", "start", UNIT, limit=120)
        took = time.monotonic() - began
        seen = (status, unit("ActiveState"), unit("Result"), unit("NRestarts"))
        checks.that("it starts at the first attempt", seen == (0, "active", "success", "0"),
                    f"{seen}: {said}")
        if held.is_held:
            checks.fact("held to MemoryMax= with its manager, by version 1", f"{held.peak() >> 20} MiB at most")
        elif not own.exists():
            checks.skip("the kernel holds MemoryMax=", "this host gives no such controller")
        pid = main_pid()
        # The first looks and the tidying up after the start are part of it.
        time.sleep(5)
        seen = (main_pid(), unit("NRestarts"))
        is_same = checks.that("and is not ended for its memory", pid and seen == (pid, "0"), seen)
        peak = peak_kib(pid) if is_same else 0
        checks.that("it never takes more than MemoryHigh=", 0 < peak < high >> 10, f"{peak} KiB")
    checks.fact("ledger", f"{size >> 20} MiB, {took:.1f} s to READY")
    resident = resident_kib(pid) if is_same else 0
    checks.fact("resident with it", f"{resident} KiB, {peak} KiB at most")
    run("systemctl", "stop", UNIT)
    shutil.rmtree(STATE)


def ends(checks, journal):
    """Statuses that only a person can mend, and text on stderr."""
    checks.chapter("exit statuses and stderr")
    seen = unit("RestartPreventExitStatus")
    checks.that("64, 77 and 78 prevent a restart", seen == "64 77 78", seen)
    program = "/usr/bin/pipeline-retryd"
    drop_in("RestartSec=100ms", "ExecStart=", f"ExecStart={program} run --nonsense")
    journal.mark()
    run("systemctl", "reset-failed", UNIT)
    status, _ = run("systemctl", "start", UNIT)
    time.sleep(1)
    seen = (status != 0, unit("ExecMainStatus"), unit("NRestarts"))
    checks.that("a wrong command line ends with 64, once", seen == (True, "64", "0"), seen)
    entries = journal.entries(f"_SYSTEMD_UNIT={UNIT}", "_TRANSPORT=stdout")
    levels = {e["PRIORITY"] for e in entries}
    checks.that("what it writes to stderr is an error in the journal", levels == {"3"}, entries)
    names = {e["SYSLOG_IDENTIFIER"] for e in entries}
    checks.that("under the daemon's name", names == {"pipeline-retryd"}, names)
    configure("http://127.0.0.1:9")
    # systemd gives a state directory of another owner to the service, with all that is in it.
    closed = STATE / "closed"
    STATE.mkdir(mode=0o750, exist_ok=True)
    shutil.chown(STATE, "pipeline-retryd", "pipeline-retryd")
    closed.mkdir(mode=0o700)
    drop_in("RestartSec=100ms", f"Environment=RUNTIME_DIRECTORY={closed}")
    run("systemctl", "reset-failed", UNIT)
    status, said = run("systemctl", "start", UNIT)
    time.sleep(1)
    seen = (status != 0, unit("ExecMainStatus"), unit("NRestarts"))
    checks.that("a socket's place that is not permitted: 77, once", seen == (True, "77", "0"),
                f"{seen}: {said}")
    closed.rmdir()
    drop_in("WatchdogSec=3s", "RestartSec=1s")
    run("systemctl", "reset-failed", UNIT)


def limits(checks):
    """The unit's limits as the kernel has them, where the host gives the controllers."""
    seen = {name: unit(name) for name in ("MemoryHigh", "MemoryMax", "TasksMax", "LimitNOFILE")}
    wanted = {"MemoryHigh": 192 << 20, "MemoryMax": 256 << 20, "TasksMax": 64, "LimitNOFILE": 4096}
    checks.that("its limits are those of the unit",
                seen == {name: str(value) for name, value in wanted.items()}, seen)
    group = pathlib.Path(f"/sys/fs/cgroup{unit('ControlGroup')}")
    for name, value in [("memory.high", 192 << 20), ("memory.max", 256 << 20), ("pids.max", 64)]:
        file = group / name
        if file.exists():
            text = file.read_text(encoding="ascii").strip()
            checks.that(f"the kernel holds {name}", text == str(value), text)
        else:
            checks.skip(f"the kernel holds {name}", "this host gives no such controller")

