"""What AWS, a proxy, a broken emulator or an attacker answers in the hostile tests."""

import gzip
import json
import time

from hostile_network import SERVICE, hold

ID = b"x-amzn-RequestId: 6a3c2d1e-0000-4000-8000-00000000abcd\r\n"
JSON = b"Content-Type: application/x-amz-json-1.1\r\n"
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Wi-Fi</body></html>"
# It would forge lines of the journal, move a terminal's cursor and turn the reading round.
FORGED = (
    "no\nMESSAGE=forged\n<0>forged: \x1b[2J\x1b]0;x\x07\u202egnorw\u2028\u0085 "
    '{"RETRYD_EVENT":"stage_recovered"}\r\n\0end'
)


def answer(status=200, body=b"", headers=ID + JSON, length=None):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    length = len(body) if length is None else length
    return b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, length, body)


def says(data):
    """Answers with these bytes; the connection goes on."""
    return lambda connection, request, forward: connection.sendall(data) is None


def ends(data):
    """Answers with these bytes and closes."""
    return lambda connection, request, forward: connection.sendall(data) is not None


def body_of(message):
    return message.partition(b"\r\n\r\n")[2]


def made_of(change):
    """What `change` makes of the right answer's body; the connection is closed then."""

    def act(connection, request, forward):
        connection.sendall(change(body_of(forward())))

    return act


def edited(change, operation=None):
    """The right answer with another JSON, for one operation or all."""

    def act(connection, request, forward):
        whole = forward()
        if operation in (None, request.operation):
            value = json.loads(body_of(whole))
            change(value)
            whole = answer(200, value)
        return connection.sendall(whole) is None

    return act


def after_it_is_done(act):
    """AWS does it, and then somebody else answers."""

    def both(connection, request, forward):
        forward()
        return act(connection, request, lambda: b"")

    return both


def silence(seconds):
    return lambda connection, request, forward: time.sleep(seconds)


def flood(data, seconds=30):
    """Sends without end."""

    def act(connection, request, forward):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            connection.sendall(data)

    return act


def echo(status, headers):
    """An answer that repeats the whole signed request."""

    def act(connection, request, forward):
        lines = [request.line, *(f"{name}:{value}" for name, value in request.headers.items())]
        text = "The Canonical String for this request should have been '" + "\n".join(lines) + "'"
        body = {"__type": "InvalidSignatureException", "message": text}
        return connection.sendall(answer(status, body, headers)) is None

    return act


def echo_in_headers(connection, request, forward):
    token = request.headers["x-amz-security-token"].encode()
    signed = request.headers["authorization"].encode()
    headers = b"Server: %s\r\nVia: %s\r\nContent-Type: %s\r\n" % (token, signed, token)
    return connection.sendall(answer(403, PAGE, headers)) is None


def error(code, message="no", headers=ID + JSON):
    return says(answer(400, {"__type": code, "message": message}, headers))


HTML = b"Content-Type: text/html\r\nServer: captive\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\n" + ID + JSON + b"Transfer-Encoding: chunked\r\n\r\n"

# What any operation may meet and nothing may be concluded from.
ANY = {
    "an empty 200": says(answer()),
    "a captive portal's page with 200": says(answer(200, PAGE, HTML)),
    "a page with 403": says(answer(403, PAGE, HTML)),
    "a redirect to another host": says(answer(302, b"", b"Location: https://evil.example/\r\n")),
    "a redirect with AWS's id": says(answer(307, b"", ID + b"Location: https://evil.example/\r\n")),
    "AWS's code without AWS's id": error("PipelineNotFoundException", headers=JSON),
    "truncated JSON": ends(answer(200, b'{"stageStates":[{"stageName":"De')),
    "an answer that is cut": made_of(lambda body: answer(200, body)[:-20]),
    "a length that is too long": made_of(lambda body: answer(200, body, length=10**6)),
    "two lengths": made_of(lambda body: answer(200, body, ID + b"Content-Length: 2\r\n")),
    "garbage in chunks": ends(CHUNKS + b"zz\r\nnot a chunk\r\n0\r\n\r\n"),
    "gzip that nobody asked for": made_of(
        lambda body: answer(200, gzip.compress(body), ID + b"Content-Encoding: gzip\r\n")
    ),
    "1xx without end": flood(b"HTTP/1.1 103 Early Hints\r\nx: y\r\n\r\n" * 50),
    "headers without end": flood(b"HTTP/1.1 200 OK\r\nx: " + b"a" * 1000 + b"\r\n"),
    "a header that injects another": ends(
        b"HTTP/1.1 200 OK\r\n" + ID + b"X: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\n{}"
    ),
    "the signed request, repeated": echo(403, ID + JSON),
    "the signed request on a page": echo(403, HTML),
    "the token in the headers": echo_in_headers,
    "a million brackets": says(answer(200, b'{"stageStates":' + b"[" * 10**6)),
    "forged lines": error("Evil\n\x1b[31mException", FORGED),
    "no answer": ends(b""),
}


def rename(value):
    value["pipelineName"] = "db"


def empty(value):
    value["stageStates"] = []


def drop_executions(value):
    for stage in value["stageStates"]:
        stage.pop("latestExecution", None)


def empty_executions(value):
    for stage in value["stageStates"]:
        stage["latestExecution"] = {}


def double(value):
    value["stageStates"].append(value["stageStates"][-1])


# What GetPipelineState may say that cannot be.
STATES = {
    "the state of another pipeline": edited(rename),
    "a state without stages": edited(empty),
    "a state without executions": edited(drop_executions),
    "a state with empty executions": edited(empty_executions),
    "a state with a stage twice": edited(double),
}


def forget_stage(value):
    value["pipeline"]["stages"] = value["pipeline"]["stages"][:1]


def claim_success(value):
    for row in value["actionExecutionDetails"]:
        row["status"] = "Succeeded"


# What the definition and the history may say that contradicts the state.
EVIDENCE = {
    "a definition without the stage": edited(forget_stage, "GetPipeline"),
    "a history that contradicts the state": edited(claim_success, "ListActionExecutions"),
}

# How a retry may be answered that took effect; a late answer comes after the client's 20 s.
DONE = [
    "an empty 200", "a captive portal's page with 200", "a page with 403",
    "a redirect with AWS's id", "AWS's code without AWS's id", "truncated JSON", "no answer",
    "garbage in chunks", "the token in the headers",
]


def proxy_says(data, seconds=5):
    def act(connection, request):
        connection.sendall(data)
        hold(connection, seconds)

    return act


def repeat_password(connection, request):
    value = request.headers.get("proxy-authorization", "").encode()
    connection.sendall(answer(407, b"<html>wrong: " + value, b"Server: " + value + b"\r\n"))


PROXY = {
    "a proxy that repeats the password": repeat_password,
    "a proxy that sends elsewhere": proxy_says(answer(302, b"", b"Location: http://login/\r\n")),
    "a proxy that answers 200, then plaintext": proxy_says(
        b"HTTP/1.1 200 OK\r\n\r\n" + answer(200, b'{"stageStates":[]}')
    ),
    "a proxy that says nothing after 200": proxy_says(b"HTTP/1.1 200 OK\r\n\r\n", 20),
}

# Certificates of an authority that is trusted, for somebody else.
CERTIFICATES = {
    "a certificate for an address": {"names": "IP:127.0.0.1"},
    "a certificate with a common name only": {"names": None, "subject": SERVICE},
    "a certificate for *.amazonaws.com": {"names": "DNS:*.amazonaws.com"},
    "a certificate for another name": {"names": "DNS:evil.example"},
    "a certificate that is expired": {"days": 0},
}
