#!/usr/bin/python3
"""Installs a package under a booted systemd and holds the service against its promises.

    prove.py FOLDER whole|short|life|CHAPTER,... (scripts/prove-systemd starts it in the namespaces)

FOLDER holds the package (a .deb, an .rpm or a .tar.gz), the simulator with its libraries, the
scenarios and the runbook. "life" is a start, a day and a stop. Named chapters are those of CHAPTERS
below; the installation comes before them.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import hardship
import packages
import processes
import roots
import surroundings
import week

from lab import (
    CONFIG,
    STATE,
    UNIT,
    Checks,
    Journal,
    Simulator,
    configure,
    drop_in,
    main_pid,
    resident_kib,
    run,
    unit,
    until,
    write_keys,
)

WORK = pathlib.Path(sys.argv[1])
DAILY, ENDLESS, LATE, SECURE = 8701, 8702, 8703, 8704

BEGAN = time.monotonic()

checks = Checks()
package = packages.found(WORK)
journal = Journal()
whole = Journal()


def restart():
    """Starts the service anew, whatever it was; the status of systemctl."""
    run("systemctl", "reset-failed", UNIT)
    return run("systemctl", "restart", UNIT)


def surface():
    """Every path where a package may leave something behind."""
    found = run("find", "/usr", "/etc/systemd", "-name", "__pycache__", "-prune", "-o", "-print")[1]
    return set(found.splitlines())


def installation():
    """Gives what was there before."""
    checks.chapter("installation")
    package.prepare()
    # Hosts that are containers themselves forbid services to packages; a real host does not.
    pathlib.Path("/usr/sbin/policy-rc.d").unlink(missing_ok=True)
    before = surface()
    status, said = package.install()
    checks.that(f"{package.file.name} is installed", status == 0, said)
    checks.that("it is not started", unit("ActiveState") == "inactive", unit("ActiveState"))
    checks.that("it is not enabled", unit("UnitFileState") == "disabled", unit("UnitFileState"))
    checks.that("the user exists", run("id", "pipeline-retryd")[0] == 0)
    for path, expected in [(CONFIG, "640"), (CONFIG.parent, "750")]:
        seen = run("stat", "-c", "%U:%G %a", str(path))[1]
        checks.that(f"{path} is for the daemon", seen == f"root:pipeline-retryd {expected}", seen)
    status, said = run("pipeline-retryd", "check")
    checks.that("the config file that comes with it is valid", status == 0, said)
    for page in package.manuals:
        status, said = run("zgrep", "-q", "^.TH", str(package.share / "man" / page))
        checks.that(f"there is {page}", status == 0, said)
    for fact in package.facts():
        checks.fact(*fact)
    checks.fact("program", f"{package.program.stat().st_size} bytes")
    return before


def completions():
    checks.chapter("completions")
    script = package.share / "bash-completion/completions/pipeline-retryd"
    words = "COMP_WORDS=(pipeline-retryd re); COMP_CWORD=1; COMP_LINE='pipeline-retryd re'"
    words += "; COMP_POINT=18"
    words += "; function=$(complete -p pipeline-retryd | sed 's/.* -F \\([^ ]*\\).*/\\1/')"
    words += "; $function pipeline-retryd re pipeline-retryd"
    words += "; printf '%s\\n' \"${COMPREPLY[@]}\" | sort | xargs"
    shells = {
        "bash": f"source {script}; {words}",
        "fish": "complete -C 'pipeline-retryd re' | string split -f1 \\t | sort | string join ' '",
    }
    for shell, script in shells.items():
        if not shutil.which(shell):
            checks.skip(f"the completion for {shell}", f"{shell} is not installed")
            continue
        status, said = run(shell, "-c", script)
        checks.that(f"{shell} completes the commands", (status, said) == (0, "reload report resume"), said)
    # What zsh completes shows only on a terminal.
    if shutil.which("zsh"):
        script = pathlib.Path(package.prefix, package.zsh, "_pipeline-retryd")
        status, said = run("zsh", "-n", str(script))
        checks.that("the completion for zsh is a script", status == 0, said)
    else:
        checks.skip("the completion for zsh", "zsh is not installed")


def static_analysis():
    checks.chapter("the unit")
    # With man installed it looks for the pages of Documentation= too.
    man = "yes" if shutil.which("man") else "no"
    status, said = run("systemd-analyze", "verify", f"--man={man}", UNIT)
    checks.that("systemd-analyze verify has nothing to say", (status, said) == (0, ""), said)
    checks.that("it has a watchdog", unit("WatchdogUSec") not in ("", "0"), unit("WatchdogUSec"))
    command = ["systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=12"]
    status, said = run(*command, unit("FragmentPath"))
    checks.that("its exposure is 1.2 at most", status == 0, said)
    checks.fact("exposure", said.splitlines()[-1].lstrip("→ ") if said else "?")


def bad_start():
    checks.chapter("a start with a bad config")
    drop_in("WatchdogSec=3s", "RestartSec=1s")
    write_keys("ASIAPROOFOLD", "old-secret", "old-token")
    for name, text in [("with a fault", "poll: {intervall: 1s}\n"), ("that is empty", "")]:
        CONFIG.write_text(text, encoding="ascii")
        journal.mark()
        status, _ = restart()
        checks.that(f"with a file {name} systemctl start fails", status != 0, status)
        time.sleep(2.5)
        seen = (unit("ActiveState"), unit("ExecMainStatus"), unit("NRestarts"))
        checks.that(f"with a file {name} it exits with 78, once", seen == ("failed", "78", "0"), seen)
        entry = journal.wait("config_rejected", 5)
        message = entry["MESSAGE"] if entry else ""
        checks.that("the fault is in the journal", ".yaml:" in message, message)
        status, said = run("pipeline-retryd", "check")
        checks.that("check says it too, with 78", status == 78 and ".yaml:" in said, said)


def first_start(simulator):
    checks.chapter("the first start, with keys that have expired")
    configure(simulator.endpoint)
    journal.mark()
    run("systemctl", "reset-failed", UNIT)
    began = time.monotonic()
    status, said = run("systemctl", "start", UNIT)
    took = time.monotonic() - began
    checks.that("systemctl start returns 0 although AWS refuses", status == 0, said)
    stamps = [unit(n) for n in ("ActiveEnterTimestampMonotonic", "ExecMainStartTimestampMonotonic")]
    ready = (int(stamps[0]) - int(stamps[1])) / 1000
    checks.that("READY within 5 s", took < 5, took)
    checks.fact("systemctl start", f"{took * 1000:.0f} ms; from exec to READY {ready:.0f} ms")
    checks.fact("resident after READY", f"{resident_kib(main_pid())} KiB")
    entry = journal.wait("target_degraded", 15)
    seen = entry and entry.get("RETRYD_AWS_ERROR")
    checks.that("the target is degraded by expired keys", seen == "ExpiredTokenException", entry)
    shown = until(lambda: "degraded" in unit("StatusText").lower(), 10)
    checks.that("systemctl status says so", shown, unit("StatusText"))
    form = r"watching 0 pipelines in 1 target; degraded: default \(ExpiredTokenException\)"
    text = until(lambda: re.fullmatch(form, unit("StatusText")), 10)
    checks.that("in words for a glance", text, unit("StatusText"))
    pid = main_pid()
    write_keys("AKIDPROOF", "proof-secret")
    entry = journal.wait("target_recovered", 90)
    checks.that("keys that were replaced on disk are picked up", entry, "no target_recovered in 90 s")
    checks.that("without a restart", main_pid() == pid, main_pid())
    shown = until(lambda: "degraded" not in unit("StatusText"), 15)
    checks.that("and the status line forgets it", shown, unit("StatusText"))
    form = (r"watching 2 pipelines in 1 target(; 1 retry pending, next \d\d:\d\d:\d\d)?"
            r"(; \d failed and not retried)?")
    text = until(lambda: re.fullmatch(form, unit("StatusText")), 10)
    checks.that("it counts pipelines, targets and retries", text, unit("StatusText"))


def daily_life(simulator):
    checks.chapter("what it says")
    entry = journal.wait("stage_recovered", 40, pipeline="heals")
    checks.that("a failed stage is retried and recovers", entry, "no stage_recovered in 40 s")
    checks.that("with one retry", simulator.retries("heals") == 1, simulator.retries("heals"))
    fields = ["MESSAGE", "MESSAGE_ID", "RETRYD_STAGE", "RETRYD_EXECUTION_ID", "RETRYD_TARGET"]
    fields += ["RETRYD_REGION", "RETRYD_RETRY", "RETRYD_ELAPSED_USEC"]
    entry = entry or {}
    missing = [name for name in fields if not entry.get(name)]
    checks.that("the entry has its fields", not missing, missing)
    seen = {name: entry.get(name) for name in ("RETRYD_OUTCOME", "PRIORITY", "_TRANSPORT")}
    expected = {"RETRYD_OUTCOME": "recovered", "PRIORITY": "5", "_TRANSPORT": "journal"}
    checks.that("outcome, level and native protocol", seen == expected, seen)
    scheduled = journal.wait("retry_scheduled", 1, pipeline="heals") or {}
    due = scheduled.get("RETRYD_DUE", "")
    is_time = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", due)
    checks.that("RETRYD_DUE is RFC 3339 in UTC with milliseconds", is_time, due)
    left = journal.wait("stage_not_retried", 10, pipeline="asked") or {}
    seen = left.get("RETRYD_REASON")
    checks.that("a rejected approval is left alone", seen == "approval_rejected", seen)
    checks.that("and never retried", simulator.retries("asked") == 0, simulator.retries("asked"))

    ids = {e["MESSAGE_ID"] for e in whole.entries(f"_SYSTEMD_UNIT={UNIT}") if "MESSAGE_ID" in e}
    unknown = [i for i in ids if run("journalctl", "--list-catalog", i)[0] != 0]
    checks.that(f"the catalog explains every one of {len(ids)} ids", ids and not unknown, unknown)
    explained = run("journalctl", "-x", "--no-pager", f"MESSAGE_ID={entry.get('MESSAGE_ID')}")[1]
    held = "Defined-By: pipeline-retryd" in explained and "heals" in explained
    checks.that("journalctl -x shows the explanation with its values", held, explained)
    status, said = run("systemctl", "status", "--no-pager", UNIT)
    checks.that("systemctl status shows the status line", "Status: \"" in said and status == 0, said)
    status, said = run("pipeline-retryd", "status", "--json")
    checks.that("pipeline-retryd status answers root", status == 0 and json.loads(said), said)
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    status, said = run(*nobody, "pipeline-retryd", "status")
    checks.that("and refuses others, with 77", status == 77, f"{status}: {said}")
    group = ["setpriv", "--reuid=65534", "--regid=pipeline-retryd", "--clear-groups"]
    status, said = run(*group, "pipeline-retryd", "status")
    checks.that("and answers the group", status == 0, f"{status}: {said}")


def reloads(simulator):
    checks.chapter("reload")
    pid = main_pid()
    journal.mark()
    configure(simulator.endpoint, interval="2s")
    status, said = run("systemctl", "reload", UNIT)
    checks.that("a good file: systemctl reload returns 0", status == 0, said)
    entry = journal.wait("config_loaded", 5) or {}
    message = entry.get("MESSAGE", "")
    checks.that("the journal names what changed", "poll.interval" in message, message)
    good = CONFIG.read_text(encoding="utf-8")
    CONFIG.write_text(good.replace("max_retries", "max_retrys"), encoding="utf-8")
    status, said = run("systemctl", "reload", UNIT)
    checks.that("a bad file: systemctl reload fails", status != 0, said)
    entry = journal.wait("config_rejected", 5) or {}
    message = entry.get("MESSAGE", "")
    checks.that("the journal has the fault with its place", re.search(r"\.yaml:\d+:\d+", message), message)
    checks.that("as an error", entry.get("PRIORITY") == "3", entry.get("PRIORITY"))
    seen = (unit("ActiveState"), main_pid())
    checks.that("the same process runs on", seen == ("active", pid), seen)
    status, _ = run("pipeline-retryd", "status")
    checks.that("it answers", status == 0, status)
    text = unit("StatusText")
    checks.that("the status line says that the file is bad", "rejected" in text.lower(), text)
    CONFIG.write_text(good, encoding="utf-8")
    status, said = run("systemctl", "reload", UNIT)
    checks.that("the good file again: 0", status == 0, said)
    text = unit("StatusText")
    checks.that("and the status line forgets it", "rejected" not in text.lower(), text)
    journal.mark()
    os.kill(pid, signal.SIGHUP)
    checks.that("SIGHUP reloads too", journal.wait("config_loaded", 5), "no config_loaded")


def encrypted():
    checks.chapter("TLS and names inside the sandbox")
    name = "codepipeline.proof.test"
    names = subprocess.Popen([sys.executable, str(WORK / "names.py"), name], stdin=subprocess.DEVNULL)
    resolver = pathlib.Path("/etc/resolv.conf")
    resolver.unlink(missing_ok=True)
    resolver.write_text("nameserver 127.0.0.1\n", encoding="ascii")
    key, bundle = WORK / "key.pem", CONFIG.parent / "ca.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    command += f" -subj /CN=proof -addext subjectAltName=DNS:{name} -keyout {key} -out {bundle}"
    status, said = run(*command.split())
    if not checks.that("there is a certificate", status == 0, said):
        return
    simulator = Simulator(WORK, "daily", SECURE, "--cert", bundle, "--key", key)
    configure(f"https://{name}:{SECURE}\n  ca_bundle: {bundle}")
    journal.mark()
    status, said = run("systemctl", "reload", UNIT)
    checks.that("another endpoint and a CA bundle come by reload", status == 0, said)
    seen = until(lambda: simulator.answered("GetPipelineState") > 2, 20)
    checks.that("calls go through to a name that DNS gives", seen, journal.events("target_degraded"))
    said = journal.events("target_degraded")
    checks.that("the target is not degraded", not said, said)
    simulator.stop()
    names.terminate()
    names.wait(timeout=10)


def second_instance():
    checks.chapter("a second instance")
    user = ["setpriv", "--reuid=pipeline-retryd", "--regid=pipeline-retryd", "--clear-groups"]
    second = ["env", f"STATE_DIRECTORY={STATE}", "pipeline-retryd", "run", "--log", "json"]
    pid = main_pid()
    status, said = run(*user, *second, limit=20)
    checks.that("it exits with 75", status == 75, f"{status}: {said}")
    checks.that("and names the first", str(pid) in said, said)
    checks.that("which runs on", main_pid() == pid and unit("ActiveState") == "active")


def journald():
    checks.chapter("journald stops and restarts")
    pid = main_pid()
    daemon = int(run("systemctl", "show", "-p", "MainPID", "--value", "systemd-journald")[1])
    os.kill(daemon, signal.SIGSTOP)
    try:
        time.sleep(4)
        began = time.monotonic()
        status, said = run("pipeline-retryd", "status", limit=10)
        took = time.monotonic() - began
        checks.that("with journald stopped the daemon answers", status == 0 and took < 2, said)
    finally:
        os.kill(daemon, signal.SIGCONT)
    checks.that("and the watchdog is content", main_pid() == pid and unit("NRestarts") == "0")
    status, said = run("systemctl", "restart", "systemd-journald")
    checks.that("journald restarts", status == 0, said)
    time.sleep(1)
    journal.mark()
    run("systemctl", "reload", UNIT)
    checks.that("entries go on after it", journal.wait("config_loaded", 10), "no config_loaded")


def killed(simulator):
    checks.chapter("kill -9 in the middle of an episode")
    configure(simulator.endpoint, policy="    rules:\n"
              "      - name: slow\n        when: { contains: no luck }\n"
              "        backoff: { kind: fixed, initial: 7s, jitter: none }\n")
    journal.mark()
    restart()
    first = journal.wait("retry_scheduled", 20, pipeline="endless", retry="1") or {}
    os.kill(main_pid(), signal.SIGKILL)
    back = until(lambda: unit("ActiveState") == "active" and unit("NRestarts") == "1", 20)
    checks.that("systemd starts it again", back, unit("ActiveState"))
    scheduled = until(lambda: len(journal.events("retry_scheduled", retry="1")) > 1 and
                      journal.events("retry_scheduled", retry="1"), 10) or [{}]
    seen = scheduled[-1].get("RETRYD_DUE")
    checks.that("the retry that waited keeps its due time", seen and seen == first.get("RETRYD_DUE"),
                f"{first.get('RETRYD_DUE')} -> {seen}")
    sent = journal.wait("retry_sent", 30, pipeline="endless", retry="2")
    os.kill(main_pid(), signal.SIGKILL)
    checks.that("retry 2 is sent, and the daemon killed at once", sent, "no retry_sent")
    over = journal.wait("retries_exhausted", 90, pipeline="endless")
    checks.that("the episode ends: exhausted", over, "no retries_exhausted in 90 s")
    time.sleep(2)
    count = simulator.retries("endless")
    checks.that("AWS executed no more than the limit of 3 retries", 0 < count <= 3, count)
    checks.fact("retries that AWS executed", f"{count} of 3, with two kill -9")
    numbers = [e["RETRYD_RETRY"] for e in journal.events("retry_sent", pipeline="endless")]
    checks.that("no retry was sent twice", len(set(numbers)) == len(numbers), numbers)
    outcomes = journal.events("retries_exhausted", pipeline="endless")
    checks.that("one outcome", len(outcomes) == 1, len(outcomes))
    journal.mark()
    restart()
    time.sleep(4)
    said = journal.events("stage_failed", pipeline="endless")
    checks.that("after a further restart the old failure is not begun anew", not said, said)
    checks.that("nor retried", simulator.retries("endless") == count, simulator.retries("endless"))


def watchdog():
    checks.chapter("watchdog")
    restart()
    pid = main_pid()
    time.sleep(4)
    checks.that("a daemon that moves is left alone (limit 3 s)", main_pid() == pid, main_pid())
    journal.mark()
    os.kill(pid, signal.SIGSTOP)
    moved = until(lambda: main_pid() not in (0, pid) and unit("ActiveState") == "active", 30)
    checks.that("one that stands still is killed and started again", moved, unit("ActiveState"))
    said = [e.get("MESSAGE", "") for e in journal.entries(f"UNIT={UNIT}")]
    checks.that("as a watchdog's doing", any("Watchdog timeout" in line for line in said), said)


def full_disk(work):
    checks.chapter("a full disk")
    run("systemctl", "stop", UNIT)
    status, said = run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0750", "tmpfs", str(STATE))
    run("chown", "pipeline-retryd:pipeline-retryd", str(STATE))
    checks.that("the state directory is a file system of 1 MiB", status == 0, said)
    simulator = Simulator(work, "late", LATE)
    configure(simulator.endpoint)
    journal.mark()
    restart()
    filler = STATE / "filler"
    try:
        with open(filler, "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError as full:
        checks.fact("filled it", full.strerror)
    entry = journal.wait("target_degraded", 40, reason="ledger_unavailable")
    checks.that("that nothing can be written is said", entry, "no target_degraded in 40 s")
    checks.that("as an error", entry and entry["PRIORITY"] == "3", entry and entry["PRIORITY"])
    time.sleep(5)
    count = simulator.retries("late")
    checks.that("no retry is sent without its intent on disk", count == 0, count)
    checks.that("the daemon lives", unit("ActiveState") == "active", unit("ActiveState"))
    checks.fact("StatusText", unit("StatusText"))
    filler.unlink()
    checks.that("with room again it recovers by itself", journal.wait("target_recovered", 60))
    checks.that("and the stage too", journal.wait("stage_recovered", 60, pipeline="late"))
    checks.that("by one retry", simulator.retries("late") == 1, simulator.retries("late"))
    checks.fact("resident at the end", f"{resident_kib(main_pid())} KiB")
    simulator.stop()


def stop():
    checks.chapter("stop")
    journal.mark()
    began = time.monotonic()
    status, said = run("systemctl", "stop", UNIT)
    took = time.monotonic() - began
    checks.that("systemctl stop returns 0 within 5 s", status == 0 and took < 5, f"{took} s: {said}")
    seen = (unit("ActiveState"), unit("Result"), unit("ExecMainStatus"))
    checks.that("it exits with 0", seen == ("inactive", "success", "0"), seen)
    checks.that("and says that it stops", journal.wait("stopping", 3), "no entry")
    checks.fact("systemctl stop", f"{took * 1000:.0f} ms")
    run("umount", str(STATE))


def foreign_lines():
    checks.chapter("the journal of the unit")
    entries = whole.entries(f"_SYSTEMD_UNIT={UNIT}")
    daemons = {e["_PID"] for e in entries if "RETRYD_EVENT" in e}
    native = [e for e in entries if e.get("_TRANSPORT") == "journal"]
    # What the reload command prints is its own; what the runtime says on starting a thread with
    # a priority that a container does not grant is known.
    foreign = [
        e.get("MESSAGE")
        for e in entries
        if e["_PID"] in daemons
        and e.get("_TRANSPORT") != "journal"
        and "Failed to set thread priority" not in str(e.get("MESSAGE"))
    ]
    checks.that("no line but the daemon's own entries", not foreign, foreign[:5])
    odd = [e for e in native if "RETRYD_EVENT" not in e]
    checks.fact("entries", f"{len(native)}, of them without an event {len(odd)}")
    for entry in odd[:5]:
        checks.fact("without an event", entry.get("MESSAGE"))
    for name in ["retry_sent", "retry_accepted", "stage_failed", "started"]:
        checks.that(f"there are entries {name}", any(e.get("RETRYD_EVENT") == name for e in entries))


def upgrade(before):
    checks.chapter("upgrade, removal, purge")
    restart()
    mine = CONFIG.read_text(encoding="utf-8")
    status, said = package.install_older()
    checks.that("going back to an older package succeeds", status == 0, said)
    until(lambda: unit("ActiveState") == "active", 20)
    run("pipeline-retryd", "pause", "--pipeline", "kept", "--reason", "before the upgrade")
    pid, ledger = main_pid(), (STATE / "ledger.sqlite").stat().st_ino
    status, said = package.install()
    checks.that("the upgrade succeeds", status == 0, said)
    again = until(lambda: main_pid() not in (0, pid) and unit("ActiveState") == "active", 20)
    checks.that("a daemon that runs is restarted", again, unit("ActiveState"))
    seen = run("pipeline-retryd", "status")[1]
    kept = "before the upgrade" in seen and (STATE / "ledger.sqlite").stat().st_ino == ledger
    checks.that("the ledger and what is in it are kept", kept, seen)
    checks.that("the edited config is kept", CONFIG.read_text(encoding="utf-8") == mine)
    seen = run("stat", "-c", "%U:%G %a", str(CONFIG))[1]
    checks.that("with its owner and mode", seen == "root:pipeline-retryd 640", seen)
    run("systemctl", "stop", UNIT)
    status, said = package.install()
    checks.that("one that does not run is not started", (status, main_pid()) == (0, 0), said)
    restart()
    files = package.files()
    status, said = package.remove()
    checks.that("removing it succeeds", status == 0, said)
    checks.that("and ends a daemon that runs", not main_pid() and unit("ActiveState") != "active")
    checks.that("config and state stay", package.kept_config.exists() and STATE.exists())
    own = [f for f in files if "retryd" in f]
    purged = package.purge()
    if purged:
        checks.that("purging it succeeds", purged[0] == 0, purged[1])
        own += [str(STATE), str(CONFIG.parent)]
    else:
        own.remove(str(CONFIG.parent))
    rest = [f for f in [*own, "/run/pipeline-retryd"] if os.path.lexists(f)]
    checks.that(f"nothing stays of {len(own)} files", own and not rest, rest)
    changed = sorted(surface() ^ before)
    checks.that("the system's files are those of before the installation", not changed, changed)


def ledger_of_a_large_fleet():
    """Apart from the rest, since it needs a simulator that nothing else has changed."""
    daily = Simulator(WORK, "daily", DAILY)
    hardship.many_ended(checks, daily.endpoint)
    daily.stop()


# What stands by itself: each leaves the service stopped, with the keys of `bad_start`.
CHAPTERS = {
    "processes": lambda: processes.chapter(checks, journal, WORK),
    "roots": lambda: roots.chapter(checks, WORK),
    "metadata": lambda: surroundings.late_metadata(checks, journal, WORK),
    "names": lambda: surroundings.dead_name(checks, journal, WORK),
    "interception": lambda: surroundings.interception(checks, journal, WORK),
    "ledger": ledger_of_a_large_fleet,
}
# What also a short proof plays, since it rests on the system and not only on the daemon.
SHORT = ["processes", "roots"]


def some(names):
    write_keys("AKIDPROOF", "proof-secret")
    drop_in("WatchdogSec=3s", "RestartSec=1s")
    for name in names:
        CHAPTERS[name]()


def whole_life():
    bad_start()
    hardship.ends(checks, journal)
    daily = Simulator(WORK, "daily", DAILY)
    first_start(daily)
    stalled = hardship.StalledDisk(checks, whole, WORK)
    stalled.begin(daily)
    daily_life(daily)
    hardship.limits(checks)
    reloads(daily)
    hardship.pauses(checks, journal)
    hardship.abuse(checks)
    second_instance()
    journald()
    encrypted()
    daily.stop()
    endless = Simulator(WORK, "endless", ENDLESS)
    killed(endless)
    watchdog()
    endless.stop()
    hardship.flood(checks, journal, WORK)
    stalled.end()
    full_disk(WORK)
    stop()
    hardship.slow_start(checks, daily.endpoint)
    some(CHAPTERS)
    foreign_lines()


def life():
    daily = Simulator(WORK, "daily", DAILY)
    bad_start()
    first_start(daily)
    daily_life(daily)
    reloads(daily)
    stop()
    daily.stop()


def main():
    checks.fact("systemd", run("systemctl", "--version")[1].splitlines()[0])
    before = installation()
    completions()
    static_analysis()
    mode = sys.argv[2]
    if mode in ("whole", "short"):
        week.chapter(checks, journal, WORK)
    if mode == "whole":
        whole_life()
    elif mode == "life":
        life()
    else:
        some(SHORT if mode == "short" else mode.split(","))
    upgrade(before)


try:
    main()
finally:
    hardship.StalledDisk.release()
    with open(WORK / "journal.txt", "w", encoding="utf-8") as kept:
        kept.write(run("journalctl", "--no-pager", "-o", "short-precise")[1])
    counts = f"{checks.passed} passed, {checks.failed} failed, {checks.skipped} skipped"
    print(f"{counts}, {time.monotonic() - BEGAN:.0f} s", flush=True)
sys.exit(1 if checks.failed else 0)
