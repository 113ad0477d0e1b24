"""What the tests of the daemon share: a folder, the two executables, and systemd's ear.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables.
"""

import ctypes
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

DAEMON = os.environ.get("DAEMON_BIN", "")
SIMULATOR = os.environ.get("SIMULATOR_BIN", "")
LIBC = ctypes.CDLL(None)
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDDAEMON", "AWS_SECRET_ACCESS_KEY": "daemon-secret"}

FAILING = """
credentials: [{ access_key_id: AKIDDAEMON, secret_access_key: daemon-secret }]
pipelines:
  - name: web
    starts: [0s]
    stages:
      - name: Source
        actions: [{ name: Checkout, category: Source, attempts: [{ result: succeed, after: 50ms }] }]
      - name: Deploy
        actions:
          - name: Ship
            category: Deploy
            attempts: [{ result: fail, after: 100ms, message: the queue is full }]
"""

CONFIG = """
aws: {{ region: eu-west-1, endpoint_url: "http://127.0.0.1:{port}" }}
poll: {{ interval: 1s, active_interval: 1s }}
policies:
  default:
    max_retries: {retries}
    backoff: {{ kind: fixed, initial: {wait}, min: 1s, max: 10m, jitter: none }}
pipelines: [{{ name: web }}]
"""


def end_with_the_test():
    """A test that is killed leaves nothing running: PR_SET_PDEATHSIG, SIGKILL."""
    LIBC.prctl(1, signal.SIGKILL)


def hold_port():
    """A socket that holds a port of 127.0.0.1 and does not listen.

    A server that sets SO_REUSEADDR can listen on the port beside it. A port that is looked up and
    let go again can become another connection's before the server takes it.
    """
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


def wait_for(what, condition, seconds=150):
    """Waits for what must come; the time is patience for a busy machine and measures nothing."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


class Manager:
    """Listens where systemd would."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.seen = []

    def notices(self):
        while True:
            try:
                self.seen.append(self.socket.recv(8192).decode())
            except BlockingIOError:
                return self.seen

    def has(self, text):
        return any(text in notice for notice in self.notices())


class World:
    """A folder with a config file, a state directory, and whatever was started in it."""

    def __init__(self, folder):
        self.folder = folder
        self.config = folder / "config.yaml"
        self.holder = hold_port()
        self.port = self.holder.getsockname()[1]
        self.started = []
        self.daemons = 0
        self.manager = Manager(folder)
        (folder / "run").mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "STATE_DIRECTORY": str(folder / "state"),
            "RUNTIME_DIRECTORY": str(folder / "run"),
            "AWS_EC2_METADATA_DISABLED": "true",
            **KEYS,
        }
        self.configure()

    def configure(self, retries=3, wait="1s", text=None):
        text = text or CONFIG.format(port=self.port, retries=retries, wait=wait)
        self.config.write_text(text)

    def start(self, arguments, log, **extra):
        with open(self.folder / log, "wb") as output:
            process = subprocess.Popen(
                arguments,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**self.environment, **extra},
                preexec_fn=end_with_the_test,
            )
        self.started.append(process)
        return process

    def simulator(self, scenario=FAILING):
        path = self.folder / "scenario.yaml"
        path.write_text(scenario)
        process = self.start(
            [SIMULATOR, "--scenario", str(path), "--port", str(self.port)], "simulator.log"
        )
        wait_for(
            "the simulator listens or ends",
            lambda: "listening" in self.text("simulator.log") or process.poll() is not None,
        )
        assert process.poll() is None, self.text("simulator.log")
        return process

    def daemon(self, *options, notify=True):
        self.daemons += 1
        extra = {"NOTIFY_SOCKET": self.manager.path} if notify else {}
        arguments = [DAEMON, "run", "--config", str(self.config), "--log", "json", *options]
        return self.start(arguments, f"daemon-{self.daemons}.log", **extra)

    def ready_daemon(self, *options):
        before = len([n for n in self.manager.notices() if "READY=1" in n])
        process = self.daemon(*options)
        wait_for(
            "READY=1",
            lambda: len([n for n in self.manager.notices() if "READY=1" in n]) > before
            or process.poll() is not None,
        )
        assert process.poll() is None, self.text(f"daemon-{self.daemons}.log")
        return process

    def command(self, *arguments):
        return subprocess.run(
            [DAEMON, *arguments], capture_output=True, text=True, timeout=60, env=self.environment
        )

    def text(self, name):
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def entries(self, daemon=None):
        numbers = [daemon] if daemon else range(1, self.daemons + 1)
        lines = [line for n in numbers for line in self.text(f"daemon-{n}.log").splitlines()]
        return [json.loads(line) for line in lines if line.startswith("{")]

    def events(self, event, daemon=None):
        return [e for e in self.entries(daemon) if e.get("RETRYD_EVENT") == event]

    def retries(self):
        return re.findall(r"RetryStageExecution web Deploy ok", self.text("simulator.log"))

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.wait()
        self.manager.socket.close()
        self.holder.close()


def stop(process, within=5.0):
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    status = process.wait(timeout=30)
    took = time.monotonic() - began
    assert status == 0, f"exit status {status}"
    assert took < within, f"{took:.1f} s"


def run_checks(namespace):
    """Runs the functions check_* of a module, each in a world of its own; the exit status."""
    if not DAEMON or not SIMULATOR:
        print("DAEMON_BIN and SIMULATOR_BIN must name the built executables")
        return 2
    only = os.environ.get("ONLY", "")
    checks = [
        (name, value)
        for name, value in namespace.items()
        if name.startswith("check_") and only in name
    ]
    failed = 0
    for name, check in checks:
        title = name.removeprefix("check_").replace("_", " ")
        with tempfile.TemporaryDirectory(prefix="retryd-") as folder:
            world = World(pathlib.Path(folder))
            try:
                check(world)
                print(f"ok   {title}", flush=True)
            except Exception:
                failed += 1
                print(f"FAIL {title}", flush=True)
                traceback.print_exc(file=sys.stdout)
                for log in sorted(world.folder.glob("*.log")):
                    print(f"--- {log.name}\n{log.read_text()[-2500:]}", flush=True)
            finally:
                world.close()
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0
