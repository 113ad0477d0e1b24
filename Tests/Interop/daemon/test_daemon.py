#!/usr/bin/env python3
"""Runs the built daemon as people and systemd do, against the simulator.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables; ONLY, a part of a check's name.
Needs nothing but Python. Ends with `N passed, N failed`; exit status 1 when anything failed.
"""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import sys
import time

from lab import World, run_checks, stop, wait_for


def check_kill_between_two_retries(world):
    world.configure(retries=3, wait="6s")
    world.simulator()
    first = world.ready_daemon()
    wait_for("the first retry", lambda: world.events("retry_accepted"))
    wait_for("the second is scheduled", lambda: len(world.events("retry_scheduled")) >= 2)
    first.kill()
    first.wait()
    assert len(world.retries()) == 1, world.retries()
    second = world.ready_daemon()
    wait_for("the end", lambda: world.events("retries_exhausted", 2))
    assert len(world.retries()) == 3, f"{len(world.retries())} retries instead of 3"
    numbers = [e["RETRYD_RETRY"] for e in world.events("retry_sent")]
    assert numbers == ["1", "2", "3"], numbers
    stop(second)


def check_a_due_time_survives_kill(world):
    world.configure(retries=3, wait="5m")
    world.simulator()
    first = world.ready_daemon()
    due = wait_for("a due time", lambda: world.events("retry_scheduled", 1))[0]["RETRYD_DUE"]
    first.kill()
    first.wait()
    second = world.ready_daemon()
    again = wait_for("the due time again", lambda: world.events("retry_scheduled", 2))
    assert again[0]["RETRYD_DUE"] == due, (again[0]["RETRYD_DUE"], due)
    stop(second)


def check_five_faults_are_five_lines(world):
    world.configure(
        text="poll: { interval: soon }\nbudgit: 3\naws: { regoin: x }\n"
        "policies: { default: { mode: SOME, max_retries: -1 } }\npipelines: [{ name: web }]\n"
    )
    run = world.command("run", "--config", str(world.config), "--log", "text")
    lines = run.stderr.splitlines()
    assert run.returncode == 78, run.returncode
    assert len(lines) == 5, run.stderr
    for line in lines:
        assert re.match(rf"{re.escape(str(world.config))}:\d+:\d+: \S+: ", line), line
    check = world.command("check", "--config", str(world.config))
    assert check.returncode == 78 and check.stderr.splitlines() == lines, check.stderr
    as_json = world.command("check", "--json", "--config", str(world.config))
    assert as_json.returncode == 78, as_json.returncode
    json.loads(as_json.stdout)


def check_a_valid_file_is_explained(world):
    check = world.command("check", "--config", str(world.config))
    assert check.returncode == 0 and "web" in check.stdout, check.stderr
    as_json = world.command("check", "--json", "--config", str(world.config))
    assert as_json.returncode == 0, as_json.stderr
    json.loads(as_json.stdout)


def check_an_outage_at_the_start(world):
    daemon = world.ready_daemon()
    wait_for("degraded", lambda: world.events("target_degraded"))
    time.sleep(3)
    assert len(world.events("target_degraded")) == 1, "it is said once"
    world.simulator()
    wait_for("recovered", lambda: world.events("target_recovered"))
    wait_for("the retry", lambda: world.events("retry_accepted"))
    stop(daemon)


def check_a_stop(world):
    world.simulator()
    daemon = world.ready_daemon()
    stop(daemon)
    assert world.manager.has("STOPPING=1")
    assert world.events("stopping")
    assert not (world.folder / "run" / "control.sock").exists(), "the socket is removed"


def check_a_stop_during_an_outage(world):
    silent = socket.create_server(("127.0.0.1", world.port), backlog=64)
    with contextlib.closing(silent):
        daemon = world.ready_daemon()
        time.sleep(1)
        stop(daemon)


def check_reload_by_signal(world):
    world.simulator()
    daemon = world.ready_daemon()
    world.configure(retries=7)
    daemon.send_signal(signal.SIGHUP)
    loaded = wait_for("config_loaded", lambda: world.events("config_loaded"))
    assert len(loaded) == 1
    wait_for("RELOADING", lambda: world.manager.has("RELOADING=1\nMONOTONIC_USEC="))
    world.configure(text="pipelines: nonsense\n")
    daemon.send_signal(signal.SIGHUP)
    rejected = wait_for("config_rejected", lambda: world.events("config_rejected"))
    assert rejected[0]["PRIORITY"] in (3, "3"), rejected[0]
    wait_for("STATUS", lambda: world.manager.has("REJECTED"))
    notices = world.manager.notices()
    reloads = len([n for n in notices if "RELOADING=1" in n])
    readies = len([n for n in notices if "READY=1" in n])
    assert (reloads, readies) == (2, 3), (reloads, readies)
    stop(daemon)


def check_reload_by_command(world):
    world.simulator()
    daemon = world.ready_daemon()
    same = world.command("reload")
    assert same.returncode == 0 and "nothing changed" in same.stdout, same
    world.configure(retries=7)
    good = world.command("reload")
    assert good.returncode == 0 and "3 -> 7" in good.stdout, good
    world.configure(text="pipelines: nonsense\nmore: nonsense\n")
    bad = world.command("reload")
    assert bad.returncode == 78, bad
    assert len(bad.stderr.splitlines()) == 2, bad.stderr
    status = world.command("status")
    assert "rejected" in status.stdout, status.stdout
    world.configure(retries=7)
    mended = world.command("reload")
    assert mended.returncode == 0, mended
    assert "refused" not in world.command("status").stdout
    stop(daemon)


def check_a_second_instance(world):
    world.simulator()
    daemon = world.ready_daemon()
    second = world.command("run", "--config", str(world.config), "--log", "text")
    assert second.returncode == 75, second
    assert str(daemon.pid) in second.stderr, second.stderr
    assert daemon.poll() is None
    assert world.command("status").returncode == 0, "the first one still listens"
    stop(daemon)


def check_an_unwritable_state_directory(world):
    (world.folder / "file").write_text("")
    world.environment["STATE_DIRECTORY"] = str(world.folder / "file" / "state")
    run = world.command("run", "--config", str(world.config), "--log", "text")
    assert run.returncode == 73, run


def check_status_pause_resume(world):
    world.configure(wait="4s")
    world.simulator()
    daemon = world.ready_daemon()
    paused = world.command("pause", "--pipeline", "web", "--for", "1h", "--reason", "a migration")
    assert paused.returncode == 0, paused
    wait_for(
        "the retry is held",
        lambda: [e for e in world.events("retry_deferred") if e["RETRYD_REASON"] == "paused"],
    )
    status = json.loads(world.command("status", "--json").stdout)
    assert status["pauses"][0]["reason"] == "a migration", status["pauses"]
    assert status["episodes"][0]["pipeline"] == "web", status["episodes"]
    assert status["targets"][0]["pipelines"] == 1, status["targets"]
    daemon.kill()
    daemon.wait()
    daemon = world.ready_daemon()
    status = json.loads(world.command("status", "--json").stdout)
    assert status["pauses"], "a pause survives a restart"
    assert not world.retries()
    unknown = world.command("pause", "--target", "nowhere", "--reason", "x")
    assert unknown.returncode == 64 and "nowhere" in unknown.stderr, unknown
    resumed = world.command("resume", "--pipeline", "web")
    assert resumed.returncode == 0, resumed
    wait_for("the retry", lambda: world.retries())
    assert world.events("paused")[0]["MESSAGE"].find(f"uid {os.getuid()}") > 0
    stop(daemon)


def check_no_daemon(world):
    for command in (["status"], ["reload"], ["pause", "--reason", "x"], ["resume"]):
        answer = world.command(*command)
        assert answer.returncode == 69, (command, answer)
        assert answer.stderr and not answer.stdout, answer


def check_once(world):
    world.simulator()
    time.sleep(2)
    run = world.command("run", "--once", "--config", str(world.config), "--log", "json")
    assert run.returncode == 0, run
    assert len(world.retries()) == 1, (world.retries(), run.stdout)


def check_once_during_an_outage(world):
    run = world.command("run", "--once", "--config", str(world.config), "--log", "json")
    assert run.returncode == 69, run


def check_dry_run(world):
    world.simulator()
    daemon = world.ready_daemon("--dry-run")
    wait_for("would_retry", lambda: world.events("would_retry"))
    time.sleep(3)
    assert not world.retries()
    stop(daemon)


def check_explain_live(world):
    world.simulator()
    time.sleep(1)
    text = world.command("explain", "--config", str(world.config), "--pipeline", "web")
    assert text.returncode == 0 and "verdict: retry 1 of 3" in text.stdout, text
    answer = world.command("explain", "--config", str(world.config), "--pipeline", "web", "--json")
    value = json.loads(answer.stdout)
    members = (
        "pipeline stage execution_id verdict reason rule mode retry due cause guards rules brakes notes"
    ).split()
    assert sorted(value) == sorted(members), sorted(value)
    assert (value["verdict"], value["stage"], value["retry"]) == ("retry", "Deploy", 1), value
    # No daemon runs: what only it knows is said to be unknown.
    assert any("daemon" in note for note in value["notes"]), value["notes"]


def check_explain_from_files(world):
    state = world.folder / "state.json"
    state.write_text("nonsense")
    arguments = ["explain", "--config", str(world.config), "--pipeline", "web", "--state"]
    broken = world.command(*arguments, str(state))
    assert broken.returncode == 65 and "state.json" in broken.stderr, broken
    absent = world.command(*arguments, "/nowhere")
    assert absent.returncode == 65, absent


def check_explain_during_an_outage(world):
    answer = world.command("explain", "--config", str(world.config), "--pipeline", "web")
    assert answer.returncode == 69 and "GetPipelineState" in answer.stderr, answer


def check_a_damaged_ledger(world):
    world.simulator()
    daemon = world.ready_daemon()
    wait_for("the end", lambda: world.events("retries_exhausted"))
    stop(daemon)
    ledger = world.folder / "state" / "ledger.sqlite"
    ledger.write_bytes(b"nonsense" * 4096)
    daemon = world.ready_daemon()
    notes = [e["MESSAGE"] for e in world.entries(2)]
    assert any("damaged" in note for note in notes), notes
    stop(daemon)


def check_wrong_usage(world):
    for arguments in (["run", "--nope"], ["dance"], ["pause"], ["explain"]):
        answer = world.command(*arguments)
        assert answer.returncode == 64, (arguments, answer)


def check_the_secret_stays_secret(world):
    world.simulator()
    daemon = world.ready_daemon()
    wait_for("the end", lambda: world.events("retries_exhausted"))
    status = pathlib.Path(f"/proc/{daemon.pid}/limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0", status), status
    stop(daemon)
    for path in world.folder.rglob("*"):
        if path.is_file() and path.name not in ("scenario.yaml",):
            assert b"daemon-secret" not in path.read_bytes(), path


def check_the_watchdog_is_fed(world):
    world.simulator()
    daemon = world.daemon()
    daemon.kill()
    daemon.wait()
    world.environment["WATCHDOG_USEC"] = "2000000"
    daemon = world.ready_daemon()
    world.environment.pop("WATCHDOG_USEC")
    wait_for("pings", lambda: sum("WATCHDOG=1" in n for n in world.manager.notices()) >= 3)
    assert not world.manager.has("WATCHDOG=trigger")
    stop(daemon)


if __name__ == "__main__":
    sys.exit(run_checks(globals()))
