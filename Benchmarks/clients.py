"""The programs that are measured, and how each is run against the server."""

import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
OURS, GO, BOTO3 = "pipeline-retryd", "Go SDK", "boto3"
# How many calls are in flight in the closed loop, in each client.
IN_FLIGHT = 8
# The Go SDK sees some of a fast server's answers before it is done with sending, and closes the
# connection: a few calls in a thousand, which are no polls and are not counted as such.
MOST_FAULTS = 0.02


class Clients:
    """The built programs; the Go peer may be missing."""

    def __init__(self, folder, authorities):
        self.folder = pathlib.Path(folder)
        self.daemon = os.environ["DAEMON_BIN"]
        self.bench = os.environ["BENCH_BIN"]
        self.go = os.environ.get("GO_PEER_BIN", "")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "AWS_ACCESS_KEY_ID": "AKIDBENCH",
            "AWS_SECRET_ACCESS_KEY": "bench-secret",
            "AWS_REGION": "eu-west-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CA_BUNDLE": authorities,
            "SSL_CERT_FILE": authorities,
        }

    @property
    def names(self):
        return [OURS, GO, BOTO3] if self.go else [OURS, BOTO3]

    def peer(self, client):
        if client == GO:
            return [self.go]
        return [sys.executable, str(HERE / "peers" / "boto3_peer.py")]

    def figures(self, command):
        """Runs a program that prints one line of JSON; what it prints."""
        run = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=300
        )
        lines = run.stdout.strip().splitlines()
        if run.returncode or not lines:
            said = (run.stdout + run.stderr)[-2000:]
            raise RuntimeError(f"{' '.join(command)}: status {run.returncode}: {said}")
        found = json.loads(lines[-1])
        if found.get("failed_stages"):
            raise RuntimeError(f"{command[0]} saw failed stages, where there are none: {found}")
        faults, calls = found.get("faults", 0), found.get("calls", 0)
        if faults > MOST_FAULTS * (calls + faults):
            raise RuntimeError(f"{command[0]}: too many calls failed: {found}, {run.stderr}")
        return found

    def ours(self, mode, **options):
        command = [self.bench, mode]
        for key, value in options.items():
            command += ["--" + key.replace("_", "-"), str(value)]
        return self.figures(command)

    def closed(self, client, endpoint, seconds):
        """The closed loop of one client."""
        if client == OURS:
            return self.ours("poll", endpoint=endpoint, in_flight=IN_FLIGHT, seconds=seconds)
        command = [*self.peer(client), "--endpoint", endpoint, "--in-flight", str(IN_FLIGHT),
                   "--seconds", str(seconds)]
        return self.figures(command)

    def start(self, client, endpoint, pipelines, interval, seconds=3600, extra=None):
        """Starts a client that polls so many pipelines at their pace; its process."""
        if client == OURS:
            command = self.daemon_command(endpoint, pipelines, interval)
        else:
            command = [*self.peer(client), "--mode", "paced", "--endpoint", endpoint,
                       "--pipelines", str(pipelines), "--interval", str(interval),
                       "--seconds", str(seconds), "--in-flight", str(IN_FLIGHT)]
        with open(self.folder / "client.output", "wb") as output:
            return subprocess.Popen(
                command, env={**self.environment, **(extra or {})}, stdout=output, stderr=output
            )

    def daemon_command(self, endpoint, pipelines, interval):
        # Two reads of each pipeline fall into the first interval: its state and its definition.
        rate = min(1000, max(5, 3 * pipelines // interval))
        names = "".join(f"  - name: pipeline-{index:05}\n" for index in range(pipelines))
        path = self.folder / "config.yaml"
        path.write_text(
            f'aws: {{ region: eu-west-1, endpoint_url: "{endpoint}" }}\n'
            # What rests for long is looked at as often as in the first hour.
            f"poll: {{ interval: {interval}s, quiet_interval: {interval}s, max_rate: {rate} }}\n"
            f"pipelines:\n{names}"
        )
        state = self.folder / "state"
        state.mkdir(exist_ok=True)
        return [self.daemon, "run", "--config", str(path), "--state-dir", str(state),
                "--log", "json"]

    def said(self):
        """What the client that was started last has printed."""
        return (self.folder / "client.output").read_text(errors="replace")
