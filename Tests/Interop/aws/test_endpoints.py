#!/usr/bin/env python3
"""Resolves endpoints with aws-probe and with botocore's rules; each must agree.

Needs botocore. Every Region and partition that botocore knows, and some that it does not, with
every switch. Environment: AWS_PROBE_BIN (the built aws-probe).
"""

import itertools
import json
import os
import subprocess
import sys

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader

# Generic names that fall to one partition or the other, and none at all.
OTHERS = ["us-gov-north-9", "cn-x-1", "xx-foo-1", "us-east", "eusc-fr-west-1", "us-iso-x-1",
          "us-isob-x-12", "eu-isoe-a-3", "us-isof-b-2", None]


def cases(loader):
    partitions = loader.load_data("partitions")
    regions = [name for one in partitions["partitions"] for name in one["regions"]] + OTHERS
    for service in ["codepipeline", "sts"]:
        rules = loader.load_service_model(service, "endpoint-rule-set-1")
        provider = EndpointProvider(rules, partitions)
        urls = [None, "https://x.example/p"]
        globals_ = [False, True] if service == "sts" else [None]
        for region, fips, dual, url, legacy in itertools.product(
                regions, [False, True], [False, True], urls, globals_):
            params = {"UseFIPS": fips, "UseDualStack": dual}
            if region is not None:
                params["Region"] = region
            if url is not None:
                params["Endpoint"] = url
            if legacy is not None:
                params["UseGlobalEndpoint"] = legacy
            yield service, provider, params


def reference(provider, params):
    try:
        endpoint = provider.resolve_endpoint(**params)
    except EndpointProviderError as error:
        return {"error": error.kwargs["msg"]}
    answer = {"url": endpoint.url}
    for scheme in endpoint.properties.get("authSchemes", []):
        if "signingRegion" in scheme:
            answer["signing_region"] = scheme["signingRegion"]
    return answer


def main():
    probe = os.environ.get("AWS_PROBE_BIN")
    if not probe:
        print("AWS_PROBE_BIN is not set: build aws-probe and name it")
        return 2
    rows = list(cases(Loader()))
    text = "".join(
        json.dumps({"service": service, "params": params}) + "\n" for service, _, params in rows)
    run = subprocess.run(
        [probe, "endpoint"], input=text, capture_output=True, text=True, timeout=300, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    passed = failed = 0
    for index, (service, provider, params) in enumerate(rows):
        expected = reference(provider, params)
        got = answers[index] if index < len(answers) else {}
        if all(got.get(key) == value for key, value in expected.items()):
            passed += 1
            continue
        failed += 1
        if failed <= 5:
            print("FAIL", service, json.dumps(params), "expected", expected, "got", got)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
