"""What the proof under a real systemd is made of: commands, the journal, the simulator, checks."""

import json
import os
import pathlib
import signal
import subprocess
import time

UNIT = "pipeline-retryd.service"
CONFIG = pathlib.Path("/etc/pipeline-retryd/config.yaml")
KEYS = pathlib.Path("/etc/pipeline-retryd/credentials")
STATE = pathlib.Path("/var/lib/pipeline-retryd")
DROP_IN = pathlib.Path(f"/run/systemd/system/{UNIT}.d/proof.conf")


class Checks:
    """Named checks; each is a line, the last line counts them."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0

    def chapter(self, title):
        print(f"-- {title}", flush=True)

    def that(self, name, holds, seen=""):
        """Prints PASS or FAIL; of a failure also what was seen instead."""
        if holds:
            self.passed += 1
            print(f"PASS {name}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL {name}: {seen}", flush=True)
        return bool(holds)

    def skip(self, name, why):
        """Says what could not be looked at here; it is counted too."""
        self.skipped += 1
        print(f"SKIPPED {name}: {why}", flush=True)

    def fact(self, name, value):
        print(f"     {name}: {value}", flush=True)


def run(*command, limit=60):
    """(status, output and errors) of a command; a time-out counts as status 124."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return 124, f"no end within {limit} s: {late.output}"
    return done.returncode, done.stdout.strip()


def unit(name):
    """A property of the unit, as text."""
    return run("systemctl", "show", "-p", name, "--value", UNIT)[1]


def main_pid():
    return int(unit("MainPID") or 0)


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def until(condition, limit=30.0, every=0.1):
    """Waits for what condition gives to be true, and gives it; else its last, false, value."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(every)


class Journal:
    """The unit's entries from the moment of construction or of the last mark()."""

    def __init__(self):
        self.since = 0
        self.mark()

    def mark(self):
        self.since = time.time_ns() // 1000

    def entries(self, *matches):
        """Oldest first; `matches` as journalctl takes them."""
        found = subprocess.run(
            ["journalctl", "-q", "-o", "json", "--all", *matches],
            capture_output=True,
            text=True,
            check=False,
        )
        entries = [json.loads(line) for line in found.stdout.splitlines()]
        return [e for e in entries if int(e["__REALTIME_TIMESTAMP"]) >= self.since]

    def events(self, event, **fields):
        """The daemon's entries of one event; fields without their prefix."""
        matches = [f"RETRYD_{name.upper()}={value}" for name, value in fields.items()]
        return self.entries(f"_SYSTEMD_UNIT={UNIT}", f"RETRYD_EVENT={event}", *matches)

    def wait(self, event, limit=30.0, **fields):
        """The first such entry, or None after the limit."""
        found = until(lambda: self.events(event, **fields), limit)
        return found[0] if found else None


class Simulator:
    """A simulated CodePipeline with one scenario."""

    def __init__(self, work, scenario, port, *options):
        said_to = work / f"simulator-{port}"
        self.calls = work / f"calls-{port}"
        self.endpoint = f"http://127.0.0.1:{port}"
        environment = dict(os.environ, LD_LIBRARY_PATH=str(work / "lib"))
        command = [work / "codepipeline-simulator", "--scenario", work / f"{scenario}.yaml"]
        command += ["--port", str(port), "--log", self.calls, *options]
        # Bounded, whatever becomes of this program: PID 1 of the namespaces ends with it.
        with open(said_to, "wb") as said:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            )
        if not until(lambda: b"listening on" in said_to.read_bytes()):
            raise SystemExit(said_to.read_text(encoding="utf-8"))

    def log(self):
        """The calls by the service's own log: time, operation, pipeline, stage, result ..."""
        lines = self.calls.read_text(encoding="utf-8").splitlines()
        return [words for words in map(str.split, lines) if len(words) > 4]

    def retries(self, pipeline):
        """How often a retry of the pipeline was executed."""
        wanted = ["RetryStageExecution", pipeline]
        return sum(words[1:3] == wanted and words[4] == "ok" for words in self.log())

    def answered(self, operation):
        """How many calls of an operation succeeded."""
        return sum(words[1] == operation and words[4] == "ok" for words in self.log())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


def configure(endpoint, extra="", policy="", interval="1s", rate=40):
    """Writes a config file in place, so that its owner and mode stay."""
    CONFIG.write_text(
        f"""
aws:
  region: eu-west-1
  endpoint_url: {endpoint}
poll: {{ interval: {interval}, active_interval: 1s, max_rate: {rate} }}
policies:
  default:
    max_retries: 3
    backoff: {{ kind: fixed, initial: 2s, min: 1s, jitter: none }}
{policy}
pipelines:
  - match: "*"
{extra}
""",
        encoding="utf-8",
    )


def write_keys(key, secret, token=""):
    """The credentials file, readable by the service's user alone; replaced in one step."""
    text = f"[default]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
    if token:
        text += f"aws_session_token = {token}\n"
    fresh = KEYS.with_suffix(".new")
    fresh.write_text(text, encoding="ascii")
    fresh.chmod(0o600)
    run("chown", "pipeline-retryd:", str(fresh))
    fresh.rename(KEYS)


def drop_in(*lines):
    """What the proof changes in the unit: the keys' place, and shorter times."""
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    text = "[Service]\nEnvironment=AWS_EC2_METADATA_DISABLED=true\n"
    text += f"Environment=AWS_SHARED_CREDENTIALS_FILE={KEYS}\n" + "".join(f"{x}\n" for x in lines)
    DROP_IN.write_text(text, encoding="ascii")
    run("systemctl", "daemon-reload")
