#!/usr/bin/env python3
"""Reads odd shared AWS files with aws-probe and with botocore, which must agree.

What botocore reads, aws-probe must read as the same text; where it knowingly differs the case says
so. What botocore refuses, aws-probe may read, or must name with file and line. No case may end
aws-probe. Beside the written cases, files are put together at random from odd lines.

Needs botocore. Environment: AWS_PROBE_BIN (the built aws-probe), PROFILES_COUNT (random files,
default 2000), PROFILES_SEED (default 1).
"""

import base64
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import botocore.exceptions
import botocore.session

KEYS = "aws_access_key_id = AKID\naws_secret_access_key = se+cret/=\n"

# (name, config, credentials, profile, note): note "more": botocore does not read it and we do;
# "" : both must agree.
CASES = [
    ("plain", "", "[default]\n" + KEYS, "default", ""),
    ("crlf", "", ("[default]\n" + KEYS).replace("\n", "\r\n"), "default", ""),
    ("cr", "", ("[default]\n" + KEYS).replace("\n", "\r"), "default", ""),
    ("mixed line ends", "", "[default]\r\naws_access_key_id = A\raws_secret_access_key = s\n", "default", ""),
    ("no last newline", "", "[default]\n" + KEYS.strip(), "default", ""),
    ("bom", "", "\ufeff[default]\n" + KEYS, "default", "more"),
    ("bom and comment", "", "\ufeff# c\n[default]\n" + KEYS, "default", "more"),
    ("empty", "", "", "default", ""),
    ("only comments", "# a\n", "; b\n", "default", ""),
    ("heading remark", "", "[default] /* s3://b */\n" + KEYS, "default", ""),
    ("heading # comment", "", "[default] # mine\n" + KEYS, "default", ""),
    ("heading ; comment", "", "[default];mine\n" + KEYS, "default", ""),
    ("heading text", "[profile p]x\n" + KEYS, "", "p", ""),
    ("double quotes", '[profile "my prof"]\n' + KEYS, "", "my prof", ""),
    ("single quotes", "[profile 'my prof']\n" + KEYS, "", "my prof", ""),
    ("escaped blank", "[profile my\\ prof]\n" + KEYS, "", "my prof", ""),
    ("quoted plain", '[profile "p"]\n' + KEYS, "", "p", ""),
    ("half quoted", '[profile "a"b]\n' + KEYS, "", "ab", ""),
    ("unclosed quote", "[profile o'brien]\n" + KEYS, "", "o'brien", ""),
    ("escaped quote", "[profile o\\'brien]\n" + KEYS, "", "o'brien", ""),
    ("three words", "[profile my prof]\n" + KEYS, "", "my prof", ""),
    ("two blanks", "[profile   p]\n" + KEYS, "", "p", ""),
    ("tab", "[profile\tp]\n" + KEYS, "", "p", ""),
    ("blank at the end", "[profile p ]\n" + KEYS, "", "p", ""),
    ("blank at the start", "[ profile p]\n" + KEYS, "", "p", "more"),
    ("blanks in credentials", "", "[ p ]\n" + KEYS, "p", "more"),
    ("blank in default", "[default ]\n" + KEYS, "", "default", "more"),
    ("blank in a credentials name", "", "[my prof]\n" + KEYS, "my prof", ""),
    ("prefix in credentials", "", "[profile p]\n" + KEYS, "p", ""),
    ("prefix in credentials as name", "", "[profile p]\n" + KEYS, "profile p", ""),
    ("no prefix in config", "[p]\n" + KEYS, "", "p", ""),
    ("longer prefix", "[profiles p]\n" + KEYS, "", "p", ""),
    ("no blank", "[profilep]\n" + KEYS, "", "p", ""),
    ("unicode name", "[profile é]\n" + KEYS, "", "é", ""),
    ("name with signs", "[profile a@b.c/d+e:f%g]\n" + KEYS, "", "a@b.c/d+e:f%g", ""),
    ("both defaults", "[default]\nregion = a\n[profile default]\nregion = b\n", "", "default", ""),
    ("credentials over config", "[profile p]\nregion = a\nx = c\n", "[p]\nregion = b\n", "p", ""),
    ("quoted config, bare credentials", "[profile 'my prof']\nregion = a\n", "[my prof]\n" + KEYS, "my prof", ""),
    ("colon", "", "[default]\naws_access_key_id: A\naws_secret_access_key: s=\n", "default", ""),
    ("colon without blank", "", "[default]\naws_access_key_id:A\naws_secret_access_key:s=\n", "default", ""),
    ("tabs", "", "[default]\naws_access_key_id\t=\tA\t\naws_secret_access_key\t=\ts\n", "default", ""),
    ("capitals", "", "[default]\nAWS_ACCESS_KEY_ID = A\nAws_Secret_Access_Key = s\n", "default", ""),
    ("no blanks", "", "[default]\naws_access_key_id=A\naws_secret_access_key=s==\n", "default", ""),
    ("quotes in a value", "[default]\nregion = \"eu-west-1\"\n", "", "default", ""),
    ("empty value", "[default]\nregion =\n" + KEYS, "", "default", ""),
    ("inline comment", "[default]\nregion = eu-west-1 # main\n", "", "default", "comment"),
    ("comment without blank", "[default]\nregion = eu-west-1#main\n", "", "default", ""),
    ("indented comment", "[default]\nregion = eu-west-1\n  # main\n" + KEYS, "", "default", ""),
    ("indented section", "[default]\n  region = a\n  output = json\n", "", "default", ""),
    ("indented heading", "  [default]\n  region = a\n", "", "default", ""),
    ("growing indent", "[default]\n region = a\n  output = json\n", "", "default", "fault"),
    ("shrinking indent", "[default]\n   region = a\n  output = json\n", "", "default", ""),
    ("second line indented", "", "[default]\naws_access_key_id = A\n aws_secret_access_key = s\n", "default", "fault"),
    ("continued", "[default]\nx = a\n  b\n", "", "default", ""),
    ("continued over a blank line", "[default]\nx = a\n\n  b\ny = c\n", "", "default", ""),
    ("sub-section", "[default]\ns3 =\n  a = b\n  c = d\nregion = r\n", "", "default", ""),
    ("sub-section with comment", "[default]\ns3 =\n  a = b\n  # c\nregion = r\n", "", "default", ""),
    ("sub-section with colon", "[default]\ns3 =\n  a: b\nregion = r\n", "", "default", ""),
    ("duplicate section", "[profile p]\nregion = a\n[profile p]\noutput = b\n", "", "p", "more"),
    ("duplicate key", "[profile p]\nregion = a\nregion = b\n", "", "p", "more"),
    ("DEFAULT", "[DEFAULT]\nregion = a\n[profile p]\noutput = b\n", "", "p", ""),
    ("DEFAULT overridden", "[DEFAULT]\nregion = a\n[profile p]\nregion = b\n", "", "p", ""),
    ("DEFAULT after", "[profile p]\noutput = b\n[DEFAULT]\nregion = a\n", "", "p", ""),
    ("just a line", "", "[default]\n" + KEYS + "just a line\n", "default", ""),
    ("just a line elsewhere", "", "[default]\n" + KEYS + "[q]\njust a line\n", "default", "more"),
    ("before any heading", "", "x = y\n[default]\n" + KEYS, "default", "more"),
    ("no bracket", "", "[default\n" + KEYS, "default", ""),
    ("no bracket elsewhere", "", "[q\nx = y\n[default]\n" + KEYS, "default", "more"),
    ("no name", "", "[default]\n= v\n", "default", ""),
    ("empty heading", "", "[]\nx = y\n[default]\n" + KEYS, "default", "more"),
    ("blank that is no ascii", "", "[default]\naws_access_key_id\u00a0=\u00a0A\naws_secret_access_key = s\n", "default", ""),
    ("form feed", "[default]\n\x0cregion = a\x0c\n", "", "default", ""),
    ("zero width blank", "[default]\nregion = \u200ba\n", "", "default", ""),
    ("percent", "[default]\nx = 100%(y)s %%\n", "", "default", ""),
    ("dollar", "[default]\nx = $HOME ${y}\n", "", "default", ""),
    ("bytes", "", b"[default]\naws_access_key_id = A\xe9\naws_secret_access_key = s\n", "default", ""),
    ("bytes in a comment", "", b"[default]\n# caf\xe9\n" + KEYS.encode(), "default", "more"),
    ("bytes elsewhere", "", b"[q]\nx = \xe9\n[default]\n" + KEYS.encode(), "default", "more"),
    ("utf-16", "", ("[default]\n" + KEYS).encode("utf-16"), "default", ""),
    ("nul", "", b"[default]\nx = a\x00b\n" + KEYS.encode(), "default", "fault"),
    ("process", "[profile p]\ncredential_process = \"/opt/my tool\" --arg 'a b'\n", "", "p", ""),
    ("process with sign", "[profile p]\ncredential_process = sh -c 'a ; b # c'\n", "", "p", ""),
    ("process continued", "[profile p]\ncredential_process = tool\n  --arg a\n", "", "p", ""),
    ("role", "[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = q\n[profile q]\n" + KEYS, "", "p", ""),
    ("sso", "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = r\nsso_start_url = u\n", "", "p", ""),
    ("services", "[profile p]\nservices = s\n[services s]\nsts =\n  endpoint_url = http://x\n", "", "p", ""),
    ("plugins", "[plugins]\nx = y\n[default]\nregion = a\n", "", "default", ""),
    ("long value", "[default]\nx = " + "a" * 20000 + "\n", "", "default", ""),
    ("many sections", "".join(f"[profile p{i}]\nregion = r{i}\n" for i in range(500)), "", "p499", ""),
]

HEADINGS = ["[default]", "[profile p]", "[profile 'a b']", "[profile \"q\"]", "[profile r] # c", " [profile s]",
            "[profile t]x", "[profile  u]", "[services s]", "[sso-session s]", "[plain]", "[DEFAULT]"]
BARE = ["[default]", "[p]", "[a b]", "[q] ; c", "  [r]", "[s]x", "[DEFAULT]"]
LINES = ["region = a", "output=b", "duration_seconds: 900", "  external_id = d", "\trole_session_name = e", "mfa =",
         "x = y # z", "xx = y ; z", "xxx = y;z", "# c", "  # c", "; c", "", "   ", "s3 =\n  a = b", "s3api =\n  a = b\n\n  c = d",
         "multi = y\n  z", "aws_access_key_id = A", "aws_secret_access_key = s=", "colon : y = z", "y=y:z", "UPPER = Y",
         "\u00a0nbsp = y", "accent = \u00e9", "quoted = \"y\"", "single = 'y # z'", "tab\t=\ty", "percent = %(x)s", "two = a = b"]
ODD = ["just", "= v", "[p", "[]", "s4 =\n  c", "  aws_session_token = t", "region = again", ": v", "[default]"]


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


def of_botocore(config, credentials, profile):
    """The profile's properties as text, None when missing, or "refused"."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, data in (("config", config), ("credentials", credentials)):
            paths.append(os.path.join(folder, name))
            with open(paths[-1], "wb") as file:
                file.write(data)
        session = botocore.session.Session()
        session.set_config_variable("config_file", paths[0])
        session.set_config_variable("credentials_file", paths[1])
        try:
            found = session.full_config["profiles"].get(profile)
        except (botocore.exceptions.BotoCoreError, UnicodeError):
            return "refused"
        if found is None:
            return None
        return {name: flat(value) for name, value in found.items()}


def flat(value):
    """Nested and continued values in one form: trimmed lines without empty ones."""
    if isinstance(value, dict):
        return "\n".join(sorted(f"{name}={text}" for name, text in value.items()))
    return "\n".join(line.strip() for line in value.split("\n") if line.strip())


def nested(value):
    """The same of a value as aws-probe prints it."""
    if not value.startswith("\n"):
        return flat(value)
    pairs = [line.split("=", 1) for line in value.split("\n") if line.strip()]
    return flat({pair[0].strip(): pair[-1].strip() for pair in pairs})


def without_comment(value):
    """What the SDKs' rules make of a value in which botocore keeps the comment of its first line."""
    first, *rest = value.split("\n")
    return "\n".join([re.split(r"(?<=\s)[#;]", " " + first, maxsplit=1)[0].strip(), *rest])


def judge(expected, got, note):
    """What is wrong with our reading; None when nothing is."""
    fault = got["fault"] or (got["stray"][0] if got["stray"] and got["properties"] is None else None)
    if fault is not None and not re.match(r"^(config|credentials)(:\d+)?: ", fault):
        return f"the fault has no place: {fault}"
    if expected == "refused":
        if note == "more" and (fault or got["properties"] is None):
            return f"not read: {fault}"
        return None
    if note == "fault":
        return None if fault else "no fault is named"
    if expected is None:
        if note == "more" and got["properties"] is None:
            return "not read"
        return "botocore does not have it" if note == "" and got["properties"] is not None else None
    if got["properties"] is None or fault:
        return f"botocore reads it: {fault}"
    own = {name: nested(value) for name, value in got["properties"].items()}
    for name, value in expected.items():
        if not re.fullmatch(r"[A-Za-z0-9_\-/.%@:+]+", name):
            continue
        wanted = value if name == "credential_process" else without_comment(value)
        if own.get(name) not in (wanted, value):
            return f"{name}: botocore has {value!r}, we have {own.get(name)!r}"
    extra = set(own) - set(expected)
    return f"more than botocore has: {extra}" if extra and note == "" else None


def random_file(rng, headings):
    """A file of odd lines that botocore may read, and now and then one that it refuses."""
    lines = []
    for heading in rng.sample(headings, rng.randint(0, 3)):
        lines.append(heading)
        lines += rng.sample(LINES, rng.randint(0, 6))
        if rng.random() < 0.05:
            lines.append(rng.choice(ODD))
    return rng.choice(["\n", "\n", "\r\n", "\r"]).join("\n".join(lines).split("\n"))


def judge_random(expected, got):
    """Of a random file: what botocore reads must be the same here, and faults have their places."""
    if expected in (None, "refused"):
        return judge("refused", got, "")
    # A line that continues a known property is told, where botocore takes the sum for the value.
    if got["fault"] and "indented" in got["fault"]:
        return None
    return judge(expected, got, "random")


def main():
    count = int(os.environ.get("PROFILES_COUNT", "2000"))
    rng = random.Random(int(os.environ.get("PROFILES_SEED", "1")))
    cases = [(name, as_bytes(c), as_bytes(k), profile, note) for name, c, k, profile, note in CASES]
    for number in range(count):
        config, credentials = random_file(rng, HEADINGS), random_file(rng, BARE)
        profile = rng.choice(["default", "p", "q", "a b", "r", "s", "t", "u"])
        cases.append((f"random {number}", config.encode(), credentials.encode(), profile, None))
    lines = [json.dumps({"config": base64.b64encode(c).decode(), "credentials": base64.b64encode(k).decode(),
                         "profile": profile}) for _, c, k, profile, _ in cases]
    probe = subprocess.run([os.environ["AWS_PROBE_BIN"], "shared-files"], input="\n".join(lines) + "\n",
                           capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in probe.stdout.splitlines()]
    if len(answers) != len(cases):
        sys.exit(f"{len(cases)} cases, {len(answers)} answers")
    wrong = 0
    read = 0
    for (name, config, credentials, profile, note), got in zip(cases, answers):
        expected = of_botocore(config, credentials, profile)
        read += isinstance(expected, dict)
        problem = judge_random(expected, got) if note is None else judge(expected, got, note)
        if problem:
            wrong += 1
            if wrong <= 20:
                print(f"FAIL {name} [{profile}]: {problem}\n  config: {config!r}\n  credentials: {credentials!r}")
    print(f"{len(cases)} files, {read} read by botocore, {wrong} differ")
    # A comparison that botocore has no part in proves nothing.
    sys.exit(1 if wrong or read < len(cases) / 5 else 0)


if __name__ == "__main__":
    main()
