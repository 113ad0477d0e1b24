#!/usr/bin/env python3
"""A name that no server answers for holds up no other target.

Two targets in a network namespace of its own: good.test is answered for, dead.test never is. The
good target must be polled as if it were alone. Then good.test, too, is answered for no longer, and
polling goes on with the addresses from before.

Ends with 77 where namespaces cannot be made. Environment: DAEMON_BIN (the built pipeline-retryd).
"""

import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SECONDS = 40
CONFIG = """
poll: {{ interval: 2s, active_interval: 2s }}
targets:
  - name: dead
    region: eu-west-1
    endpoint_url: "http://dead.test:{port}"
    allow_insecure_endpoint: true
    pipelines: [{{ name: web }}]
  - name: good
    region: eu-west-1
    endpoint_url: "http://good.test:{port}"
    allow_insecure_endpoint: true
    pipelines: [{{ name: web }}]
"""
STATE = {
    "pipelineName": "web", "pipelineVersion": 1,
    "stageStates": [{"stageName": name, "actionStates": [],
                     "inboundTransitionState": {"enabled": True}} for name in ("Source", "Deploy")],
}


class Names(threading.Thread):
    """A name server on 127.0.0.1:53 that answers for good.test while it wants to."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.asked = {}
        self.is_silent = False

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(512)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1:at + 1 + query[at]].decode())
                at += query[at] + 1
            name, kind = ".".join(labels), query[at + 1:at + 3]
            self.asked[name] = self.asked.get(name, 0) + 1
            if name != "good.test" or self.is_silent:
                continue
            is_address = kind == b"\0\1"
            head = query[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_address else b"\0\0") + b"\0\0\0\0"
            answer = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1" if is_address else b""
            self.socket.sendto(head + query[12:at + 5] + answer, peer)


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    times = []

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        if self.headers["host"].startswith("good.test"):
            Service.times.append(time.monotonic())
        body = json.dumps(STATE).encode()
        self.send_response(200)
        self.send_header("x-amzn-RequestId", "r")
        self.send_header("Content-Length", str(len(body)))
        # Each poll dials, and so needs the name.
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def inside():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, text in [("resolv.conf", "nameserver 127.0.0.1\n"),
                           ("nsswitch.conf", "hosts: files dns\n"),
                           ("hosts", "127.0.0.1 localhost\n")]:
            (folder / name).write_text(text)
            subprocess.run(["mount", "--bind", folder / name, f"/etc/{name}"], check=True)
        names = Names()
        names.start()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (folder / "config.yaml").write_text(CONFIG.format(port=server.server_port))
        os.chmod(folder / "config.yaml", 0o600)
        daemon = subprocess.Popen(
            [os.environ["DAEMON_BIN"], "run", "--config", folder / "config.yaml", "--state-dir",
             folder / "state", "--log", "json"],
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_ACCESS_KEY_ID": "AKID",
                 "AWS_SECRET_ACCESS_KEY": "s", "AWS_EC2_METADATA_DISABLED": "true"},
            stdout=open(folder / "log", "w"), stderr=subprocess.STDOUT)
        try:
            time.sleep(SECONDS)
            first = len(Service.times)
            names.is_silent = True
            time.sleep(SECONDS)
            second = len(Service.times) - first
        finally:
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(40)
            except subprocess.TimeoutExpired:
                daemon.kill()
                raise
        wanted = SECONDS // 2
        print(f"good.test: {first} polls in {SECONDS} s beside a silent name, {second} while its own "
              f"name server was silent; wanted about {wanted}; asked: {names.asked}")
        assert first >= wanted * 0.7, (folder / "log").read_text()[-3000:]
        # With a silent server a dial waits a second for it.
        assert second >= wanted * 0.4, (folder / "log").read_text()[-3000:]


def main():
    if "--inside" in sys.argv:
        return inside()
    unshare = ["unshare", "--net", "--mount"]
    if os.geteuid() != 0:
        unshare.append("--map-root-user")
    if subprocess.run(unshare + ["true"], capture_output=True).returncode:
        print("SKIPPED: no network and mount namespaces here")
        sys.exit(77)
    sys.exit(subprocess.run(unshare + [sys.executable, __file__, "--inside"]).returncode)


if __name__ == "__main__":
    main()
