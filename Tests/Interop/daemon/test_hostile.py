#!/usr/bin/env python3
"""Plays AWS gone wrong, broken proxies and attackers against the built daemon.

Each case has a daemon, a simulator, a proxy and a service of its own. While something hostile
answers, an entry names it, no episode ends and no retry is sent; when it is over, the daemon goes
on by itself, sends what was due, and never more than the policy allows. No secret and no control
character reaches the journal, the ledger or what `status` says.

Environment: DAEMON_BIN and SIMULATOR_BIN, the built executables; ONLY, a part of a case's name;
JOBS, how many cases run at once, default 18; HOSTILE_KEEP, a folder where the logs are put.
Needs Python and openssl. Ends with `N passed, N failed`; exit status 1 when anything failed.
"""

import base64
import concurrent.futures
import contextlib
import datetime
import json
import os
import pathlib
import re
import sys
import tempfile
import time
import traceback

import hostile_answers as answers
from hostile_network import (
    PROXY_PASSWORD, STS, Certificates, Metadata, Proxy, Service, write_helper,
)
from lab import World, stop, wait_for

KEY = "AKIAHOSTILE1234567"
SECRET = "hostileKey/9dKq2mZx7PbV4nRt6wYc"
TOKEN = "FwoGZXIvYXdzEHostile/" + "Qx7Lr9" * 30 + "=="
JWT = "eyJhbGciOiJSUzI1NiJ9." + "QWJjRGVm" * 20 + ".c2lnbmF0dXJlLW9m"
SECRETS = {
    "the secret key": SECRET,
    "the session token": TOKEN,
    "the web identity": JWT,
    "the proxy's password": PROXY_PASSWORD,
    "the proxy's header": base64.b64encode(f"retryd:{PROXY_PASSWORD}".encode()).decode(),
}
SCENARIO = f"""
credentials:
  - {{ access_key_id: {KEY}, secret_access_key: "{SECRET}", session_token: "{TOKEN}" }}
pipelines:
  - name: web
    starts: [0s]
    stages:
      - name: Source
        actions:
          - name: Checkout
            category: Source
            attempts: [{{ result: succeed, after: 50ms }}]
      - name: Deploy
        actions:
          - name: Ship
            category: Deploy
            attempts: [{{ result: fail, after: 100ms, message: the queue is full }}]
"""
CONFIG = """
aws: { region: eu-west-1 }
poll: { interval: 1s, active_interval: 1s }
policies:
  default:
    max_retries: 2
    backoff: { kind: fixed, initial: 3s, min: 1s, max: 10m, jitter: none }
pipelines: [{ name: web }]
"""
ENDS = {
    "stage_recovered", "retries_exhausted", "stage_not_retried", "stage_superseded", "stage_removed",
}
NAMES = {
    "target_degraded", "pipeline_lost", "retry_unknown", "retry_refused", "retry_deferred",
    "retry_accepted", "throttled",
}
# What steers a terminal or a reader, as it is or as JSON has it.
STEERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e]|\\u00[01]|\\u202")
# No pause of the daemon after trouble is longer.
PATIENCE = 400


class Lab:
    """A daemon and all that it meets."""

    def __init__(self, folder, certificates):
        self.world = World(folder)
        self.world.simulator(SCENARIO)
        self.service = Service(certificates, self.world.port)
        self.proxy = Proxy(self.service)
        self.world.configure(text=CONFIG)
        self.environment = self.world.environment
        proxy = f"http://retryd:{PROXY_PASSWORD}@127.0.0.1:{self.proxy.listener.port}"
        self.environment.update({
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "HTTPS_PROXY": proxy,
            "AWS_CA_BUNDLE": str(certificates.authority),
        })

    def without_keys(self):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            del self.environment[name]

    def sent(self):
        return self.service.requests.count("RetryStageExecution")

    def events(self, names, after=0):
        return [e for e in self.world.entries()[after:] if e.get("RETRYD_EVENT") in names]

    def wait_for_a_name(self, after=0):
        wait_for("an entry that names it", lambda: self.events(NAMES - {"retry_accepted"}, after),
                 100)

    def finish(self):
        """Lets the daemon go on to the end of its episode."""
        wait_for("the end of the episode", lambda: self.events(ENDS), PATIENCE)

    def check(self):
        ends = self.events(ENDS)
        assert len(ends) == 1, [e["MESSAGE"] for e in ends]
        assert len(self.world.retries()) <= 2, f"{len(self.world.retries())} retries of 2"
        assert self.sent() == len(self.world.events("retry_sent")), "a retry was sent twice"
        texts = {p.name: p.read_bytes() for p in (self.world.folder / "state").glob("*")}
        for arguments in (["status"], ["status", "--json"]):
            done = self.world.command(*arguments)
            texts[" ".join(arguments)] = (done.stdout + done.stderr).encode()
        journal = self.world.text("daemon-1.log")
        texts["the journal"] = journal.encode()
        for place, text in texts.items():
            for what, secret in SECRETS.items():
                parts = (secret[i : i + 12].encode() for i in range(len(secret) - 11))
                assert not any(part in text for part in parts), f"{what} stands in {place}"
            assert b"AWS4-HMAC" not in text, f"the signature stands in {place}"
        steers = STEERS.search(journal)
        assert not steers, f"{steers[0]!r} stands in the journal"
        assert len(journal.splitlines()) < 40, f"{len(journal.splitlines())} lines of journal"

    def said(self):
        return self.world.text("daemon-1.log")[-3000:]

    def close(self):
        self.world.close()
        self.service.listener.close()
        self.proxy.listener.close()


def begin(lab):
    """Starts the daemon and waits until it has a retry to send."""
    daemon = lab.world.ready_daemon()
    wait_for("a retry is planned", lambda: lab.world.events("retry_scheduled"), 60)
    return daemon, len(lab.world.entries())


def goes_on(lab, before):
    """What must be true while something hostile answers, and then that it is over."""
    time.sleep(2)
    ends = [e["MESSAGE"] for e in lab.events(ENDS)]
    assert not ends, f"the episode was ended by it: {ends}"
    assert len(lab.world.retries()) == before, "a retry was sent on it"


def read(act, operations=("GetPipelineState",)):
    """Something else than a state comes while a retry waits for its time."""

    def play(lab):
        daemon, seen = begin(lab)
        lab.service.attack = lambda request: act if request.operation in operations else None
        lab.wait_for_a_name(seen)
        goes_on(lab, 0)
        lab.service.attack = lambda request: None
        lab.finish()
        assert len(lab.world.retries()) == 2, f"{len(lab.world.retries())} retries"
        return daemon

    return play


def evidence(act):
    """The definition or the history is not what it should be from the start."""

    def play(lab):
        hit = ("GetPipeline", "ListActionExecutions")
        lab.service.attack = lambda request: act if request.operation in hit else None
        daemon = lab.world.ready_daemon()
        lab.wait_for_a_name()
        goes_on(lab, 0)
        lab.service.attack = lambda request: None
        lab.finish()
        assert len(lab.world.retries()) == 2, f"{len(lab.world.retries())} retries"
        return daemon

    return play


def retry(act, takes_effect):
    """The first retry is answered by somebody else, and AWS did it or not."""

    def play(lab):
        first = answers.after_it_is_done(act) if takes_effect else act

        def attack(request):
            is_first = request.operation == "RetryStageExecution" and lab.sent() == 1
            return first if is_first else None

        lab.service.attack = attack
        daemon = lab.world.ready_daemon()
        lab.finish()
        assert lab.events(NAMES), "no entry names it"
        executed = len(lab.world.retries())
        assert executed == (2 if takes_effect else 1), f"{executed} retries"
        return daemon

    return play


def way(attack=None, context=None):
    """A proxy has other plans, or somebody else stands behind it."""

    def play(lab):
        daemon, seen = begin(lab)
        good = lab.service.context
        lab.proxy.attack = attack
        lab.service.context = context or good
        # The kept connection ends.
        lab.service.attack = lambda request: answers.ends(b"")
        lab.wait_for_a_name(seen)
        tunnels = lab.proxy.tunnels
        goes_on(lab, 0)
        assert lab.proxy.tunnels <= tunnels + 2, "it is dialled again and again"
        lab.proxy.attack, lab.service.context = None, good
        lab.service.attack = lambda request: None
        lab.finish()
        assert len(lab.world.retries()) == 2, f"{len(lab.world.retries())} retries"
        return daemon

    return play


def keys(begin_with, end_with):
    """The source of the keys gives none that are good, and then some."""

    def play(lab):
        lab.without_keys()
        attacker = begin_with(lab)
        daemon = lab.world.ready_daemon()
        lab.wait_for_a_name()
        assert "GetPipelineState" not in lab.service.requests, "a request was sent without keys"
        end_with(lab, attacker)
        lab.finish()
        assert len(lab.world.retries()) == 2, f"{len(lab.world.retries())} retries"
        return daemon

    return play


def expiration():
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def document(key=KEY, **more):
    return {"AccessKeyId": key, "SecretAccessKey": SECRET, "Expiration": expiration(), **more}


def process(script):
    def begin_with(lab):
        helper = lab.world.folder / "helper"
        write_helper(helper, script)
        config = lab.world.folder / "aws-config"
        config.write_text(f"[default]\ncredential_process = {helper}\n")
        config.chmod(0o600)
        lab.environment["AWS_CONFIG_FILE"] = str(config)
        return helper

    def end_with(_, helper):
        good = json.dumps({"Version": 1, "SessionToken": TOKEN, **document()})
        write_helper(helper, f"echo '{good}'")

    return keys(begin_with, end_with)


def container(attack):
    def begin_with(lab):
        good = lambda: answers.answer(200, document(Token=TOKEN), b"")
        metadata = Metadata(good, attack)
        address = f"http://127.0.0.1:{metadata.listener.port}/keys"
        lab.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = address
        return metadata

    return keys(begin_with, lambda _, metadata: setattr(metadata, "attack", None))


def role(make):
    def good(connection, request, forward):
        parts = {"SessionToken": TOKEN, **document()}
        xml = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items())
        body = f"<R><Credentials>{xml}</Credentials></R>".encode()
        return connection.sendall(answers.answer(200, body, answers.ID)) is None

    def begin_with(lab):
        token = lab.world.folder / "jwt"
        token.write_text(JWT)
        token.chmod(0o600)
        lab.environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = str(token)
        lab.environment["AWS_ROLE_ARN"] = "arn:aws:iam::111122223333:role/retryd"
        state = {"act": make}

        def attack(request):
            return state["act"] if request.headers["host"] == STS else None

        lab.service.attack = attack
        return state

    return keys(begin_with, lambda _, state: state.update(act=good))


def repeats_the_form(connection, request, forward):
    body = b"<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>bad: %s</Message>" \
        b"</Error><RequestId>r</RequestId></ErrorResponse>" % request.body
    return connection.sendall(answers.answer(400, body, answers.ID)) is None


def cases(certificates):
    bad_key = document("AK\r\nID")
    yield from ((f"for a state: {name}", read(act)) for name, act in answers.ANY.items())
    yield from ((f"for a state: {name}", read(act)) for name, act in answers.STATES.items())
    yield from ((name, evidence(act)) for name, act in answers.EVIDENCE.items())
    for name in answers.DONE:
        yield f"for a retry that was done: {name}", retry(answers.ANY[name], True)
    for name in ("a page with 403", "no answer"):
        yield f"for a retry that was not done: {name}", retry(answers.ANY[name], False)
    yield from ((name, way(attack=act)) for name, act in answers.PROXY.items())
    for name, parts in answers.CERTIFICATES.items():
        yield name, way(context=certificates.context(**parts))
    yield "a process that tells secrets", process(f"echo SecretAccessKey={SECRET} >&2; exit 1")
    yield "a process whose key breaks a line", process(
        f"echo '{json.dumps({'Version': 1, **bad_key}, ensure_ascii=True)}'")
    yield "a container's page", container(answers.answer(200, answers.PAGE, b""))
    yield "a container's key that breaks a line", container(answers.answer(200, bad_key, b""))
    yield "STS that repeats the web identity", role(repeats_the_form)
    yield "a page for STS", role(answers.says(answers.answer(200, answers.PAGE, answers.HTML)))


def run(name, play, certificates):
    """One case; its trouble in words, or None."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, contextlib.ExitStack() as end:
        lab = None
        try:
            lab = Lab(pathlib.Path(folder), certificates)
            end.callback(lab.close)
            daemon = play(lab)
            lab.check()
            assert daemon.poll() is None, f"the daemon ended with {daemon.returncode}"
            stop(daemon, within=15)
        except Exception:
            return traceback.format_exc(limit=-2) + (lab.said() if lab else "")
        finally:
            if lab and (keep := os.environ.get("HOSTILE_KEEP")):
                file = re.sub(r"\W+", "-", name) + ".log"
                (pathlib.Path(keep) / file).write_text(lab.world.text("daemon-1.log"))
    return None


def main():
    only = os.environ.get("ONLY", "")
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        certificates = Certificates(pathlib.Path(folder))
        certificates.context()
        wanted = [(name, play) for name, play in cases(certificates) if only in name]
        with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", "18"))) as pool:
            under_way = {pool.submit(run, *case, certificates): case[0] for case in wanted}
            for future in concurrent.futures.as_completed(under_way):
                trouble = future.result()
                passed, failed = passed + (trouble is None), failed + (trouble is not None)
                print(f"{'ok  ' if trouble is None else 'FAIL'} {under_way[future]}", flush=True)
                if trouble:
                    print(trouble, flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
