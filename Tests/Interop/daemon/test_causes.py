#!/usr/bin/env python3
"""Runs the built daemon against the simulator, whose services know why an action failed.

CodePipeline says the same of every build: that it failed. Environment: DAEMON_BIN and
SIMULATOR_BIN, the built executables; ONLY, a part of a check's name. Ends with `N passed, N
failed`; exit status 1 when anything failed.
"""

import json
import re
import sys
import time

from lab import run_checks, stop, wait_for

BUILD = """
  - name: {name}
    starts: [0s]
    stages:
      - name: Source
        actions: [{{ name: Checkout, category: Source, attempts: [{{ result: succeed, after: 50ms }}] }}]
      - name: Build
        actions:
          - name: Compile
            attempts:
              - result: fail
                after: 100ms
                code: JobFailed
                message: "Build terminated with state: FAILED"
                cause: {cause}
              - {then}
"""
RESET = {
    "phase": "INSTALL",
    "code": "COMMAND_EXECUTION_ERROR",
    "message": "Error while executing command: npm ci --token hunter2-of-npm. Reason: exit status 1",
    "log": [
        "[Container] 2026/11/23 01:00:00 Running command npm ci --token hunter2-of-npm",
        "npm error code ECONNRESET",
        "npm error network request to https://ci:hunter2-of-npm@registry.npmjs.org/a failed",
        "[Container] 2026/11/23 01:00:09 Command did not exit successfully npm ci exit status 1",
    ],
}
WRONG = {
    "phase": "BUILD",
    "code": "COMMAND_EXECUTION_ERROR",
    "message": "Error while executing command: make. Reason: exit status 2",
    "log": [
        "[Container] 2026/11/23 01:00:00 Running command make",
        "main.c:(.text+0x1f): undefined reference to `start_engine'",
        "[Container] 2026/11/23 01:00:09 Command did not exit successfully make exit status 2",
    ],
}
DENIED = {"denied": True}
GOOD = {"result": "succeed", "after": "100ms"}


def scenario(**causes):
    head = "credentials: [{ access_key_id: AKIDDAEMON, secret_access_key: daemon-secret }]\n"
    pipelines = (
        BUILD.format(name=name, cause=json.dumps(cause), then=json.dumps(GOOD))
        for name, cause in causes.items()
    )
    return head + "pipelines:" + "".join(pipelines)


def configure(world, more="", endpoint_urls="{}"):
    world.configure(
        text=f"""
aws:
  region: eu-west-1
  endpoint_url: "http://127.0.0.1:{world.port}"
  endpoint_urls: {endpoint_urls}
poll: {{ interval: 1s, active_interval: 1s }}
policies:
  default:
    max_retries: 2
    rules:
      - use: aws-permanent
      - {{ use: aws-transient, backoff: {{ kind: fixed, initial: 1s, min: 1s, jitter: none }} }}
    otherwise: never
pipelines: [{{ match: "*" }}]
{more}
"""
    )


def of(entries, pipeline):
    return [e for e in entries if e.get("RETRYD_PIPELINE") == pipeline]


def ends(world, *pipelines):
    """Waits until each pipeline has its outcome; the outcomes."""
    def outcomes():
        found = {e["RETRYD_PIPELINE"]: e for e in world.entries() if "RETRYD_OUTCOME" in e}
        return found if set(pipelines) <= set(found) else None

    return wait_for("the outcomes", outcomes)


def check_the_cause_decides_where_codepipeline_says_the_same(world):
    configure(world)
    world.simulator(scenario(reset=RESET, wrong=WRONG))
    daemon = world.ready_daemon()
    found = ends(world, "reset", "wrong")
    assert found["reset"]["RETRYD_OUTCOME"] == "recovered", found["reset"]
    assert found["wrong"]["RETRYD_OUTCOME"] == "not_retried", found["wrong"]
    assert found["wrong"]["RETRYD_REASON"] == "rule_never", found["wrong"]
    scheduled = of(world.events("retry_scheduled"), "reset")[0]
    assert scheduled["RETRYD_RULE"] == "package-registry/npm", scheduled
    expected = {
        "stage_failed": [("reset", "INSTALL", "ECONNRESET"), ("wrong", "BUILD", "undefined")],
        "retry_scheduled": [("reset", "INSTALL", "ECONNRESET")],
        "stage_not_retried": [("wrong", "BUILD", "undefined reference")],
    }
    for event, rows in expected.items():
        for pipeline, phase, word in rows:
            entry = of(world.events(event), pipeline)[0]
            assert entry["RETRYD_CAUSE_PROVIDER"] == "CodeBuild", entry
            assert entry["RETRYD_CAUSE_PHASE"] == phase, entry
            assert entry["RETRYD_CAUSE_CODE"] == "COMMAND_EXECUTION_ERROR", entry
            assert word in entry["RETRYD_CAUSE_LINE"], entry
            assert "/codebuild/" in entry["RETRYD_CAUSE_URL"], entry
    assert "ECONNRESET" in of(world.events("stage_failed"), "reset")[0]["MESSAGE"]
    assert not world.events("cause_unavailable")
    stop(daemon)
    assert "hunter2" not in world.text("daemon-1.log")


def check_a_cause_is_asked_for_once(world):
    configure(world)
    world.simulator(scenario(wrong=WRONG))
    daemon = world.ready_daemon()
    ends(world, "wrong")
    time.sleep(3)
    log = world.text("simulator.log")
    assert len(re.findall("codebuild:BatchGetBuilds", log)) == 1, log
    assert len(re.findall("logs:GetLogEvents", log)) == 1, log
    stop(daemon)


def check_a_denied_read_is_said_once_and_changes_nothing(world):
    configure(world)
    world.simulator(scenario(one=DENIED, two=DENIED))
    daemon = world.ready_daemon()
    found = ends(world, "one", "two")
    for entry in found.values():
        assert entry["RETRYD_OUTCOME"] == "not_retried", entry
        assert entry["RETRYD_REASON"] == "no_rule_matched", entry
        assert not any(key.startswith("RETRYD_CAUSE") for key in entry), entry
    [said] = world.events("cause_unavailable")
    assert said["RETRYD_REASON"] == "denied", said
    assert said["RETRYD_PERMISSION"] == "codebuild:BatchGetBuilds", said
    assert "codebuild:BatchGetBuilds" in said["MESSAGE"], said
    iam = world.command("check", "--config", str(world.config), "--iam")
    assert said["RETRYD_PERMISSION"] in iam.stdout, iam
    stop(daemon)


def check_nobody_is_asked_when_it_is_off(world):
    configure(world, "root_cause: { enabled: false }")
    world.simulator(scenario(reset=RESET))
    daemon = world.ready_daemon()
    found = ends(world, "reset")
    assert found["reset"]["RETRYD_REASON"] == "no_rule_matched", found
    assert "codebuild:" not in world.text("simulator.log")
    stop(daemon)


def check_a_service_out_of_reach_delays_no_decision(world):
    configure(world, endpoint_urls="{ codebuild: 'http://127.0.0.1:9' }")
    world.simulator(scenario(reset=RESET))
    began = time.monotonic()
    daemon = world.ready_daemon()
    found = ends(world, "reset")
    assert time.monotonic() - began < 25, "the decision waited"
    assert found["reset"]["RETRYD_REASON"] == "no_rule_matched", found
    [said] = world.events("cause_unavailable")
    assert said["RETRYD_REASON"] == "unreadable", said
    stop(daemon)


def check_explain_reads_the_cause(world):
    configure(world)
    world.simulator(scenario(wrong=WRONG, dark=DENIED))
    daemon = world.ready_daemon()
    ends(world, "wrong", "dark")
    explain = ["explain", "--config", str(world.config), "--pipeline"]
    answer = world.command(*explain, "wrong")
    assert answer.returncode == 0, answer
    assert "cause: CodeBuild" in answer.stdout, answer.stdout
    assert "undefined reference to" in answer.stdout, answer.stdout
    assert "/codesuite/codebuild/" in answer.stdout, answer.stdout
    value = json.loads(world.command(*explain, "wrong", "--json").stdout)
    assert value["cause"]["phase"] == "BUILD", value
    assert value["cause"]["url"].startswith("https://"), value
    assert value["reason"] == "rule_never", value
    dark = world.command(*explain, "dark").stdout
    assert "allow codebuild:BatchGetBuilds" in dark, dark
    stop(daemon)


def check_status_shows_why(world):
    configure(world)
    world.config.write_text(world.config.read_text().replace("initial: 1s", "initial: 10m"))
    world.simulator(scenario(reset=RESET))
    daemon = world.ready_daemon()
    wait_for("a retry", lambda: world.events("retry_scheduled"))
    status = world.command("status")
    assert re.search(r"^ {4}CodeBuild INSTALL: .*ECONNRESET", status.stdout, re.M), status
    stop(daemon)


if __name__ == "__main__":
    sys.exit(run_checks(globals()))
