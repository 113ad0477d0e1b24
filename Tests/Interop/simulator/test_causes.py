#!/usr/bin/env python3
"""Asks the simulator's other services with boto3 why the actions of causes.yaml failed.

Environment: SIMULATOR_BIN, the built executable. boto3 writes the requests and reads the answers;
every raw answer is also held against botocore's model: no member and no value of an enumeration
that it does not have. Each operation of the simulator must have been asked. Ends with `N passed,
N failed`; exit status 1 when anything failed.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import traceback
import xml.etree.ElementTree

import boto3
import botocore.config
import botocore.exceptions

HERE = pathlib.Path(__file__).resolve().parent
OPERATIONS = HERE.parents[2] / "Sources/CodePipelineSimulator/Wire/CauseOperation.swift"
# How the model's service is signed, where its name is another.
SIGNED = {"stepfunctions": "states"}


def unknown(shape, value, path):
    """The places of a JSON value that its shape does not have."""
    if shape.type_name == "structure":
        for name, item in value.items():
            if name not in shape.members:
                yield f"{path}.{name}: not in the model"
            else:
                yield from unknown(shape.members[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        for index, item in enumerate(value):
            yield from unknown(shape.member, item, f"{path}[{index}]")
    elif shape.type_name == "string":
        yield from scalar(shape, value, path)
    elif shape.type_name in ("integer", "long", "double", "timestamp"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{path}: {value!r} is no number"


def unknown_xml(shape, element, path):
    """The places of an XML element that its shape does not have."""
    if shape.type_name == "structure":
        for child in element:
            name = child.tag.rpartition("}")[2]
            if name not in shape.members:
                yield f"{path}.{name}: not in the model"
            else:
                yield from unknown_xml(shape.members[name], child, f"{path}.{name}")
    elif shape.type_name == "list":
        for child in element:
            if child.tag.rpartition("}")[2] != "member":
                yield f"{path}: {child.tag} is no member"
            yield from unknown_xml(shape.member, child, path + "[]")
    elif shape.type_name == "string":
        yield from scalar(shape, element.text or "", path)


def scalar(shape, value, path):
    if not isinstance(value, str):
        yield f"{path}: {value!r} is no text"
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path}: {value!r} is none of {shape.enum}"


class Services:
    """Clients of all services, whose answers are held against the models."""

    def __init__(self, url):
        self.url = url
        self.asked = set()
        self.faults = []
        self.clients = {}
        deadline = time.monotonic() + 10
        while True:
            page = self["codepipeline"].list_action_executions(pipelineName="web")
            self.rows = {row["actionName"]: row for row in page["actionExecutionDetails"]}
            if len(self.rows) == 17 and all(
                row["status"] == "Failed" for name, row in self.rows.items() if name != "Fetch"
            ):
                break
            assert time.monotonic() < deadline, self.rows
            time.sleep(0.05)

    def __getitem__(self, name):
        if name not in self.clients:
            client = boto3.client(
                name,
                region_name="eu-west-1",
                endpoint_url=self.url,
                aws_access_key_id="AKIDEXAMPLE",
                aws_secret_access_key="example-secret-key",
                config=botocore.config.Config(retries={"max_attempts": 0}),
            )
            service = client.meta.service_model.service_id.hyphenize()
            client.meta.events.register(f"before-parse.{service}", self.before_parse)
            self.clients[name] = client
        return self.clients[name]

    def before_parse(self, operation_model, response_dict, **_):
        name = operation_model.service_model.service_name
        if name == "codepipeline":
            return
        self.asked.add(f"{SIGNED.get(name, name)}:{operation_model.name}")
        if response_dict["status_code"] != 200:
            return
        shape, body, path = operation_model.output_shape, response_dict["body"], operation_model.name
        if operation_model.service_model.metadata["protocol"] != "query":
            self.faults += unknown(shape, json.loads(body), path)
            return
        [result, metadata] = xml.etree.ElementTree.fromstring(body)
        namespace = operation_model.service_model.metadata["xmlNamespace"]
        assert result.tag == f"{{{namespace}}}{operation_model.name}Result", result.tag
        assert metadata.tag.endswith("}ResponseMetadata"), metadata.tag
        self.faults += unknown_xml(shape, result, path)

    def id(self, action):
        return self.rows[action]["output"]["executionResult"]["externalExecutionId"]


def builds(services):
    client = services["codebuild"]
    [build] = client.batch_get_builds(ids=[services.id("Build")])["builds"]
    failed = [p for p in build["phases"] if p.get("phaseStatus") not in ("SUCCEEDED", None)]
    assert [p["phaseType"] for p in failed] == ["INSTALL"], failed
    log = services["logs"].get_log_events(
        logGroupName=build["logs"]["groupName"], logStreamName=build["logs"]["streamName"]
    )
    assert [e["message"] for e in log["events"]][0] == "npm ERR! code ECONNRESET\n", log
    [again] = client.batch_get_builds(ids=[services.id("Again")])["builds"]
    assert again["autoRetryConfig"]["nextAutoRetry"].startswith("arn:aws:codebuild:"), again
    missing = client.batch_get_builds(ids=["app:none"])
    assert missing["builds"] == [] and missing["buildsNotFound"] == ["app:none"], missing


def batches(services):
    client = services["codebuild"]
    prefix, _, batch = services.id("Batch").partition("/")
    assert prefix == "build-batch", prefix
    [found] = client.batch_get_build_batches(ids=[batch])["buildBatches"]
    ends = [g["currentBuildSummary"]["buildStatus"] for g in found["buildGroups"]]
    assert found["buildBatchStatus"] == "FAILED" and ends == ["SUCCEEDED", "FAILED"], found
    build = found["buildGroups"][1]["currentBuildSummary"]["arn"].rpartition("/")[2]
    [build] = client.batch_get_builds(ids=[build])["builds"]
    assert build["projectName"] == "app" and build["buildStatus"] == "FAILED", build
    spec = services.id("Spec").rpartition("/")[2]
    [spec] = client.batch_get_build_batches(ids=[spec])["buildBatches"]
    assert spec["phases"][-1]["phaseType"] == "DOWNLOAD_BATCHSPEC", spec
    assert spec["buildGroups"] == [], spec


def commands(services):
    result = services.rows["Shell"]["output"]["executionResult"]
    assert result["logStreamARN"] == result["externalExecutionId"], result
    group, _, stream = result["logStreamARN"].partition("log-group:")[2].partition(":log-stream:")
    log = services["logs"].get_log_events(logGroupName=group, logStreamName=stream)
    assert log["events"][-1]["message"] == "run.sh: no such file\n", log


def stacks(services):
    client = services["cloudformation"]
    events = client.describe_stack_events(StackName="app")["StackEvents"]
    assert events[1]["ResourceType"] == "AWS::S3::Bucket", events
    [event] = client.describe_events(
        StackName="app", Filters={"FailedEvents": True}
    )["OperationEvents"]
    assert event["ResourceStatus"] == "CREATE_FAILED", event
    [stack] = client.describe_stacks(StackName="app")["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE", stack
    change_set = client.describe_change_set(StackName="app", ChangeSetName="release")
    assert change_set["ExecutionStatus"] == "AVAILABLE", change_set
    path = ["nest"]
    while True:
        [event] = client.describe_events(StackName=path[-1])["OperationEvents"]
        if event["ResourceType"] != "AWS::CloudFormation::Stack":
            break
        path.append(event["PhysicalResourceId"])
    assert len(path) == 3 and event["LogicalResourceId"] == "Route", (path, event)
    [stack] = client.describe_stacks(StackName="nest")["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_IN_PROGRESS", stack
    refused("ValidationError", client.describe_stacks, StackName="none")


def stack_sets(services):
    client = services["cloudformation"]
    [operation] = client.list_stack_set_operations(StackSetName="base")["Summaries"]
    assert operation["Status"] == "FAILED", operation
    arguments = {"StackSetName": "base", "OperationId": operation["OperationId"]}
    assert len(client.list_stack_set_operation_results(**arguments)["Summaries"]) == 2
    [result] = client.list_stack_set_operation_results(
        **arguments, Filters=[{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}]
    )["Summaries"]
    assert (result["Account"], result["Region"]) == ("444455556666", "eu-central-1"), result
    assert "ResourceType:AWS::IAM::Role" in result["StatusReason"], result
    refused("StackSetNotFoundException", client.list_stack_set_operations, StackSetName="none")


def catalog(services):
    client = services["servicecatalog"]
    record = client.describe_record(Id=services.id("Product"))["RecordDetail"]
    assert record["RecordErrors"] == [
        {"Code": "InvalidParameters", "Description": "the CIDR overlaps"}
    ], record
    refused("ResourceNotFoundException", client.describe_record, Id="rec-none")


def deployments(services):
    client = services["codedeploy"]
    found = client.get_deployment(deploymentId=services.id("Hosts"))["deploymentInfo"]
    assert found["errorInformation"]["code"] == "HEALTH_CONSTRAINTS", found
    rollback = found["rollbackInfo"]["rollbackDeploymentId"]
    found = client.get_deployment(deploymentId=rollback)["deploymentInfo"]
    assert found["status"] == "InProgress", found
    for action, kind in [("Hosts", "instanceTarget"), ("Green", "ecsTarget")]:
        deployment = services.id(action)
        targets = client.list_deployment_targets(
            deploymentId=deployment, targetFilters={"TargetStatus": ["Failed"]}
        )["targetIds"]
        [target] = client.batch_get_deployment_targets(
            deploymentId=deployment, targetIds=targets
        )["deploymentTargets"]
        assert target[kind]["lifecycleEvents"][0]["status"] == "Failed", target


def container_services(services):
    client = services["ecs"]
    for name, code in [("web", "TaskFailedToStart"), ("green", "TaskFailedToStart")]:
        [service] = client.describe_services(cluster="cl", services=[name])["services"]
        tasks = client.list_tasks(cluster="cl", serviceName=name, desiredStatus="STOPPED")
        [task] = client.describe_tasks(cluster="cl", tasks=tasks["taskArns"])["tasks"]
        assert task["stopCode"] == code, task
        assert task["startedBy"] == service["deployments"][0]["id"], (task, service)
    assert client.list_tasks(cluster="cl", serviceName="quiet")["taskArns"] == []
    [brief] = client.list_service_deployments(cluster="cl", service="quiet")["serviceDeployments"]
    [whole] = client.describe_service_deployments(
        serviceDeploymentArns=[brief["serviceDeploymentArn"]]
    )["serviceDeployments"]
    assert whole["status"] == "ROLLBACK_IN_PROGRESS", whole
    assert whole["lifecycleStage"] == "SCALE_UP", whole


def others(services):
    machine = services["stepfunctions"].describe_execution(executionArn=services.id("Machine"))
    assert machine["error"] == "States.TaskFailed", machine
    events = services["elasticbeanstalk"].describe_events(
        ApplicationName="shop", EnvironmentName="shop-prod"
    )["Events"]
    assert events[0]["Severity"] == "ERROR", events


def denied(services):
    call = services["codebuild"].batch_get_builds
    refused("AccessDeniedException", call, ids=[services.id("Secret")])


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"expected {code}, got success")


def models(services):
    """Every operation was asked, and no answer has what its model has not."""
    known = set(re.findall(r'= "([a-z]+:\w+)"', OPERATIONS.read_text()))
    assert len(known) >= 20 and services.asked == known, services.asked ^ known
    assert not services.faults, "\n".join(services.faults)


CHECKS = [
    builds, batches, commands, stacks, stack_sets, catalog, deployments, container_services,
    others, denied, models,
]


def main():
    binary = os.environ.get("SIMULATOR_BIN")
    if not binary:
        print("SIMULATOR_BIN is not set: build codepipeline-simulator and name it there")
        return 1
    process = subprocess.Popen(
        [binary, "--scenario", str(HERE / "causes.yaml"), "--port", "0", "--quiet"],
        stdout=subprocess.PIPE, text=True,
    )
    passed = 0
    try:
        line = process.stdout.readline().strip()
        services = Services(line.removeprefix("listening on "))
        for check in CHECKS:
            try:
                check(services)
                passed += 1
            except Exception:  # noqa: BLE001: any failure is counted and shown
                print(f"FAILED {check.__name__}")
                traceback.print_exc(file=sys.stdout)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)
    print(f"{passed} passed, {len(CHECKS) - passed} failed")
    return 0 if passed == len(CHECKS) else 1


if __name__ == "__main__":
    sys.exit(main())
