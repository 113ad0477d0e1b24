"""credential_process under the unit: the examples of the package, and what it says without them."""

import os
import pathlib
import shutil

from lab import CONFIG, UNIT, Simulator, configure, drop_in, run, until

PORT = 8707
EXAMPLES = pathlib.Path("/usr/share/doc/pipeline-retryd/examples")
DROP_IN = pathlib.Path(f"/etc/systemd/system/{UNIT}.d")
PROFILE = CONFIG.parent / "aws-config"
HELPER = pathlib.Path("/usr/local/bin/aws_signing_helper")
TREE = pathlib.Path("/usr/local/aws-cli")
AWS = pathlib.Path("/usr/local/bin/aws")
KEY = CONFIG.parent / "client.key"

ROLES_ANYWHERE = (
    f"{HELPER} credential-process --certificate {CONFIG.parent}/client.pem"
    f" --private-key /run/credentials/{UNIT}/client.key"
    " --trust-anchor-arn arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/0a1b"
    " --profile-arn arn:aws:rolesanywhere:eu-west-1:111122223333:profile/0a1b"
    " --role-arn arn:aws:iam::111122223333:role/pipeline-retryd"
)
CLI = f"{AWS} configure export-credentials --profile deploy --format process"


def install(work):
    """As the vendors' installers do it: one program, and a tree of its own with links to it."""
    shutil.copy(work / "aws_signing_helper", HELPER)
    version = TREE / "v2" / "2.0.0"
    (version / "dist").mkdir(parents=True)
    (version / "bin").mkdir()
    shutil.copy(work / "aws", version / "dist")
    shutil.copy(work / "libstandin.so", version / "dist")
    (version / "bin" / "aws").symlink_to("../dist/aws")
    (TREE / "v2" / "current").symlink_to("2.0.0")
    AWS.symlink_to(TREE / "v2" / "current" / "bin" / "aws")
    (CONFIG.parent / "client.pem").write_text("a certificate\n", encoding="ascii")
    KEY.write_text("a private key\n", encoding="ascii")
    KEY.chmod(0o600)


def remove():
    HELPER.unlink()
    AWS.unlink()
    shutil.rmtree(TREE)
    for path in (KEY, CONFIG.parent / "client.pem", PROFILE):
        path.unlink()
    drop_in("WatchdogSec=3s", "RestartSec=1s")


def write_profile(command):
    PROFILE.write_text(f"[default]\ncredential_process = {command}\n", encoding="ascii")
    PROFILE.chmod(0o640)
    shutil.chown(PROFILE, group="pipeline-retryd")


def start(*lines):
    """Starts the service with these lines in its drop-in, and without any keys but a profile's."""
    none = ["AWS_SHARED_CREDENTIALS_FILE=/dev/null", f"AWS_CONFIG_FILE={PROFILE}"]
    drop_in(*[f"Environment={text}" for text in none], *lines)
    run("systemctl", "reset-failed", UNIT)
    return run("systemctl", "restart", UNIT)


def is_refused(checks, journal, name, *wanted):
    """That the journal names what the unit forbids and what to add."""
    def found():
        entries = journal.entries(f"_SYSTEMD_UNIT={UNIT}")
        return [e["MESSAGE"] for e in entries if "credential_process" in str(e.get("MESSAGE"))]
    said = until(found, 20)
    checks.that(name, said and all(text in said[0] for text in wanted), said)


def with_example(checks, simulator, name):
    """That the example alone makes it work."""
    DROP_IN.mkdir(parents=True, exist_ok=True)
    shutil.copy(EXAMPLES / name, DROP_IN)
    answered = simulator.answered("GetPipelineState")
    status, said = start()
    more = until(lambda: simulator.answered("GetPipelineState") - answered > 2, 20)
    checks.that(f"with {name} the daemon works", status == 0 and more, said)
    paths = run("systemctl", "show", "-p", "ExecPaths", "--value", UNIT)[1]
    checks.that("and no shell may be run", "/sh" not in paths, paths)
    (DROP_IN / name).unlink()


def chapter(checks, journal, work):
    checks.chapter("credential_process under the unit")
    install(work)
    simulator = Simulator(work, "daily", PORT)
    configure(simulator.endpoint)

    write_profile(ROLES_ANYWHERE)
    journal.mark()
    start()
    wanted = ("NoExecPaths=", f"ExecPaths=-{HELPER}")
    is_refused(checks, journal, "a program that the unit forbids: it says so, and what to add", *wanted)
    with_example(checks, simulator, "credential-process-roles-anywhere.conf")

    write_profile(CLI)
    journal.mark()
    start(f"ExecPaths=-{os.path.realpath(AWS)}")
    wanted = ("failed to map segment", "directory of its own libraries")
    is_refused(checks, journal, "libraries that the unit forbids: it says so, and what to add", *wanted)
    with_example(checks, simulator, "credential-process-aws-cli.conf")

    write_profile(f"{CLI} | cat")
    journal.mark()
    start()
    wanted = ("shell metacharacters", "ExecPaths=-/bin/sh")
    is_refused(checks, journal, "a line for a shell: it says so, and what to add", *wanted)
    run("systemctl", "stop", UNIT)
    simulator.stop()
    remove()
