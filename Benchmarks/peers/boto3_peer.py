#!/usr/bin/env python3
"""The benchmark's peer on boto3: polls, decodes, looks for failed stages."""

import argparse
import heapq
import json
import queue
import resource
import sys
import threading
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError


class Poller:
    """Asks for states and counts what it found; the counts are under a lock."""

    def __init__(self, endpoint, in_flight):
        config = Config(region_name="eu-west-1", max_pool_connections=in_flight)
        self.client = boto3.client("codepipeline", endpoint_url=endpoint, config=config)
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.calls = self.faults = self.failed = self.stages = 0

    def poll(self, name):
        try:
            state = self.client.get_pipeline_state(name=name)
        except (BotoCoreError, ClientError) as fault:
            with self.lock:
                self.faults += 1
                if self.faults == 1:
                    print(fault, file=sys.stderr)
            return
        failed = [
            stage["stageName"]
            for stage in state["stageStates"]
            if stage.get("latestExecution", {}).get("status") == "Failed"
        ]
        with self.lock:
            self.calls += 1
            self.stages += len(state["stageStates"])
            self.failed += len(failed)


def run_threads(count, work):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def closed(poller, in_flight, calls, seconds):
    """Keeps calls in flight until the time is over or the count is reached."""
    end = time.monotonic() + seconds
    left = iter(range(calls))
    lock = threading.Lock()

    def goes_on():
        if not calls:
            return time.monotonic() < end
        with lock:
            return next(left, None) is not None

    def work():
        while goes_on():
            poller.poll("pipeline-00000")

    run_threads(in_flight, work)


def paced(poller, in_flight, pipelines, interval, seconds):
    """Polls every pipeline once an interval, their starts spread evenly, on a few threads."""
    began = time.monotonic()
    due = [(began + interval * index / pipelines, index) for index in range(pipelines)]
    heapq.heapify(due)
    work = queue.SimpleQueue()

    def serve():
        while True:
            index = work.get()
            if index is None:
                return
            poller.poll(f"pipeline-{index:05}")

    threads = [threading.Thread(target=serve) for _ in range(in_flight)]
    for thread in threads:
        thread.start()
    while due[0][0] < began + seconds:
        at, index = due[0]
        pause = at - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        heapq.heapreplace(due, (at + interval, index))
        work.put(index)
    for _ in threads:
        work.put(None)
    for thread in threads:
        thread.join()


def processor_ms():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1000


def peak_kib():
    """VmHWM: what getrusage calls the peak begins with that of the parent process."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=("closed", "paced"), default="closed")
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--in-flight", type=int, default=8)
    parser.add_argument("--calls", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--pipelines", type=int, default=100)
    parser.add_argument("--interval", type=float, default=30)
    options = parser.parse_args()

    poller = Poller(options.endpoint, options.in_flight)
    if options.mode == "closed":
        # The first calls open the connections and build the parsers.
        closed(poller, options.in_flight, 50, 0)
        poller.reset()
    began, before = time.monotonic(), processor_ms()
    if options.mode == "closed":
        closed(poller, options.in_flight, options.calls, options.seconds)
    else:
        paced(poller, options.in_flight, options.pipelines, options.interval, options.seconds)
    spent = processor_ms() - before
    print(
        json.dumps(
            {
                "calls": poller.calls,
                "faults": poller.faults,
                "failed_stages": poller.failed,
                "stages": poller.stages,
                "seconds": time.monotonic() - began,
                "cpu_ms": spent,
                "cpu_ms_per_call": spent / max(1, poller.calls),
                "peak_rss_kib": peak_kib(),
            }
        )
    )
    return 0 if poller.calls else 1


if __name__ == "__main__":
    sys.exit(main())
