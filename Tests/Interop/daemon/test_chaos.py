#!/usr/bin/env python3
"""Live chaos: the built daemon and the built simulator in real time, among kills and faults.

While pipelines keep failing behind a network that loses and garbles answers, the daemon is
killed (-9, often just after it called), raced by second instances, reloaded, stopped and
continued, and its disk is filled. Then the simulator's own log of calls, and its account, say
whether the daemon kept its promises: never more retries than the policy allows, never one of an
approval or a rollback, at most one outcome for each failed stage.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables; CHAOS_SECONDS, default 120;
CHAOS_SEED, printed, so that the same scenario and the same order of troubles can be had again;
CHAOS_KEEP, a folder where the logs are put; CHAOS_DISK, the size of the disk, default 8m.
Needs nothing but Python. The full disk is a small tmpfs in a mount namespace of its own, for
which `unshare -m` must be permitted. Ends with `N passed, N failed`; exit status 1 when anything
failed.
"""

import collections
import datetime
import errno
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import chaos_scenario
from chaos_findings import OUTCOMES, Findings
from lab import DAEMON, KEYS, SIMULATOR, World, wait_for

SECONDS = float(os.environ.get("CHAOS_SECONDS", "120"))
SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(1, 1 << 31))
MARK = "CHAOS_MOUNTS"
# How long after a reload a retry may still come that the older file allowed: a call under way,
# of a client that waits and sends again.
OLD_FILE = 45.0
CALM = 20.0


def enter_mounts():
    """Runs this program again where it may mount a tmpfs that ends with it; else goes on."""
    if os.environ.get(MARK):
        return os.environ[MARK] == "yes"
    ways = [["unshare", "-m"]] if os.geteuid() == 0 else [["unshare", "-rm"]]
    trial = (
        'd=$(mktemp -d) && mount -t tmpfs -o size=2m tmpfs "$d"; s=$?; '
        'umount "$d"; rmdir "$d"; exit $s'
    )
    for way in ways:
        try:
            done = subprocess.run([*way, "sh", "-c", trial], capture_output=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            os.environ[MARK] = "yes"
            os.execvp(way[0], [*way, sys.executable, os.path.abspath(__file__), *sys.argv[1:]])
    os.environ[MARK] = "no"
    return False


def signed_call(port, operation, value):
    """A call of the simulator with Signature Version 4; repeated, since faults strike it too."""
    body = json.dumps(value).encode()
    trouble = None
    for _ in range(30):
        now = datetime.datetime.now(datetime.timezone.utc)
        date, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
        headers = {
            "content-type": "application/x-amz-json-1.1",
            "host": f"127.0.0.1:{port}",
            "x-amz-date": date,
            "x-amz-target": f"CodePipeline_20150709.{operation}",
        }
        names = ";".join(headers)
        lines = "".join(f"{name}:{text}\n" for name, text in headers.items())
        canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{day}/eu-west-1/codepipeline/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        key = ("AWS4" + KEYS["AWS_SECRET_ACCESS_KEY"]).encode()
        for part in (*scope.split("/"), f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{digest}"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={KEYS['AWS_ACCESS_KEY_ID']}/{scope}, "
            f"SignedHeaders={names}, Signature={key.hex()}"
        )
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == 200:
                return json.loads(text)
            trouble = text[:300]
        except (OSError, http.client.HTTPException, ValueError) as error:
            trouble = error
        finally:
            connection.close()
    raise AssertionError(f"{operation}: no answer: {trouble}")


def executions(port, pipeline):
    """All executions of a pipeline, as the account knows them."""
    token, found = None, []
    while True:
        value = {"pipelineName": pipeline, **({"nextToken": token} if token else {})}
        answer = signed_call(port, "ListPipelineExecutions", value)
        found += answer["pipelineExecutionSummaries"]
        token = answer.get("nextToken")
        if not token:
            return found


class Disk:
    """The state directory's disk, which can be filled."""

    def __init__(self, folder, mounts):
        self.folder = folder
        self.filler = folder / "filler"
        self.is_full = False
        self.spans = []
        self.mounted = False
        folder.mkdir()
        if mounts:
            # The write-ahead log alone grows to 4 MiB before its pages go into the file; a disk
            # that the ledger itself fills for good would hide what a passing trouble does.
            size = f"size={os.environ.get('CHAOS_DISK', '8m')},mode=0700"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
            self.mounted = True

    def fill(self):
        if not self.is_full:
            self.spans.append([time.time(), float("inf")])
        self.is_full = True
        self.top_up()

    def top_up(self):
        """Takes what is left, and what the daemon gave back."""
        descriptor = os.open(self.filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            for size in (65536, 4096, 1):
                try:
                    while os.write(descriptor, bytes(size)):
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
        finally:
            os.close(descriptor)

    def free(self):
        if self.is_full:
            self.filler.unlink()
            self.is_full = False
            self.spans[-1][1] = time.time()

    def close(self):
        if self.mounted:
            self.free()
            subprocess.run(["umount", "-l", str(self.folder)], check=False)
            self.mounted = False


class Chaos:
    """The troubles, and the notes on what was done when."""

    TROUBLES = (
        ["kill"] * 2 + ["kill_at_call"] * 2 + ["race"] + ["second"] * 2 + ["fill"] * 2
        + ["reload"] * 2 + ["pause_daemon"] * 2 + ["pause_simulator"]
    )

    def __init__(self, world, disk):
        self.world = world
        self.disk = disk
        self.chance = random.Random(SEED)
        self.counts = collections.Counter()
        self.kills = []
        self.killed_logs = set()
        self.bounds = []
        self.faults = []
        self.agenda = []
        self.calls = world.folder / "calls.log"
        self.daemon = self.simulator = None
        self.log = ""
        self.human_retries = 0

    # Starting.

    def begin(self):
        world = self.world
        scenario = chaos_scenario.scenario(KEYS, SECONDS, self.chance)
        path = world.folder / "scenario.yaml"
        path.write_text(json.dumps(scenario, indent=1))
        self.human_retries = sum(
            event["do"] == "retry"
            for pipeline in scenario["pipelines"]
            for event in pipeline.get("events", [])
        )
        self.simulator = world.start(
            [SIMULATOR, "--scenario", str(path), "--port", "0", "--log", str(self.calls)],
            "simulator.log",
        )
        said = wait_for(
            "the simulator listens",
            lambda: re.search(r"listening on http://127.0.0.1:(\d+)", world.text("simulator.log")),
            60,
        )
        world.port = int(said[1])
        self.configure(2)
        self.start_daemon()

    def configure(self, retries):
        temporary = self.world.folder / "config.new"
        temporary.write_text(chaos_scenario.config(self.world.port, retries))
        self.bounds.append((time.time(), retries))
        temporary.replace(self.world.config)

    def start_daemon(self):
        self.daemon = self.world.daemon()
        self.log = f"daemon-{self.world.daemons}.log"

    def is_up(self):
        return '"RETRYD_EVENT":"started"' in self.world.text(self.log).replace('": "', '":"')

    def bound(self, moment):
        """The largest max_retries in force at a moment, or shortly before."""
        largest = 0
        for index, (since, value) in enumerate(self.bounds):
            last = index + 1 == len(self.bounds)
            until = float("inf") if last else self.bounds[index + 1][0]
            if since <= moment and until >= moment - OLD_FILE:
                largest = max(largest, value)
        return largest

    # The loop.

    def run(self):
        end = time.monotonic() + SECONDS
        self.idle(4)
        deck = []
        while time.monotonic() < end:
            if not deck:
                deck = list(self.TROUBLES)
                self.chance.shuffle(deck)
            trouble = deck.pop()
            if trouble == "fill" and not self.disk.mounted:
                continue
            getattr(self, trouble)()
            self.idle(self.chance.uniform(1.0, 4.0))

    def idle(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.tick()
            time.sleep(0.05)

    def tick(self):
        self.world.manager.notices().clear()
        now = time.monotonic()
        due = [entry for entry in self.agenda if entry[0] <= now]
        self.agenda = [entry for entry in self.agenda if entry[0] > now]
        for _, what in due:
            what()
        if self.disk.is_full:
            self.disk.top_up()
        status = self.daemon.poll()
        if status is not None:
            tail = self.world.text(self.log)[-1500:]
            self.faults.append(f"the daemon ended by itself, status {status} ({self.log}): {tail}")
            self.start_daemon()
        assert self.simulator.poll() is None, "the simulator ended"

    def later(self, seconds, what):
        self.agenda.append((time.monotonic() + seconds, what))

    # The troubles.

    def down(self):
        self.daemon.kill()
        self.daemon.wait()
        self.kills.append(time.time())
        self.killed_logs.add(self.log)
        self.counts["kills"] += 1

    def kill(self):
        self.down()
        time.sleep(self.chance.choice([0, 0, 0.5, 2]))
        self.start_daemon()

    def kill_at_call(self):
        """A kill between a call and its answer, or just after."""
        with open(self.calls, encoding="utf-8") as log:
            log.seek(0, os.SEEK_END)
            end = time.monotonic() + 4
            while time.monotonic() < end:
                if "RetryStageExecution" in log.read():
                    self.counts["kills just after a retry call"] += 1
                    break
                self.tick()
                time.sleep(0.002)
        time.sleep(self.chance.choice([0, 0, 0.01, 0.05]))
        self.down()
        self.start_daemon()

    def race(self):
        """Two instances are started at once; one must end with 75."""
        self.down()
        self.start_daemon()
        first, first_log = self.daemon, self.log
        self.start_daemon()
        second, second_log = self.daemon, self.log
        end = time.monotonic() + 40
        while first.poll() is None and second.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        if first.poll() is None:
            loser, status = second, second.poll()
            self.daemon, self.log = first, first_log
        else:
            loser, status = first, first.poll()
        self.counts["second instances"] += 1
        if status != 75:
            self.faults.append(f"two started at once: one ended with {status}, not 75")
            if status is None:
                loser.kill()
                loser.wait()

    def second(self):
        self.go_on(self.daemon)
        end = time.monotonic() + 40
        while not self.is_up() and time.monotonic() < end:
            self.tick()
            time.sleep(0.05)
        run = self.world.command(
            "run", "--config", str(self.world.config), "--log", "json"
        )
        self.counts["second instances"] += 1
        if run.returncode != 75:
            self.faults.append(f"a second instance ended with {run.returncode}: {run.stderr}")

    def fill(self):
        if not self.disk.is_full:
            self.disk.fill()
            self.counts["disk fills"] += 1
            self.later(self.chance.uniform(3, 8), self.disk.free)

    def reload(self):
        self.configure(self.chance.choice([1, 2, 2, 3]))
        self.counts["reloads"] += 1
        self.daemon.send_signal(signal.SIGHUP)

    def go_on(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)

    def pause_daemon(self):
        self.daemon.send_signal(signal.SIGSTOP)
        self.counts["daemon stopped"] += 1
        daemon = self.daemon
        self.later(1, lambda: self.go_on(daemon))

    def pause_simulator(self):
        self.simulator.send_signal(signal.SIGSTOP)
        self.counts["simulator stopped"] += 1
        self.later(2, lambda: self.go_on(self.simulator))

    # The end.

    def calm(self):
        for _, what in self.agenda:
            what()
        self.agenda = []
        self.disk.free()
        self.go_on(self.daemon)
        self.go_on(self.simulator)
        self.idle(CALM)

    def open_episodes(self):
        """What the daemon still holds, as `status` says."""
        answer = self.world.command("status", "--json")
        assert answer.returncode == 0, answer
        return json.loads(answer.stdout)["episodes"]

    def stop_daemon(self):
        self.daemon.send_signal(signal.SIGTERM)
        try:
            return self.daemon.wait(timeout=60)
        except subprocess.TimeoutExpired:
            return "none within 60 s"

    def stop_simulator(self):
        self.simulator.send_signal(signal.SIGTERM)
        self.simulator.wait(timeout=60)
        return re.search(
            r"served (\d+) calls, (\d+) of them RetryStageExecution; (\d+) retries took effect; "
            r"(\d+) faults played",
            self.world.text("simulator.log"),
        )


def too_few(counts, wanted):
    return [f"{name}: {counts[name]}, {n} wanted" for name, n in wanted.items() if counts[name] < n]


def judge(chaos, findings, episodes, account, status, served):
    counts = chaos.counts
    done = [row for row in findings.retries if row[-1]]
    counted = list(findings.counted())
    worst = max(counted, key=lambda row: row[1], default=(None, 0, 0, 0))
    check = findings.check
    check("retries within the policy's bound", findings.within_bounds())
    check("no retry where none is right", findings.forbidden())
    check("no retry of a rollback", findings.of_rollbacks(account))
    check("no retry of an execution that does not exist", findings.of_strangers(account))
    check("at most one outcome for each failed stage", findings.twice())
    open_ended = findings.without_outcome(episodes)
    # An entry may be lost between its storing and its writing.
    lost = len(open_ended) > 1 + counts["kills"] // 10
    check("an outcome for each failed stage, but for kills", open_ended if lost else [])
    check("the daemon lives, second instances end with 75", chaos.faults)
    check("no crash, no broken entry", findings.broken)
    check("SIGTERM ends it with 0", [] if status == 0 else [f"exit status {status}"])
    check("every line of the call log is understood", findings.unread)
    took = int(served[3]) if served else -1
    agrees = 0 <= took - len(done) <= chaos.human_retries
    check(
        "the call log agrees with the simulator's own count",
        [] if agrees else [f"{took}, of people {chaos.human_retries} at most, log {len(done)}"],
    )
    part = SECONDS / 120
    wanted = {
        "kills": 6 * part, "second instances": 3 * part, "reloads": 2 * part,
        "daemon stopped": 2 * part, "simulator stopped": 1 * part,
    }
    full = findings.ledger_refusals()
    counts["entries of a full disk"] = len(full)
    if chaos.disk.mounted:
        wanted |= {"disk fills": 2 * part, "entries of a full disk": 1 * part}
    counts["retries that took effect"] = len(done)
    counts["rollbacks"] = findings.rollbacks
    counts["unknown answers"] = sum(len(v) for v in findings.by_episode({"retry_unknown"}).values())
    wanted |= {"retries that took effect": 30 * part, "rollbacks": 2 * part, "unknown answers": 3}
    ended = findings.by_episode(OUTCOMES)
    names = collections.Counter(e["RETRYD_EVENT"] for es in ended.values() for e in es)
    check("enough happened to prove something", too_few(counts, wanted))
    rows = [
        ("seed", SEED),
        ("seconds of chaos, then of calm", f"{SECONDS:.0f}, {CALM:.0f}"),
        *sorted(counts.items()),
        ("calls served", served[1] if served else "?"),
        ("faults played", served[4] if served else "?"),
        ("  of kinds", " ".join(f"{k}={n}" for k, n in sorted(findings.kinds.items()))),
        ("retry calls", len(findings.retries)),
        ("episodes seen", len(findings.by_episode({"stage_failed"}))),
        ("episodes retried", len({row[1:4] for row in done})),
        ("episodes ended", len(ended)),
        ("  how", " ".join(f"{k}={n}" for k, n in sorted(names.items()))),
        ("  said again, killed at once", findings.excused),
        ("  said again, killed while the disk was full", findings.unstored),
        ("  without an outcome entry, unexplained", len(open_ended)),
        ("episodes open at the end", len(episodes)),
        ("slowest recovery from a full disk, s", f"{findings.slowest_recovery():.1f}"),
        ("worst retries per episode / bound then", f"{worst[1]} / {worst[2]}"),
    ]
    print("\n".join(f"  {name:40} {value}" for name, value in rows), flush=True)


def report(findings):
    failed = 0
    for title, faults in findings.results:
        print(f"{'FAIL' if faults else 'ok  '} {title}")
        failed += bool(faults)
        for fault in faults[:10]:
            print(f"       {fault}")
        if len(faults) > 10:
            print(f"       and {len(faults) - 10} more")
    print(f"{len(findings.results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def play(folder, mounts):
    world = World(folder)
    disk = Disk(folder / "state", mounts)
    chaos = Chaos(world, disk)
    try:
        chaos.begin()
        chaos.run()
        chaos.calm()
        episodes = chaos.open_episodes()
        status = chaos.stop_daemon()
        account = {name: executions(world.port, name) for name in chaos_scenario.PIPELINES}
        served = chaos.stop_simulator()
        notes = {"kills": chaos.kills, "bounds": chaos.bounds, "full": disk.spans}
        (folder / "notes.json").write_text(json.dumps(notes))
        findings = Findings(chaos)
        judge(chaos, findings, episodes, account, status, served)
        return report(findings)
    finally:
        for process in world.started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
        world.close()
        keep = os.environ.get("CHAOS_KEEP")
        if keep:
            shutil.copytree(
                folder,
                keep,
                dirs_exist_ok=True,
                ignore=shutil.ignore_patterns("notify", "*.sock", "filler"),
            )
        disk.close()


def main():
    if not DAEMON or not SIMULATOR:
        print("DAEMON_BIN and SIMULATOR_BIN must name the built executables")
        return 2
    mounts = enter_mounts()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"CHAOS_SEED={SEED} CHAOS_SECONDS={SECONDS:.0f}", flush=True)
    if not mounts:
        print(
            "SKIPPED: THE FULL DISK. No tmpfs can be mounted here; run as root, or where "
            "`unshare -rm` is permitted.",
            flush=True,
        )
    with tempfile.TemporaryDirectory(prefix="retryd-chaos-") as folder:
        return play(pathlib.Path(folder), mounts)


if __name__ == "__main__":
    sys.exit(main())
