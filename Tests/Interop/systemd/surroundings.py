"""Chapters of the proof in which what is around the daemon fails: IMDS, DNS, a proxy."""

import pathlib
import subprocess
import sys
import time

import doubles

from lab import (
    CONFIG,
    UNIT,
    Simulator,
    configure,
    drop_in,
    main_pid,
    run,
    unit,
    until,
)

HOST, QUIET, RELAY, PROXY = 8710, 8711, 8712, 8713
ADDRESS = "169.254.169.254"

SCENARIO = """
account: "111122223333"
region: eu-west-1
credentials:
  - { access_key_id: AKIDPROOF, secret_access_key: proof-secret }
  - { access_key_id: ASIAPROOFROLE, secret_access_key: role-secret, session_token: role-token }
pipelines:
  - name: one
    starts: [0s]
    stages: &stages
      - name: Source
        actions: [{ name: Checkout, category: Source }]
      - name: Build
        actions: [{ name: Compile }]
  - { name: two, starts: [0s], stages: *stages }
  - { name: three, starts: [0s], stages: *stages }
"""


def simulate(work, port):
    (work / "quiet.yaml").write_text(SCENARIO, encoding="ascii")
    return Simulator(work, "quiet", port)


def restart():
    run("systemctl", "reset-failed", UNIT)
    return run("systemctl", "restart", UNIT)


def usual():
    run("systemctl", "stop", UNIT)
    configure("http://127.0.0.1:9")
    drop_in("WatchdogSec=3s", "RestartSec=1s")


def late_metadata(checks, journal, work):
    """A host whose instance metadata comes some time after the daemon, as after a reboot."""
    late = int((work / "imds-late").read_text(encoding="ascii"))
    checks.chapter(f"instance metadata that comes {late} s late")
    simulator = simulate(work, HOST)
    configure(simulator.endpoint)
    text = CONFIG.read_text(encoding="utf-8")
    CONFIG.write_text(text.replace("  region: eu-west-1\n", ""), encoding="utf-8")
    none = ["AWS_EC2_METADATA_DISABLED=false", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
            "AWS_CONFIG_FILE=/dev/null"]
    drop_in("RestartSec=1s", *[f"Environment={name}" for name in none])
    journal.mark()
    began = time.monotonic()
    status, said = restart()
    seen = (unit("ActiveState"), unit("ExecMainStatus"))
    checks.that("without a Region in the config and without IMDS it starts",
                status == 0 and seen[0] == "active", f"{seen}: {said}")
    pid = main_pid()
    entry = journal.wait("target_degraded", 10) or {}
    message = entry.get("MESSAGE", "")
    checks.that("and says which target waits for what", "Region" in message, message)
    time.sleep(max(0, late - (time.monotonic() - began)))
    asked = simulator.answered("GetPipelineState")
    checks.that("nothing is asked meanwhile", asked == 0, asked)
    run("ip", "address", "add", f"{ADDRESS}/32", "dev", "lo")
    server = doubles.serve_metadata(ADDRESS)
    came = time.monotonic()
    entry = journal.wait("target_recovered", 90)
    took = time.monotonic() - came
    checks.that("when IMDS comes it heals by itself", entry, unit("StatusText"))
    asked = until(lambda: simulator.answered("GetPipelineState") > 5, 20)
    checks.that("and polls", asked, simulator.log())
    seen = (main_pid(), unit("NRestarts"))
    checks.that("in the same process, without a restart", seen == (pid, "0") and pid, seen)
    checks.fact("from IMDS to target_recovered", f"{took:.0f} s")
    usual()
    server.shutdown()
    server.server_close()
    run("ip", "address", "del", f"{ADDRESS}/32", "dev", "lo")
    simulator.stop()


THREE = """
poll: {{ interval: {interval}s, active_interval: {interval}s, max_rate: 40 }}
policies: {{ default: {{ max_retries: 3 }} }}
targets:
"""
TARGET = """  - name: {name}
    region: eu-west-1
    endpoint_url: http://{name}.proof.test:{port}
    allow_insecure_endpoint: true
    pipelines: [{{ name: {name} }}]
"""


def dead_name(checks, journal, work):
    """One of three targets has a name for which the name server never answers."""
    checks.chapter("a name without an answer, among three targets")
    interval, window = 3, 45
    simulator = simulate(work, QUIET)
    # Connections end between two polls, so that each poll looks the name up.
    relay = doubles.Relay(RELAY, QUIET)
    words = [str(work / "names.py"), "one.proof.test", "two.proof.test", "--silent", "three.proof.test"]
    names = subprocess.Popen([sys.executable, *words], stdin=subprocess.DEVNULL)
    resolver = pathlib.Path("/etc/resolv.conf")
    resolver.unlink(missing_ok=True)
    resolver.write_text("nameserver 127.0.0.1\n", encoding="ascii")
    targets = [TARGET.format(name=name, port=RELAY) for name in ("one", "two", "three")]
    CONFIG.write_text(THREE.format(interval=interval) + "".join(targets), encoding="utf-8")
    journal.mark()
    status, said = restart()
    checks.that("it starts", status == 0, said)
    time.sleep(window)
    log = simulator.log()
    for name in ("one", "two"):
        polls = sum(line[1] == "GetPipelineState" and line[2] == name for line in log)
        wanted = window // interval
        checks.that(f"target {name} is polled at its interval, {wanted} times",
                    wanted - 3 <= polls <= wanted + 3, polls)
        said = [e["MESSAGE"] for e in journal.events("target_degraded", target=name)]
        checks.that(f"target {name} is not degraded", not said, said)
    said = [e["MESSAGE"] for e in journal.events("target_degraded", target="three")]
    checks.that("the third is, and its name is told", said and "three.proof.test" in said[0], said)
    usual()
    relay.close()
    simulator.stop()
    names.terminate()
    names.wait(timeout=10)


def certify(work, name, subject):
    """(certificate, key) of an authority of its own for a subjectAltName."""
    key, certificate = work / f"{name}-key.pem", CONFIG.parent / f"{name}-ca.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    command += f" -subj /CN=proof -addext subjectAltName={subject} -keyout {key} -out {certificate}"
    status, said = run(*command.split())
    if status:
        raise SystemExit(said)
    return certificate, key


def proxied(checks, work, name, subject):
    """What such a proxy got to see: (tunnels, requests)."""
    certificate, key = certify(work, name, subject)
    proxy = doubles.Interceptor(PROXY, certificate, key)
    configure(f"https://codepipeline.proof.test\n  ca_bundle: {certificate}")
    drop_in("RestartSec=1s", f"Environment=HTTPS_PROXY=http://127.0.0.1:{PROXY}")
    status, said = restart()
    checks.that(f"behind a proxy with a certificate for {subject} it starts", status == 0, said)
    until(lambda: proxy.requests, 8)
    usual()
    proxy.close()
    certificate.unlink()
    return proxy.connects, proxy.requests


def interception(checks, journal, work):
    """A proxy that plays the server may do so by the server's name only, not by its own address."""
    checks.chapter("a proxy with a certificate for its address")
    connects, requests = proxied(checks, work, "named", "DNS:codepipeline.proof.test")
    is_signed = any(b"AWS4-HMAC-SHA256" in request for request in requests)
    checks.that("by the server's own name it gets signed requests", is_signed, (connects, requests))
    journal.mark()
    connects, requests = proxied(checks, work, "addressed", "IP:127.0.0.1")
    checks.that("by its address it gets tunnels", connects > 0, connects)
    checks.that("and not one request", not requests, requests[:1])
    said = [e["MESSAGE"] for e in journal.events("target_degraded")]
    checks.that("and the journal names the certificate", said and "certificate" in said[0], said)
