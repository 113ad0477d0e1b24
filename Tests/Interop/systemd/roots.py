"""The unit on a system that lacks a folder which others have: Debian on arm64 has no /lib64."""

import os
import pathlib
import shutil

from lab import UNIT, drop_in, main_pid, run, unit

PROGRAM = pathlib.Path("/usr/bin/pipeline-retryd")
LOADER = b"/lib64/ld-linux-x86-64.so.2\0"
OTHER = b"/lib/ld-proof.so"
FOLDERS = [pathlib.Path("/lib64"), pathlib.Path("/usr/lib64")]


def with_another_loader(work):
    """A copy of the program that names its loader outside of /lib64; None when it need not."""
    program = bytearray(PROGRAM.read_bytes())
    at = program.find(LOADER)
    if at < 0:
        return None
    program[at:at + len(LOADER)] = OTHER.ljust(len(LOADER), b"\0")
    copy = work / "pipeline-retryd.other-loader"
    copy.write_bytes(program)
    copy.chmod(0o755)
    return copy


def away(path):
    return path.with_name(path.name + ".away")


def start_without(loader):
    """Starts the service while the folders are away; (status, output, what of them it sees).

    What is begun meanwhile is begun by the loader's own path. The manager needs none to begin the
    service.
    """
    moved = []
    try:
        for path in FOLDERS:
            if os.path.lexists(path):
                # By copying what an overlay cannot rename.
                shutil.move(path, away(path))
                moved.append(path)
        systemctl = shutil.which("systemctl")
        status, said = run(loader, systemctl, "start", UNIT)
        pid = run(loader, systemctl, "show", "-p", "MainPID", "--value", UNIT)[1]
        seen = [str(path) for path in FOLDERS if os.path.lexists(f"/proc/{pid}/root{path}")]
        return status, said, seen
    finally:
        for path in moved:
            shutil.move(away(path), path)


def chapter(checks, work):
    checks.chapter("a system without /lib64, as arm64 has it")
    drop_in("WatchdogSec=3s", "RestartSec=1s")
    run("systemctl", "stop", UNIT)
    run("systemctl", "reset-failed", UNIT)
    if not any(os.path.lexists(path) for path in FOLDERS):
        checks.skip("a system without /lib64", "this is one, and the service was started here")
        return
    copy = with_another_loader(work)
    helper = pathlib.Path("/usr/lib/systemd/systemd-executor")
    if copy is None or helper.exists():
        checks.skip("a system without /lib64", "its manager cannot start anything then")
        return
    loader = os.path.realpath(LOADER[:-1].decode("ascii"))
    if copy:
        pathlib.Path(OTHER.decode("ascii")).symlink_to(loader)
        run("mount", "--bind", str(copy), str(PROGRAM))
    status, said, seen = start_without(loader)
    state = (unit("ActiveState"), unit("Result"), unit("ExecMainStatus"), unit("StatusText"))
    checks.that("the unit starts there", status == 0 and state[0] == "active", f"{state}: {said}")
    checks.that("and sees neither /lib64 nor /usr/lib64", main_pid() and not seen, seen)
    run("systemctl", "stop", UNIT)
    run("systemctl", "reset-failed", UNIT)
    if copy:
        run("umount", str(PROGRAM))
        pathlib.Path(OTHER.decode("ascii")).unlink()
