#!/usr/bin/env python3
"""Calls a local moto server with aws-probe: signatures, roles, web identity, the chain, TLS.

Needs moto (with its server) and openssl. Environment: AWS_PROBE_BIN. The servers listen on
127.0.0.1 and end with this script.
"""

import http.server
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

REGION = "eu-west-1"
# No blank: moto checks the hash of a body that it has encoded again, with + for %20.
EXTERNAL_ID = "open-sesame&more/=:@"
ROLE_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"},
        "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}}],
}
SERVICE_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "codepipeline.amazonaws.com"}}],
}
ALLOW = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}

passed = failed = 0


def check(name, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
        print("pass", name)
    else:
        failed += 1
        print("FAIL", name, detail)


def start(folder, *more):
    """Starts moto's server; answers it and its port.

    The port is held until the server listens beside the holder: one that is looked up and let go
    again can become another connection's before the server takes it.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        return listening(folder, port, *more), port


def listening(folder, port, *more):
    log = open(os.path.join(folder, f"moto-{port}.log"), "wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port), *more],
        stdout=log, stderr=log)
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server
        except OSError:
            time.sleep(0.1)
    server.kill()
    raise SystemExit("moto does not start: see its log in " + folder)


def probe(line, kind="sts"):
    run = subprocess.run(
        [os.environ["AWS_PROBE_BIN"], kind], input=json.dumps(line) + "\n",
        capture_output=True, text=True, timeout=120, check=False)
    return json.loads(run.stdout or '{"error":"no answer"}')


def post(url, body, content_type):
    request = urllib.request.Request(
        url, data=body.encode(), headers={"Content-Type": content_type,
            "Authorization": "AWS4-HMAC-SHA256 Credential=setup/20260101/us-east-1/iam/aws4_request,"
                             " SignedHeaders=host, Signature=0"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def iam(url, **parameters):
    form = urllib.parse.urlencode({"Version": "2010-05-08", **parameters})
    return post(url, form, "application/x-www-form-urlencoded")


def element(text, name):
    return text.split(f"<{name}>")[1].split(f"</{name}>")[0]


def signed_calls(url):
    iam(url, Action="CreateUser", UserName="u")
    iam(url, Action="PutUserPolicy", UserName="u", PolicyName="p",
        PolicyDocument=json.dumps(ALLOW))
    made = iam(url, Action="CreateAccessKey", UserName="u")
    iam(url, Action="CreateRole", RoleName="r",
        AssumeRolePolicyDocument=json.dumps(ROLE_POLICY))
    iam(url, Action="CreateRole", RoleName="pipeline",
        AssumeRolePolicyDocument=json.dumps(SERVICE_POLICY))
    iam(url, Action="PutRolePolicy", RoleName="r", PolicyName="p",
        PolicyDocument=json.dumps(ALLOW))
    base = {
        "url": url, "region": REGION, "access_key": element(made, "AccessKeyId"),
        "secret_key": element(made, "SecretAccessKey")}
    role = {
        **base, "action": "AssumeRole", "role_arn": "arn:aws:iam::123456789012:role/r",
        "duration": 900}
    web = {
        "url": url, "action": "AssumeRoleWithWebIdentity", "role_arn": role["role_arn"],
        "web_identity_token": "ey.J+/="}
    # moto verifies no web identity; that call is unsigned and would be refused below.
    keys = probe(web)
    check("a web identity gives keys", keys.get("access_key", "").startswith("ASIA"), keys)
    check("an expiration with microseconds is read", keys.get("expiration"), keys)
    post(url + "/moto-api/reset-auth", "0", "text/plain")
    check("a right signature is accepted", "arn" in probe(base), probe(base))
    wrong = probe({**base, "secret_key": base["secret_key"] + "x"})
    check("a wrong secret is refused", "SignatureDoesNotMatch" in wrong.get("error", ""), wrong)
    unknown = probe({**base, "access_key": "AKIAUNKNOWN000000000"})
    check("an unknown key is refused", "InvalidClientTokenId" in unknown.get("error", ""), unknown)
    keys = probe({**role, "external_id": EXTERNAL_ID})
    check("a role is assumed with its external id", "access_key" in keys, keys)
    check("the account is taken from the role", keys.get("account") == "123456789012", keys)
    denied = probe({**role, "external_id": "wrong"})
    check("a wrong external id is refused", "AccessDenied" in denied.get("error", ""), denied)
    session = {
        **base, "access_key": keys.get("access_key"), "secret_key": keys.get("secret_key"),
        "token": keys.get("token")}
    who = probe(session)
    check("a session's signature is accepted", ":assumed-role/r/" in who.get("arn", ""), who)
    lost = probe({**session, "token": "another"})
    check("a wrong session token is refused", "InvalidClientTokenId" in lost.get("error", ""), lost)
    return base


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        os.chmod(path, 0o600)
        file.write(text)
    return path


def names(answer):
    return [one["name"] for one in json.loads(answer.get("accepted") or "{}").get("pipelines", [])]


def pipeline(url, base):
    """Creates a pipeline with keys of its own, so that there is something to list."""
    declaration = {"pipeline": {
        "name": "deploy", "roleArn": "arn:aws:iam::123456789012:role/pipeline", "version": 1,
        "artifactStore": {"type": "S3", "location": "bucket"},
        "stages": [
            {"name": "Source", "actions": [{
                "name": "S", "actionTypeId": {
                    "category": "Source", "owner": "AWS", "provider": "S3", "version": "1"}}]},
            {"name": "Deploy", "actions": [{
                "name": "D", "actionTypeId": {
                    "category": "Approval", "owner": "AWS", "provider": "Manual",
                    "version": "1"}}]}]}}
    return probe({
        "env": static(url, base), "target": "CodePipeline_20150709.CreatePipeline",
        "body": declaration}, "call")


def static(url, base):
    return {
        "AWS_ACCESS_KEY_ID": base["access_key"], "AWS_SECRET_ACCESS_KEY": base["secret_key"],
        "AWS_REGION": REGION, "AWS_ENDPOINT_URL": url}


def chain_calls(folder, url, base):
    """Profile with role and external id -> AssumeRole -> a signed call with the session's keys."""
    credentials = write(folder, "credentials", f"""[base]
aws_access_key_id = {base["access_key"]}
aws_secret_access_key = {base["secret_key"]}
""")
    config = write(folder, "config", f"""[profile deploy]
role_arn = arn:aws:iam::123456789012:role/r
source_profile = base
external_id = {EXTERNAL_ID}
duration_seconds = 900
region = {REGION}
services = local
[profile stranger]
role_arn = arn:aws:iam::123456789012:role/r
source_profile = base
external_id = other
region = {REGION}
services = local
[services local]
sts =
  endpoint_url = {url}
codepipeline =
  endpoint_url = {url}
""")
    files = {"AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": credentials}
    whole = probe({"env": {**files, "AWS_PROFILE": "deploy"}}, "call")
    check("a profile's role with its external id leads to a signed call",
          names(whole) == ["deploy"] and whole["attempts"] == 1, whole)
    twice = probe({"env": {**files, "AWS_PROFILE": "deploy"}, "calls": 3}, "call")
    check("the session serves further calls", [names(one) for one in twice] == [["deploy"]] * 3,
          twice)
    stranger = probe({"env": {**files, "AWS_PROFILE": "stranger"}}, "call")
    check("a role that is refused gives no keys and no call",
          "AccessDenied" in stranger.get("no_credentials", "") and stranger["attempts"] == 0,
          stranger)
    wrong = probe({"env": {**static(url, base), "AWS_SECRET_ACCESS_KEY": "wrong"}}, "call")
    check("a wrong secret is refused and reported, once", "Signature" in wrong.get("refused", "")
          and wrong["attempts"] == 1, wrong)
    unknown = probe({"env": {**static(url, base), "AWS_ACCESS_KEY_ID": "AKIAUNKNOWN0"}}, "call")
    check("an unknown key is refused and reported, once",
          "UnrecognizedClientException" in unknown.get("refused", "")
          or "InvalidClientTokenId" in unknown.get("refused", ""), unknown)
    keys = probe({
        **base, "action": "AssumeRole", "role_arn": "arn:aws:iam::123456789012:role/r",
        "external_id": EXTERNAL_ID})
    session = {**static(url, keys), "AWS_SESSION_TOKEN": keys.get("token")}
    right = probe({"env": session}, "call")
    check("a session in variables is accepted", names(right) == ["deploy"], right)
    wrong = probe({"env": {**session, "AWS_SESSION_TOKEN": "made-up"}}, "call")
    check("a wrong session token is refused and reported, once",
          "refused" in wrong and wrong["attempts"] == 1, wrong)


def instance_calls(url):
    """Keys and Region of moto's IMDS, then a signed call (moto checks no signature here)."""
    # The first request makes moto load its services, which takes longer than IMDS may take.
    with urllib.request.urlopen(url + "/latest/meta-data/", timeout=60):
        pass
    answer = probe({"env": {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": url + "/", "AWS_ENDPOINT_URL_CODEPIPELINE": url,
        "AWS_METADATA_SERVICE_TIMEOUT": "20",
        "HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}}, "call")
    check("IMDS gives Region and keys, past a proxy", "accepted" in answer, answer)
    off = probe({"env": {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": url, "AWS_ENDPOINT_URL_CODEPIPELINE": url,
        "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "True"}}, "call")
    check("IMDS that is switched off is not asked",
          "AWS_EC2_METADATA_DISABLED" in off.get("no_credentials", ""), off)
    lost = probe({"env": {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:9", "HOME": "/nonexistent"}}, "call")
    check("without a Region nothing is sent", "AWS_REGION" in lost.get("error", ""), lost)


class ExpiredFirst(http.server.BaseHTTPRequestHandler):
    """Answers the first keys with ExpiredTokenException, others with an empty list."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        good = "Credential=AKIANEW/" in self.headers.get("Authorization", "")
        self.server.seen.append(good)
        if not good and self.server.rotate:
            self.server.rotate()
        body = b'{"pipelines":[]}' if good else b'{"__type":"ExpiredTokenException"}'
        self.send_response(200 if good else 400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def expired_calls(folder):
    """An expired token: the file is read again, and the call sent once more."""
    old = "[default]\naws_access_key_id=AKIAOLD\naws_secret_access_key=s\naws_session_token=t\n"
    server = http.server.HTTPServer(("127.0.0.1", 0), ExpiredFirst)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        for rotates in [True, False]:
            path = write(folder, "rotated", old)
            server.seen = []
            server.rotate = (lambda: write(folder, "rotated", old.replace("OLD", "NEW"))) \
                if rotates else None
            answer = probe({"env": {
                "AWS_SHARED_CREDENTIALS_FILE": path, "AWS_REGION": REGION,
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}}, "call")
            if rotates:
                check("an expired token leads to the file's new keys and one more send",
                      "accepted" in answer and server.seen == [False, True], answer)
            else:
                check("an expired token that stays is refused and reported",
                      "ExpiredTokenException" in answer.get("refused", "")
                      and server.seen == [False], answer)
    finally:
        server.shutdown()
        thread.join(timeout=20)
        server.server_close()


def tls_calls(folder, url):
    keys = {"url": url, "access_key": "a", "secret_key": "b"}
    trusted = probe({**keys, "ca_bundle": os.path.join(folder, "cert.pem")})
    check("a CA bundle is trusted", "arn" in trusted, trusted)
    refused = probe(keys)
    check("an unknown authority is refused", "error" in refused, refused)
    missing = probe({**keys, "ca_bundle": os.path.join(folder, "none.pem")})
    check("a missing bundle is named", "none.pem" in missing.get("error", ""), missing)
    variables = {**static(url, keys), "AWS_CA_BUNDLE": os.path.join(folder, "cert.pem")}
    bundle = probe({"env": variables}, "call")
    check("AWS_CA_BUNDLE is trusted for a signed call", "accepted" in bundle, bundle)
    plain = probe({"env": {**static("http://192.0.2.1", keys)}}, "call")
    check("plain http to another machine is refused", "not encrypted" in plain.get("error", ""),
          plain)


def main():
    if not os.environ.get("AWS_PROBE_BIN"):
        print("AWS_PROBE_BIN is not set: build aws-probe and name it")
        return 2
    servers = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-keyout", os.path.join(folder, "key.pem"),
             "-out", os.path.join(folder, "cert.pem")],
            check=True, capture_output=True, timeout=60)
        try:
            server, port = start(folder)
            servers.append(server)
            url = f"http://127.0.0.1:{port}"
            instance_calls(url)
            base = signed_calls(url)
            made = pipeline(url, base)
            check("a pipeline is created by a signed call", "accepted" in made, made)
            chain_calls(folder, url, base)
            expired_calls(folder)
            server, port = start(
                folder, "-s", "-c", os.path.join(folder, "cert.pem"),
                "-k", os.path.join(folder, "key.pem"))
            servers.append(server)
            tls_calls(folder, f"https://localhost:{port}")
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(timeout=20)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
