"""An operator's week: what docs/RUNBOOK.md shows of it, run as written and compared."""

import pathlib
import shutil
import socket
import time

import page
from lab import CONFIG, KEYS, STATE, UNIT, Simulator, run, unit

PORT = 8705
EXAMPLES = pathlib.Path("/usr/share/doc/pipeline-retryd/examples")
DROP_IN = pathlib.Path(f"/etc/systemd/system/{UNIT}.d")
ROOTS_KEYS = pathlib.Path("/root/.aws/credentials")
TEXT = "[default]\naws_access_key_id = AKIDPROOF\naws_secret_access_key = proof-secret\n"


def write_secret(path):
    path.parent.mkdir(exist_ok=True)
    path.write_text(TEXT, encoding="ascii")
    path.chmod(0o600)


def set_up(checks):
    """The service as the runbook has it: keys as a credential, by the drop-in of the package."""
    socket.sethostname("ops-1")
    write_secret(KEYS)
    write_secret(ROOTS_KEYS)
    DROP_IN.mkdir(parents=True)
    shutil.copy(EXAMPLES / "credentials.conf", DROP_IN)
    run("systemctl", "daemon-reload")
    owner = run("stat", "-c", "%U %a", str(KEYS))[1]
    checks.that("the keys are root's alone", owner == "root 600", owner)


def take_down(simulator):
    run("systemctl", "stop", UNIT)
    simulator.stop()
    shutil.rmtree(DROP_IN)
    ROOTS_KEYS.unlink()
    KEYS.unlink()
    shutil.rmtree(STATE)
    run("systemctl", "daemon-reload")


def encrypted(checks, simulator):
    """The same keys, encrypted with the host's key."""
    command = f"systemd-creds encrypt --with-key=host --name=aws {KEYS} {KEYS}.cred"
    status, said = run("bash", "-c", command)
    if not checks.that("systemd-creds encrypts the keys", status == 0, said):
        return
    (DROP_IN / "credentials.conf").unlink()
    KEYS.unlink()
    shutil.copy(EXAMPLES / "credentials-encrypted.conf", DROP_IN)
    run("systemctl", "daemon-reload")
    answered = simulator.answered("GetPipelineState")
    status, said = run("systemctl", "restart", UNIT)
    time.sleep(3)
    more = simulator.answered("GetPipelineState") - answered
    checks.that("and the daemon works with them", status == 0 and more > 2, f"{more} calls: {said}")
    pathlib.Path(f"{KEYS}.cred").unlink()
    write_secret(KEYS)


def before(words, good):
    """What the operator did in front of a block."""
    if words == "the file has a fault":
        CONFIG.write_text(good.replace("interval: 1s", "intervall: 1s", 1), encoding="utf-8")
    elif words == "the former file is back":
        CONFIG.write_text(good, encoding="utf-8")
    else:
        raise SystemExit(f"the runbook wants what the proof cannot do: {words}")


def compare(checks, text, good):
    """Runs the blocks in order; the page with the outputs that were seen."""
    fresh = []
    end = 0
    # Other versions of systemd word and lay out what is theirs differently.
    is_shown = run("systemctl", "--version")[1].startswith("systemd 252")
    if not is_shown:
        checks.skip("what the blocks print", "the page shows what systemd 252 prints")
    for block in page.blocks(text):
        if block["before"]:
            before(block["before"], good)
        # The daemon's entries take a thread of their own to the journal.
        time.sleep(0.3)
        run("journalctl", "--sync")
        status, output = page.run(block["commands"])
        expected = page.expected(block)
        first = " ".join(block["commands"].split())[:90]
        holds = checks.that(f"as written: {first}", status == expected[0], f"exit {status}: {output}")
        if not is_shown:
            continue
        was, now = (page.normalised(t.rstrip()).splitlines() for t in (expected[1], output))
        other = [f"\n  page: {a}\n  seen: {b}" for a, b in zip(was, now) if a != b][:3]
        checks.that("prints what the page shows", holds and was == now, "".join(other) or output)
        fresh += [text[end:block.start()], page.with_output(block, status, output)]
        end = block.end()
    return "".join(fresh) + text[end:]


def chapter(checks, journal, work):
    """Plays the week and holds the page against it; writes the page as it would be right."""
    checks.chapter("the runbook's commands")
    set_up(checks)
    simulator = Simulator(work, "operator", PORT)
    good = (work / "operator-config.yaml").read_text(encoding="utf-8")
    CONFIG.write_text(good, encoding="utf-8")
    journal.mark()
    status, said = run("systemctl", "start", UNIT)
    checks.that("with keys by LoadCredential= it starts", status == 0, said)
    entry = journal.wait("retry_scheduled", 60, pipeline="mobile")
    checks.that("the week is over", entry, "no retry_scheduled of mobile in 60 s")
    # The status line is told every 3 s at most.
    time.sleep(3.5)
    checks.fact("StatusText", unit("StatusText"))

    text = (work / "RUNBOOK.md").read_text(encoding="utf-8")
    loose = page.unexercised(text)
    checks.that("every command of the operators' part is in a block that is run", not loose, loose)
    fresh = compare(checks, text, good)
    if fresh != text:
        (work / "RUNBOOK.fresh.md").write_text(fresh, encoding="utf-8")
    encrypted(checks, simulator)
    take_down(simulator)
