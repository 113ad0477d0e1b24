#!/usr/bin/env python3
"""Checks what the tests of root causes send and are answered against botocore's service models.

Needs botocore alone. Every answer in Tests/RootCauseClientTests/Payloads, named
SERVICE.OPERATION.CASE, must have members of the model alone, of their types and, unless the case
is about unknown values, of their enumerations; XML is read with botocore's parser. Every request in
Tests/RootCauseClientTests/Golden/requests.txt, written by the Swift tests, must be an input that
botocore accepts and writes with the same parameters.
"""

import json
import pathlib
import sys
import urllib.parse

from botocore.parsers import create_parser
from botocore.session import get_session
from botocore.validate import ParamValidator

TESTS = pathlib.Path(__file__).resolve().parents[2] / "RootCauseClientTests"
SESSION = get_session()
# By the part of X-Amz-Target before the point, or by the version of a form.
SERVICES = {}
for NAME in ["codebuild", "logs", "cloudformation", "codedeploy", "ecs", "stepfunctions",
             "elasticbeanstalk", "servicecatalog"]:
    MODEL = SESSION.get_service_model(NAME)
    SERVICES[MODEL.metadata.get("targetPrefix") or MODEL.api_version] = NAME


def unknown(shape, value, path, is_strict):
    """The places of a value that its shape does not have."""
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no structure"
            return
        for name, item in value.items():
            if name not in shape.members:
                yield f"{path}.{name}: not in the model"
            else:
                yield from unknown(shape.members[name], item, f"{path}.{name}", is_strict)
    elif kind == "list":
        for index, item in enumerate(value):
            yield from unknown(shape.member, item, f"{path}[{index}]", is_strict)
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{path}: {value!r} is no text"
        elif is_strict and getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{path}: {value!r} is none of {shape.enum}"
    elif kind in ("integer", "long"):
        if not isinstance(value, int):
            yield f"{path}: {value!r} is no whole number"


def answers():
    """The problems of all answers."""
    for file in sorted((TESTS / "Payloads").iterdir()):
        service, operation, case = file.name.split(".")[:3]
        model = SESSION.get_service_model(service)
        shape = model.operation_model(operation).output_shape
        body = file.read_bytes()
        if file.suffix == ".xml":
            parser = create_parser("query")
            value = parser.parse({"status_code": 200, "headers": {}, "body": body}, shape)
            value.pop("ResponseMetadata")
            twin = file.with_suffix(".json")
            if twin.exists() and count(json.loads(twin.read_bytes())) != count(value):
                yield f"{file.name}: it does not have what {twin.name} has"
        else:
            value = json.loads(body)
        for problem in unknown(shape, value, file.name, not case.startswith("unknown")):
            yield problem


def count(value):
    """How many values a document has."""
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    if isinstance(value, list):
        return sum(map(count, value))
    return 1


def nested(pairs, shape):
    """The parameters of a form as the structure that they stand for."""
    value = {}
    for name, text in pairs:
        at, current, parts = value, shape, name.split(".")
        for index, part in enumerate(parts):
            is_last = index == len(parts) - 1
            if current.type_name == "list":
                if part == "member":
                    continue
                current = current.member
                key = int(part) - 1
                while len(at) <= key:
                    at.append({} if current.type_name == "structure" else None)
            else:
                current = current.members[part]
                key = part
            if is_last:
                at[key] = {"integer": int, "boolean": lambda one: one == "true"}.get(
                    current.type_name, str)(text)
            elif isinstance(at, dict):
                at = at.setdefault(key, [] if current.type_name == "list" else {})
            else:
                at = at[key]
    return value


def requests():
    """The problems of all requests, and how many there are."""
    lines = (TESTS / "Golden" / "requests.txt").read_text().splitlines()
    for line in lines:
        target, body = line.split(" ", 1)
        if target == "-":
            pairs = urllib.parse.parse_qsl(body, strict_parsing=True)
            (_, operation), (_, version) = pairs[:2]
            model = SESSION.get_service_model(SERVICES[version])
            shape = model.operation_model(operation).input_shape
            value = nested(pairs[2:], shape)
        else:
            prefix, operation = target.split(".")
            model = SESSION.get_service_model(SERVICES[prefix])
            shape = model.operation_model(operation).input_shape
            value = json.loads(body)
        report = ParamValidator().validate(value, shape)
        if report.has_errors():
            yield f"{operation}: {report.generate_report()}"
        for problem in unknown(shape, value, operation, True):
            yield problem
    if len(lines) < 18:
        yield f"only {len(lines)} requests"


def main():
    files = list((TESTS / "Payloads").iterdir())
    problems = list(answers()) + list(requests())
    for problem in problems:
        print(problem)
    print(f"causes: {len(files)} answers, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
