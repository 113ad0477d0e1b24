#!/usr/bin/env python3
"""Runs `report` against the built daemon and the simulator, and opens its page in Chromium.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables; ONLY, a part of a check's name;
SCREENSHOTS, a folder for pictures of the page. Ends with `N passed, N failed`; exit status 1 when
anything failed, 77 when there is no browser.
"""

import html.parser
import json
import os
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "daemon"))

from browser import NAMES, Browser, program  # noqa: E402
from lab import run_checks, stop, wait_for  # noqa: E402

EXAMPLE = HERE.parents[2] / "docs" / "report-example.html"
SIZES = ((1280, 900), (390, 844))
HOSTILE = '<script>window.hit = 1</script><img src=x onerror="window.hit = 1">'
PIPELINE = """
  - name: {name}
    starts: [{starts}]
    stages:
      - name: Source
        actions: [{{ name: Checkout, category: Source, attempts: [{{ result: succeed, after: 50ms }}] }}]
      - name: Deploy
        {more}
        actions: [{{ name: Ship, category: Deploy, attempts: {attempts} }}]
"""
PASS = {"result": "succeed", "after": "100ms"}


def fail(message):
    return {"result": "fail", "after": "100ms", "message": message}


def scenario():
    head = "credentials: [{ access_key_id: AKIDDAEMON, secret_access_key: daemon-secret }]\n"
    rows = [
        ("passes", "0s", "", [PASS]),
        ("recovers", "0s", "", [fail("the queue is full"), PASS]),
        ("hopeless", "0s", "", [fail(HOSTILE)]),
        ("native", "0s", "on_failure: RETRY", [fail("reset by peer"), PASS]),
    ]
    return head + "pipelines:" + "".join(
        PIPELINE.format(name=name, starts=starts, more=more, attempts=json.dumps(attempts))
        for name, starts, more, attempts in rows)


def configure(world):
    world.configure(text=f"""
aws: {{ region: eu-west-1, endpoint_url: "http://127.0.0.1:{world.port}" }}
poll: {{ interval: 1s, active_interval: 1s }}
root_cause: {{ enabled: false }}
policies:
  default:
    max_retries: 2
    backoff: {{ kind: fixed, initial: 1s, min: 1s, jitter: none }}
    rules:
      - name: "queue <b>full</b>"
        when: {{ contains: the queue is full }}
        max_retries: 2
      - {{ name: never seen, when: {{ contains: a comet }}, max_retries: 1 }}
    otherwise: retry
pipelines: [{{ match: "*" }}]
""")


def history(world):
    """Failures that are over, with what the simulator did before the daemon ran; the daemon."""
    configure(world)
    world.simulator(scenario())
    daemon = world.ready_daemon()

    def over():
        ended = {e["RETRYD_PIPELINE"] for e in world.entries() if "RETRYD_OUTCOME" in e}
        return {"recovers", "hopeless"} <= ended

    wait_for("the outcomes", over)
    imported = world.command("history", "import")
    assert imported.returncode == 0 and imported.stdout.startswith("imported "), imported
    return daemon


def report(world, *options):
    done = world.command("report", "--config", str(world.config), *options)
    assert done.returncode == 0, done
    return done.stdout


def figures(world):
    return json.loads(report(world, "--json", "--since", "1d"))


def check_the_figures_are_what_the_simulator_did(world):
    daemon = history(world)
    told = wait_for(
        "the attempt that succeeded",
        lambda: (lambda f: f if f["total"]["results"]["recovered"] == 2 else None)(figures(world)))
    own = len(re.findall(r"RetryStageExecution \S+ Deploy ok", world.text("simulator.log")))
    total = told["total"]
    # The hopeless one fails once more than it is retried; the native retry is another's.
    assert own == 3, own
    assert (total["own_retries"], total["other_retries"]) == (own, 1), total
    assert total["failures"] == 5, total
    assert total["results"]["failed_the_same"] == 2, total
    assert total["results"]["not_retried"] == 1, total
    assert total["success"]["trials"] == 4, total
    assert sum(week["figures"]["failures"] for week in told["weeks"]) == 5, told["weeks"]
    pipelines = {row["name"].split("/")[1] for row in told["pipelines"]["rows"]}
    assert pipelines == {"recovers", "hopeless", "native"}, pipelines
    rules = {row["name"]: row["figures"]["own_retries"] for row in told["rules"]["rows"]}
    assert rules == {"queue <b>full</b>": 1, "the policy itself": 2}, rules
    assert [s["subject"] for s in told["suggestions"]] == ["never seen"], told["suggestions"]
    one = json.loads(report(world, "--json", "--pipeline", "hopeless"))
    assert one["total"]["failures"] == 3, one
    text = report(world)
    assert "5 failed attempts: 2 recovered" in text, text
    assert max(map(len, text.splitlines())) <= 80, text
    stop(daemon)


def check_what_cannot_be_reported_is_said(world):
    none = world.command("report")
    assert none.returncode == 69 and "no pipeline-retryd listens" in none.stderr, none
    configure(world)
    world.simulator(scenario())
    daemon = world.ready_daemon()
    both = world.command("report", "--json", "--html", "x")
    assert both.returncode == 64, both
    place = world.command("report", "--html", str(world.folder / "none" / "x.html"))
    assert place.returncode == 73 and "No such file" in place.stderr, place
    lost = world.command("report", "--config", str(world.folder / "none.yaml"))
    assert lost.returncode == 78, lost
    target = world.command("report", "--target", "prd")
    assert target.returncode != 0 and "no target prd" in target.stderr, target
    stop(daemon)


class Outline(html.parser.HTMLParser):
    """Counts the elements of a page, and finds those that are never closed."""

    VOID = {"meta", "link"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.seen = []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-5:])
        self.open.pop()


def outline(page):
    found = Outline()
    found.feed(page)
    found.close()
    assert not found.open, found.open
    assert not {"script", "img", "iframe", "b"} & set(found.seen), set(found.seen)


CONTRASTS = """(() => {
  const style = getComputedStyle(document.documentElement);
  const light = name => {
    const text = style.getPropertyValue(name).trim().slice(1);
    const part = at => {
      const value = parseInt(text.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return 0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4);
  };
  const ratio = (a, b) => {
    const [low, high] = [light(a), light(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const found = {};
  for (const back of ["--back", "--panel"])
    for (const front of ["--text", "--muted", "--c0", "--c1", "--c2", "--c3", "--c4", "--c5", "--c6"])
      found[front + " on " + back] = ratio(front, back);
  return found;
})()"""
WIDTHS = """(() => ({
  page: document.scrollingElement.scrollWidth, window: innerWidth,
  hit: window.hit || null, back: getComputedStyle(document.body).backgroundColor,
  text: document.body.innerText, plots: document.querySelectorAll("svg[role=img]").length,
  tables: document.querySelectorAll("table").length,
  small: [...document.querySelectorAll("svg[role=img] text")]
    .filter(one => one.getBoundingClientRect().height < 8).length,
}))()"""


def look(browser, path, name, plots=3):
    """Opens a page in both widths, light and dark."""
    backs = set()
    for width, height in SIZES:
        for scheme in ("light", "dark"):
            complaints, requests = browser.open(path, width, height, scheme)
            assert not complaints, complaints
            assert all(url.startswith(("file:", "data:")) for url in requests), requests
            seen = browser.evaluate(WIDTHS)
            assert seen["window"] == width, seen
            assert seen["page"] <= width, f"{seen['page']} > {width}"
            assert seen["hit"] is None, "a name was run"
            assert seen["small"] == 0, f"{seen['small']} labels are too small"
            assert plots <= seen["plots"] <= seen["tables"], seen
            backs.add(seen["back"])
            poor = {k: v for k, v in browser.evaluate(CONTRASTS).items() if v < 4.5}
            assert not poor, poor
            if os.environ.get("SCREENSHOTS"):
                folder = pathlib.Path(os.environ["SCREENSHOTS"])
                browser.screenshot(folder / f"{name}-{width}-{scheme}.png")
    assert len(backs) == 2, backs
    return seen["text"]


def check_the_page_in_a_browser(world):
    daemon = history(world)
    path = world.folder / "report.html"
    assert report(world, "--html", str(path)).startswith(f"wrote {path}, ")
    outline(path.read_text())
    browser = Browser()
    try:
        text = look(browser, path, "report")
    finally:
        browser.close()
    assert "<script>window.hit" in text, text
    assert "queue <b>full</b>" in text, text
    stop(daemon)


def check_the_page_of_a_backtest_in_a_browser(world):
    daemon = history(world)
    other = world.folder / "other.yaml"
    other.write_text('policies: { default: { max_retries: 0 } }\npipelines: [{ match: "*" }]\n')
    path = world.folder / "backtest.html"
    done = world.command("backtest", "--config", str(world.config), "--against", str(other),
                         "--since", "1d", "--html", str(path), "--fail-if", "wasted>0")
    assert done.returncode == 1 and done.stdout.startswith(f"wrote {path}, "), done
    outline(path.read_text())
    browser = Browser()
    try:
        text = look(browser, path, "backtest", plots=1)
    finally:
        browser.close()
    for part in ("queue <b>full</b>", "--fail-if holds: wasted>0", "no longer retried", "0.0"):
        assert part in text, (part, text)
    both = world.command("backtest", "--config", str(world.config), "--json", "--html", str(path))
    assert both.returncode == 64, both
    stop(daemon)


def check_the_example_of_the_documents_in_a_browser(world):
    outline(EXAMPLE.read_text())
    browser = Browser()
    try:
        text = look(browser, EXAMPLE, "example")
    finally:
        browser.close()
    assert "Suggestions" in text and "How to read this" in text, text


if __name__ == "__main__":
    if not program():
        print(f"SKIPPED: none of {', '.join(NAMES)} is installed; on Debian: apt-get install chromium")
        sys.exit(77)
    sys.exit(run_checks(globals()))
