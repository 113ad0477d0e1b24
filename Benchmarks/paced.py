"""Clients at their pace: processor share, memory, connections, and the time to the first poll."""

import contextlib
import os
import signal
import socket
import statistics
import time

import bodies
from clients import OURS

# Consecutive parts of one window; their median stands for it.
PARTS = 5
FIRST = bodies.TARGET + "GetPipelineState"


def processor_seconds(pid):
    """What the threads of a process have used, in nanosecond steps: {thread: seconds}."""
    used = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        # A thread may end between the two lines.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as status:
                used[thread] = int(status.read().split()[0]) / 1e9
    return used


def spent(before, after):
    return sum(seconds - before.get(thread, 0) for thread, seconds in after.items())


def coarse_seconds(pid):
    """The same in steps of 10 ms, with the threads that ended."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as status:
        fields = status.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_kib(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key + ":"))


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except Exception:
        process.kill()
        process.wait()
        raise


def paced(server, clients, client, pipelines, interval, window):
    """One client with so many pipelines: its share of a core and its memory once it is warm."""
    # The daemon reads every definition within its first two rounds; a peer has nothing to learn.
    warm = 2 * interval + 5 if client == OURS else 5
    process = clients.start(client, server.paced_endpoint, pipelines, interval,
                            warm + window + 60)
    try:
        time.sleep(warm)
        parts, resident = [], []
        first_counts, coarse = server.counts(), coarse_seconds(process.pid)
        began = time.monotonic()
        for _ in range(PARTS):
            before, at = processor_seconds(process.pid), time.monotonic()
            time.sleep(window / PARTS)
            after = processor_seconds(process.pid)
            parts.append(100 * spent(before, after) / (time.monotonic() - at))
            resident.append(memory_kib(process.pid, "VmRSS"))
        length = time.monotonic() - began
        coarse = coarse_seconds(process.pid) - coarse
        counts = server.counts()
        if process.poll() is not None:
            raise RuntimeError(f"{client} ended: {clients.said()[-2000:]}")
        peak = memory_kib(process.pid, "VmHWM")
    finally:
        stop(process)
    connections, polls = (now - then for now, then in zip(counts, first_counts))
    if polls == 0:
        raise RuntimeError(f"{client} polls nothing: {clients.said()[-2000:]}")
    share = statistics.median(parts)
    return {
        "cpu_percent": share,
        "cpu_percent_parts": parts,
        "cpu_percent_coarse": 100 * coarse / length,
        "polls_per_second": polls / length,
        "cpu_ms_per_poll": 10 * share * length / polls,
        "connections_per_1000_polls": 1000 * connections / polls,
        "rss_kib": max(resident),
        "peak_rss_kib": peak,
    }


def lines_of(path, length):
    """The log's lines beyond a length that was seen before."""
    with open(path, encoding="ascii") as log:
        log.seek(length)
        return log.read().splitlines()


def start_up(server, clients, client, pipelines):
    """Milliseconds from the start of a process to its first poll's arrival, and to READY=1."""
    length = server.seen.stat().st_size
    ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    path = clients.folder / "notify"
    path.unlink(missing_ok=True)
    ear.bind(str(path))
    ear.settimeout(30)
    extra = {"NOTIFY_SOCKET": str(path)} if client == OURS else {}
    began = time.time()
    process = clients.start(client, server.start_endpoint, pipelines, 30, 60, extra)
    try:
        ready = None
        while client == OURS and ready is None:
            if b"READY=1" in ear.recv(8192):
                ready = 1000 * (time.time() - began)
        end = time.monotonic() + 30
        while time.monotonic() < end and process.poll() is None:
            rows = [line.split() for line in lines_of(server.seen, length)]
            # nginx writes when it has answered; the time that it took goes off.
            polls = [float(row[0]) - float(row[1]) for row in rows if row[2] == FIRST]
            if polls:
                return {"first_poll_ms": 1000 * (min(polls) - began), "ready_ms": ready}
            time.sleep(0.02)
        raise RuntimeError(f"{client} does not poll: {clients.said()[-2000:]}")
    finally:
        ear.close()
        if process.poll() is None:
            stop(process)
