"""The runbook's commands for operators: found on the page, run as written, held against the page.

A block of commands (```sh) is followed by what it prints (```text, with `exit N` behind it when the
block ends with another status than 0), or by nothing when it prints nothing. A comment in front of a
block, `<!-- before: WORDS -->`, names what the operator did in between, which the proof does then.
"""

import os
import re
import signal
import subprocess

COMMANDS = ("journalctl ", "systemctl ", "pipeline-retryd ")
BLOCK = re.compile(
    r"(?:^<!-- before: (?P<before>[^\n]+) -->\n)?^```sh\n(?P<commands>.*?)^```$"
    r"(?:\n\n^```text(?: exit (?P<status>\d+))?\n(?P<output>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)

# What differs from run to run, and nothing else: times, process ids, ids, figures of memory and
# processor time, the host's name. Each pattern is as narrow as what it stands for.
VARIABLE = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIME"),
    (r"\b[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d [\w.-]+ ", "TIME HOST "),
    (r"\b[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC; [\w ]+ ago", "TIME ago"),
    (r"\b\d\d:\d\d:\d\d\b", "TIME"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "ID"),
    (r"\b((?:pipeline-retryd|systemd))\[\d+\]", r"\1[PID]"),
    (r"\b\d+ calls? to AWS\b", "N calls to AWS"),
    (r"^( *Main PID: )\d+", r"\1PID"),
    (r"^( *└─)\d+ ", r"\1PID "),
    (r"\b\d+(ms|s) (after it first failed|old when first detected)", r"SPAN \2"),
    # Where the host gives no controller for them, systemctl leaves these lines out.
    (r"^ *(Tasks|Memory|CPU): .*\n", ""),
]


def normalised(text):
    for pattern, word in VARIABLE:
        text = re.sub(pattern, word, text, flags=re.MULTILINE)
    return text


def operators_part(page):
    """What stands in front of the tables of alerts: the answers to an operator's questions."""
    begin, end = page.index("\n## "), page.index("\n## What to alert on")
    return begin, end


def blocks(page):
    """The blocks of commands, in order, as matches within the page."""
    begin, end = operators_part(page)
    return [b for b in BLOCK.finditer(page) if begin < b.start() and b.end() < end]


def unexercised(page):
    """Commands of the operators' part that no block has, so that nobody runs them."""
    begin, end = operators_part(page)
    text = page[begin:end]
    found = blocks(page)
    commands = "\n".join(b["commands"] for b in found).replace("\\\n", " ")
    prose = re.sub(r"(?ms)^```.*?^```$", "", text)
    inline = [" ".join(c.split()) for c in re.findall(r"`([^`]+)`", prose)]
    alone = [c for c in inline if c.startswith(COMMANDS) and c not in commands]
    # A fence that the pattern does not take for a block would be passed over.
    missed = text.count("\n```sh\n") - len(found)
    return alone + ["a block that cannot be read"] * missed


def run(commands):
    """(status, output) of a block, as an operator's shell gives it; `-f` follows for 2 s."""
    limit = 2 if re.search(r"journalctl .*-f$", commands, re.MULTILINE) else 60
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TZ": "UTC",
    }
    with subprocess.Popen(
        ["bash", "-c", commands], env=environment, cwd="/root", stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as shell:
        try:
            output, _ = shell.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGTERM)
            output, _ = shell.communicate()
            return (0 if limit == 2 else 124), output
    return shell.returncode, output


def with_output(block, status, output):
    """The block's text with another output."""
    before = f"<!-- before: {block['before']} -->\n" if block["before"] else ""
    shown = f"{before}```sh\n{block['commands']}```"
    if status == 0 and not output.strip():
        return shown
    kind = "text" if status == 0 else f"text exit {status}"
    return f"{shown}\n\n```{kind}\n{output.rstrip()}\n```"


def expected(block):
    """(status, output) as the page has them."""
    return int(block["status"] or 0), block["output"] or ""
