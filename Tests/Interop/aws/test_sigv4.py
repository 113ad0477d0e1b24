#!/usr/bin/env python3
"""Signs random requests with aws-probe and with botocore; every byte must agree.

Needs botocore. Environment: AWS_PROBE_BIN (the built aws-probe), SIGV4_COUNT (default 3000),
SIGV4_SEED (default 1).
"""

import datetime
import json
import os
import random
import subprocess
import sys
import urllib.parse

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

UNRESERVED = "ABCXYZabcxyz0189-._~"
TEXT = UNRESERVED + " /:@!$'()*,;=+%&?#\"<>[]{}|\\^`é€𝄞"
SERVICES = ["codepipeline", "sts", "sqs", "monitoring", "events"]
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "ap-southeast-4"]
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD"]


def text(rng, alphabet, most):
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(0, most)))


def path(rng):
    pieces = []
    for _ in range(rng.randint(0, 5)):
        kind = rng.random()
        if kind < 0.1:
            pieces.append(rng.choice(["", ".", ".."]))
        elif kind < 0.6:
            pieces.append(text(rng, UNRESERVED, 8))
        else:
            pieces.append(urllib.parse.quote(text(rng, TEXT, 8), safe="-._~"))
    return "/" + "/".join(pieces)


def query(rng):
    if rng.random() < 0.5:
        return ""
    pairs = []
    for _ in range(rng.randint(1, 5)):
        name = urllib.parse.quote(text(rng, TEXT, 6) or "k", safe="-._~")
        value = urllib.parse.quote(text(rng, TEXT, 6), safe="-._~")
        pairs.append(name + "=" + value)
        if rng.random() < 0.2:
            pairs.append(name + "=" + urllib.parse.quote(text(rng, TEXT, 3), safe="-._~"))
    return "?" + "&".join(pairs)


def headers(rng):
    out = []
    for _ in range(rng.randint(0, 6)):
        name = rng.choice(
            ["X-Amz-Target", "Content-Type", "x-amz-meta-a", "X-Amz-Meta-B", "My-Header",
             "my-header", "User-Agent", "Connection", "Expect", "TE", "X-Amzn-Trace-Id",
             "amz-sdk-request", "amz-sdk-invocation-id", "Transfer-Encoding", "Accept"])
        value = rng.choice(["", " ", "  "]).join(
            text(rng, UNRESERVED + "/;=\"',", 6) for _ in range(rng.randint(1, 4)))
        value = rng.choice(["", " ", "\t"]) + value + rng.choice(["", "  "])
        out.append([name, value])
    return out


def case(rng):
    scheme = rng.choice(["https", "https", "http"])
    host = rng.choice(["codepipeline.eu-west-1.amazonaws.com", "127.0.0.1", "example.com"])
    port = rng.choice(["", "", ":443", ":80", ":8443", ":5000"])
    when = datetime.datetime(2000, 1, 1) + datetime.timedelta(seconds=rng.randrange(1577836800))
    line = {
        "method": rng.choice(METHODS),
        "url": scheme + "://" + host + port + path(rng) + query(rng),
        "headers": headers(rng),
        "body": text(rng, TEXT, 60),
        "access_key": "AKID" + text(rng, "ABCDEFGHIJ0123456789", 16),
        "secret_key": text(rng, "abcdefghijKLMNOPQR0123456789+/", 40) or "s",
        "region": rng.choice(REGIONS),
        "service": rng.choice(SERVICES),
        "time": when.strftime("%Y%m%dT%H%M%SZ"),
    }
    if rng.random() < 0.5:
        line["token"] = text(rng, "abcdefghijKLMNOPQR0123456789+/=", 200) + "t"
    return line


def reference(line):
    when = datetime.datetime.strptime(line["time"], "%Y%m%dT%H%M%SZ")
    aware = when.replace(tzinfo=datetime.timezone.utc)

    def now(remove_tzinfo=True):
        return when if remove_tzinfo else aware

    botocore.auth.get_current_datetime = now
    request = AWSRequest(line["method"], line["url"], data=line["body"].encode())
    for name, value in line["headers"]:
        request.headers.add_header(name, value)
    keys = Credentials(line["access_key"], line["secret_key"], line.get("token"))
    signer = botocore.auth.SigV4Auth(keys, line["service"], line["region"])
    signer.add_auth(request)
    authorization = request.headers["Authorization"]
    del request.headers["Authorization"]
    canonical = signer.canonical_request(request)
    return {
        "authorization": authorization,
        "canonical_request": canonical,
        "string_to_sign": signer.string_to_sign(request, canonical),
    }


def main():
    probe = os.environ.get("AWS_PROBE_BIN")
    if not probe:
        print("AWS_PROBE_BIN is not set: build aws-probe and name it")
        return 2
    rng = random.Random(int(os.environ.get("SIGV4_SEED", "1")))
    cases = [case(rng) for _ in range(int(os.environ.get("SIGV4_COUNT", "3000")))]
    text_in = "".join(json.dumps(one) + "\n" for one in cases)
    run = subprocess.run(
        [probe, "sign"], input=text_in, capture_output=True, text=True, timeout=600, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    passed = failed = 0
    for index, one in enumerate(cases):
        expected = reference(one)
        got = answers[index] if index < len(answers) else {}
        wrong = [key for key, value in expected.items() if got.get(key) != value]
        if not wrong:
            passed += 1
            continue
        failed += 1
        if failed <= 3:
            print("FAIL", json.dumps(one))
            for key in wrong:
                print("  expected", key, repr(expected[key]))
                print("  got     ", key, repr(got.get(key)))
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
