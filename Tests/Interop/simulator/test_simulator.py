#!/usr/bin/env python3
"""Drives the built codepipeline-simulator with the unmodified AWS CLI and with boto3.

Needs awscli, boto3 and botocore. Environment: SIMULATOR_BIN, the built executable;
SIMULATOR_SCENARIO, default config/scenarios/lifecycle.yaml of this repository.
Every answer that boto3 receives is walked against botocore's own service model.
Ends with `N passed, N failed`; exit status 1 when anything failed.
"""

import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.client
import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[3]
SCENARIO = os.environ.get(
    "SIMULATOR_SCENARIO", str(ROOT / "config" / "scenarios" / "lifecycle.yaml")
)
REGION = "eu-west-1"
KEY, SECRET = "AKIDLIFECYCLE", "lifecycle-secret"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
# What the model of botocore requires and the service leaves out.
LEFT_OUT = {"ActionRevision": {"revisionChangeId", "created"}}
MODEL = botocore.session.get_session().get_service_model("codepipeline")


class Conformance:
    """Walks raw answers against the service model."""

    def __init__(self):
        self.faults = []
        self.answers = 0
        self.seen = set()

    def record(self, operation, body):
        self.answers += 1
        shape = MODEL.operation_model(operation).output_shape
        value = json.loads(body) if body else {}
        if shape is None:
            if value:
                self.faults.append(f"{operation}: an answer where none is modelled: {value}")
            return
        self.walk(shape, value, operation)

    def walk(self, shape, value, path):
        check = getattr(self, "walk_" + shape.type_name, None)
        if check is None:
            self.faults.append(f"{path}: type {shape.type_name} is not expected")
        else:
            check(shape, value, path)

    def walk_structure(self, shape, value, path):
        if not isinstance(value, dict):
            self.faults.append(f"{path}: not a structure: {value!r}")
            return
        for name in shape.required_members:
            if value.get(name) is None and name not in LEFT_OUT.get(shape.name, ()):
                self.faults.append(f"{path}: required member {name} is missing")
        for name, member in value.items():
            # The service itself names the shape in rows; clients pass over it.
            if name == "__type" and member == shape.name:
                continue
            if name not in shape.members:
                self.faults.append(f"{path}: unknown member {name}")
            elif member is None:
                self.faults.append(f"{path}.{name}: null")
            else:
                self.seen.add(f"{shape.name}.{name}")
                self.walk(shape.members[name], member, f"{path}.{name}")

    def walk_list(self, shape, value, path):
        if not isinstance(value, list):
            self.faults.append(f"{path}: not a list: {value!r}")
            return
        for index, element in enumerate(value):
            self.walk(shape.member, element, f"{path}[{index}]")

    def walk_map(self, shape, value, path):
        if not isinstance(value, dict):
            self.faults.append(f"{path}: not a map: {value!r}")
            return
        for key, element in value.items():
            self.walk(shape.key, key, f"{path}[{key!r}]")
            self.walk(shape.value, element, f"{path}[{key!r}]")

    def walk_string(self, shape, value, path):
        if not isinstance(value, str):
            self.faults.append(f"{path}: not a string: {value!r}")
            return
        if shape.enum and value not in shape.enum:
            self.faults.append(f"{path}: {value!r} is not in {shape.enum}")
        self.bounds(shape, len(value), path)

    def walk_integer(self, shape, value, path):
        if isinstance(value, bool) or not isinstance(value, int):
            self.faults.append(f"{path}: not an integer: {value!r}")
            return
        self.bounds(shape, value, path)

    def walk_boolean(self, shape, value, path):
        if not isinstance(value, bool):
            self.faults.append(f"{path}: not a boolean: {value!r}")

    def walk_timestamp(self, shape, value, path):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.faults.append(f"{path}: not an epoch number: {value!r}")
        elif abs(value - time.time()) > 300:
            self.faults.append(f"{path}: {value!r} is not a time of today in seconds")

    def bounds(self, shape, size, path):
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if low is not None and size < low or high is not None and size > high:
            self.faults.append(f"{path}: {size} is not within {low} and {high}")


class Suite:
    """Runs checks one by one and counts them."""

    def __init__(self, url):
        self.url = url
        self.passed = 0
        self.failed = 0
        self.conformance = Conformance()
        self.client = self.make_client(KEY, SECRET)
        self.client.meta.events.register("before-parse.codepipeline", self.before_parse)

    def before_parse(self, operation_model, response_dict, **_):
        if response_dict["status_code"] == 200:
            self.conformance.record(operation_model.name, response_dict["body"])

    def make_client(self, key, secret, token=None):
        return boto3.client(
            "codepipeline",
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=botocore.config.Config(retries={"max_attempts": 0}),
        )

    def check(self, name, function):
        try:
            function()
            self.passed += 1
        except Exception:  # noqa: BLE001: any failure is counted and shown
            self.failed += 1
            print(f"FAILED {name}")
            traceback.print_exc(file=sys.stdout)

    def cli(self, *arguments, error=None):
        """Runs the AWS CLI; gives its JSON, or checks the error code it names."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
        }
        result = subprocess.run(
            [shutil.which("aws") or "aws", "codepipeline", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if error:
            assert result.returncode != 0, f"{arguments}: expected {error}, got success"
            assert f"({error})" in result.stderr, result.stderr
            return None
        assert result.returncode == 0, f"{arguments}: {result.stderr}"
        return json.loads(result.stdout) if result.stdout.strip() else {}

    def refused(self, code, call, **arguments):
        try:
            call(**arguments)
        except botocore.exceptions.ClientError as error:
            found = error.response["Error"]["Code"]
            assert found == code, f"expected {code}, got {found}"
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            assert error.response["ResponseMetadata"]["RequestId"]
            return error.response["Error"]["Message"]
        raise AssertionError(f"expected {code}, got success")

    def stage(self, pipeline, stage):
        state = self.client.get_pipeline_state(name=pipeline)
        return next(s for s in state["stageStates"] if s["stageName"] == stage)

    def wait(self, pipeline, stage, status, execution=None):
        """Polls, ten seconds at most, until a stage shows a status."""
        deadline = time.monotonic() + 10
        while True:
            found = self.stage(pipeline, stage)
            latest = found.get("latestExecution", {})
            right = execution in (None, latest.get("pipelineExecutionId"))
            if latest.get("status") == status and right:
                return found
            assert time.monotonic() < deadline, f"{pipeline}/{stage}: {found}"
            time.sleep(0.05)


def cli_life(suite):
    """A whole life, by the unmodified AWS CLI."""
    names = [p["name"] for p in suite.cli("list-pipelines")["pipelines"]]
    assert "life" in names and names == sorted(names), names
    started = suite.cli("start-pipeline-execution", "--name", "life")
    execution = started["pipelineExecutionId"]
    suite.wait("life", "Build", "Failed")
    state = suite.cli("get-pipeline-state", "--name", "life")
    build = state["stageStates"][1]
    assert build["latestExecution"]["status"] == "Failed", build
    error = build["actionStates"][0]["latestExecution"]["errorDetails"]
    assert error["code"] == "JobFailed" and "builds in queue" in error["message"], error
    retried = suite.cli(
        "retry-stage-execution", "--pipeline-name", "life", "--stage-name", "Build",
        "--pipeline-execution-id", execution, "--retry-mode", "FAILED_ACTIONS",
    )
    assert retried["pipelineExecutionId"] == execution
    approval = suite.wait("life", "Approve", "InProgress")
    token = approval["actionStates"][0]["latestExecution"]["token"]
    suite.cli(
        "put-approval-result", "--pipeline-name", "life", "--stage-name", "Approve",
        "--action-name", "Review", "--result", "summary=fine,status=Approved", "--token", token,
    )
    suite.wait("life", "Deploy", "Succeeded")
    rows = suite.cli(
        "list-action-executions", "--pipeline-name", "life", "--page-size", "2",
        "--filter", f"pipelineExecutionId={execution}",
    )["actionExecutionDetails"]
    assert len(rows) == 7, len(rows)
    assert {row["pipelineExecutionId"] for row in rows} == {execution}
    done = suite.cli(
        "get-pipeline-execution", "--pipeline-name", "life",
        "--pipeline-execution-id", execution,
    )["pipelineExecution"]
    assert done["status"] == "Succeeded", done


def cli_control(suite):
    """Gates, stop and update, by the AWS CLI."""
    gate = ("--pipeline-name", "life", "--stage-name", "Deploy", "--transition-type", "Inbound")
    suite.cli("disable-stage-transition", *gate, "--reason", "freeze")
    assert suite.stage("life", "Deploy")["inboundTransitionState"]["enabled"] is False
    suite.cli("enable-stage-transition", *gate)
    assert suite.stage("life", "Deploy")["inboundTransitionState"]["enabled"] is True
    execution = suite.client.start_pipeline_execution(name="life")["pipelineExecutionId"]
    suite.wait("life", "Build", "Failed", execution)
    suite.client.retry_stage_execution(
        pipelineName="life", stageName="Build", pipelineExecutionId=execution,
        retryMode="ALL_ACTIONS",
    )
    suite.wait("life", "Approve", "InProgress", execution)
    suite.cli(
        "stop-pipeline-execution", "--pipeline-name", "life",
        "--pipeline-execution-id", execution, "--abandon", "--reason", "enough",
    )
    stopped = suite.wait("life", "Approve", "Stopped", execution)
    assert stopped["actionStates"][0]["latestExecution"]["status"] == "Abandoned", stopped
    pipeline = suite.cli("get-pipeline", "--name", "life")["pipeline"]
    updated = suite.cli("update-pipeline", "--pipeline", json.dumps(pipeline))
    assert updated["pipeline"]["version"] == 2, updated
    suite.cli(
        "retry-stage-execution", "--pipeline-name", "life", "--stage-name", "Approve",
        "--pipeline-execution-id", execution, "--retry-mode", "FAILED_ACTIONS",
        error="StageNotRetryableException",
    )


def cli_errors(suite):
    """Refusals as the AWS CLI shows them."""
    retry = ("retry-stage-execution", "--retry-mode", "FAILED_ACTIONS",
             "--pipeline-execution-id", UNKNOWN)
    suite.cli(*retry, "--pipeline-name", "none", "--stage-name", "Deploy",
              error="PipelineNotFoundException")
    suite.cli(*retry, "--pipeline-name", "half", "--stage-name", "None",
              error="StageNotFoundException")
    suite.cli(*retry, "--pipeline-name", "a b", "--stage-name", "Deploy",
              error="ValidationException")
    execution = suite.wait("half", "Build", "InProgress")["latestExecution"]
    suite.cli(
        "retry-stage-execution", "--pipeline-name", "half", "--stage-name", "Build",
        "--pipeline-execution-id", execution["pipelineExecutionId"],
        "--retry-mode", "ALL_ACTIONS", error="ConflictException",
    )


def boto_retry_errors(suite):
    """Every documented error of RetryStageExecution, by boto3."""
    retry = suite.client.retry_stage_execution
    common = {"stageName": "Test", "retryMode": "FAILED_ACTIONS"}
    first = suite.client.start_pipeline_execution(name="broken")["pipelineExecutionId"]
    suite.wait("broken", "Test", "Failed", first)
    suite.refused("PipelineNotFoundException", retry, pipelineName="none",
                  pipelineExecutionId=first, **common)
    suite.refused("StageNotFoundException", retry, pipelineName="broken", stageName="None",
                  pipelineExecutionId=first, retryMode="FAILED_ACTIONS")
    message = suite.refused(
        "StageNotRetryableException", retry, pipelineName="broken", stageName="Source",
        pipelineExecutionId=first, retryMode="FAILED_ACTIONS",
    )
    assert "can't be retried now. Either it contains no failed actions" in message, message
    message = suite.refused("ValidationException", retry, pipelineName="broken",
                            pipelineExecutionId="x", stageName="Test", retryMode="MAYBE")
    assert message.startswith("2 validation errors detected: Value at"), message
    second = suite.client.start_pipeline_execution(name="broken")["pipelineExecutionId"]
    suite.wait("broken", "Test", "Failed", second)
    suite.refused("NotLatestPipelineExecutionException", retry, pipelineName="broken",
                  pipelineExecutionId=first, **common)
    answer = retry(pipelineName="broken", pipelineExecutionId=second, **common)
    assert answer["pipelineExecutionId"] == second
    stage = suite.stage("broken", "Test")
    assert stage["retryStageMetadata"]["manualStageRetryAttempt"] == 1, stage
    assert stage["retryStageMetadata"]["latestRetryTrigger"] == "ManualStageRetry", stage
    suite.wait("broken", "Test", "Failed", second)
    half = suite.wait("half", "Build", "InProgress")["latestExecution"]["pipelineExecutionId"]
    suite.refused("ConflictException", retry, pipelineName="half", stageName="Build",
                  pipelineExecutionId=half, retryMode="ALL_ACTIONS")


def boto_limit(suite):
    """The limit of active executions."""
    start = suite.client.start_pipeline_execution
    failed = start(name="queue")["pipelineExecutionId"]
    suite.wait("queue", "Deploy", "Failed", failed)
    start(name="queue")
    start(name="queue")
    limit = "ConcurrentPipelineExecutionsLimitExceededException"
    suite.refused(limit, start, name="queue")
    suite.refused(limit, suite.client.retry_stage_execution, pipelineName="queue",
                  stageName="Deploy", pipelineExecutionId=failed, retryMode="FAILED_ACTIONS")
    source = suite.stage("queue", "Source")
    assert len(source["inboundExecutions"]) == 1, source


def boto_native(suite):
    """The stage's own retry and rollback, conditions."""
    deadline = time.monotonic() + 10
    while "retryStageMetadata" not in suite.wait("native", "Deploy", "Failed"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    metadata = suite.wait("native", "Deploy", "Failed")["retryStageMetadata"]
    assert metadata == {"autoStageRetryAttempt": 1, "latestRetryTrigger": "AutomatedStageRetry"}
    declared = suite.client.get_pipeline(name="native")["pipeline"]["stages"][1]["onFailure"]
    assert declared["retryConfiguration"] == {"retryMode": "ALL_ACTIONS"}, declared
    rolled = {}
    while rolled.get("latestExecution", {}).get("type") != "ROLLBACK":
        rolled = suite.stage("rollsback", "Deploy")
        assert time.monotonic() < deadline
    executions = suite.client.list_pipeline_executions(pipelineName="rollsback")
    newest = executions["pipelineExecutionSummaries"][0]
    assert newest["trigger"]["triggerType"] == "AutomatedRollback", newest
    assert newest["rollbackMetadata"]["rollbackTargetPipelineExecutionId"], newest
    gated = suite.wait("gated", "Deploy", "Failed")
    assert gated["beforeEntryConditionState"]["latestExecution"]["status"] == "Failed", gated
    assert "latestExecution" not in gated["actionStates"][0], gated


def boto_unseen(suite):
    """What no stage shows, and an approval that nobody was asked for."""
    gate = suite.wait("unseen", "Gate", "Failed")["actionStates"][0]["latestExecution"]
    assert gate["errorDetails"]["code"] == "PermissionError", gate
    assert "lastStatusChange" not in gate and "summary" not in gate, gate
    deadline = time.monotonic() + 10
    while True:
        source = suite.stage("unseen", "Source")
        run = source["actionStates"][0]["latestExecution"]
        if run["status"] == "Failed":
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert "actionExecutionId" not in run, run
    assert source["latestExecution"]["status"] == "Succeeded", source
    rows = suite.client.list_pipeline_executions(pipelineName="unseen")
    oldest = rows["pipelineExecutionSummaries"][-1]
    assert oldest["status"] == "Failed" and "Alpha" in oldest["statusSummary"], oldest
    assert suite.client.list_action_executions(
        pipelineName="unseen", filter={"pipelineExecutionId": oldest["pipelineExecutionId"]}
    )["actionExecutionDetails"] == []


def boto_parallel(suite):
    """Executions in PARALLEL mode: no state, a history and a retry of each."""
    client, pipeline = suite.client, "parallel"
    start = client.start_pipeline_execution

    def status(execution):
        found = client.get_pipeline_execution(
            pipelineName=pipeline, pipelineExecutionId=execution)["pipelineExecution"]
        assert found["executionMode"] == "PARALLEL" and found["pipelineVersion"] == 1, found
        return found["status"]

    def wait_for(execution, wanted):
        deadline = time.monotonic() + 10
        while status(execution) != wanted:
            assert time.monotonic() < deadline, f"{execution} is {status(execution)}"
            time.sleep(0.05)

    def rows(execution, span, **more):
        selected = {"pipelineExecutionId": execution, "startTimeRange": span}
        return client.list_action_executions(
            pipelineName=pipeline, filter={"latestInPipelineExecution": selected, **more}
        )["actionExecutionDetails"]

    first = start(name=pipeline)["pipelineExecutionId"]
    wait_for(first, "Failed")
    second = start(name=pipeline)["pipelineExecutionId"]
    wait_for(second, "Failed")
    third = start(name=pipeline)["pipelineExecutionId"]
    state = client.get_pipeline_state(name=pipeline)
    assert state["stageStates"] == [], state
    listed = client.list_pipeline_executions(pipelineName=pipeline, maxResults=2)
    found = listed["pipelineExecutionSummaries"]
    assert [row["pipelineExecutionId"] for row in found] == [third, second], found
    assert {row["executionMode"] for row in found} == {"PARALLEL"}, found
    rest = client.list_pipeline_executions(
        pipelineName=pipeline, maxResults=2, nextToken=listed["nextToken"])
    ids = [row["pipelineExecutionId"] for row in rest["pipelineExecutionSummaries"]]
    assert ids == [first] and "nextToken" not in rest, rest

    retried = client.retry_stage_execution(
        pipelineName=pipeline, stageName="Deploy", pipelineExecutionId=first,
        retryMode="FAILED_ACTIONS")
    assert retried["pipelineExecutionId"] == first, retried
    wait_for(first, "Succeeded")
    every, latest = rows(first, "All"), rows(first, "Latest")
    names = [(row["actionName"], row["status"]) for row in every]
    assert names == [("Ship", "Succeeded"), ("Ship", "Failed"), ("Fetch", "Succeeded")], names
    assert latest == [every[0], every[2]], latest
    assert len({row["actionExecutionId"] for row in every}) == 3, every
    assert rows(first, "All", pipelineExecutionId=first) == every
    assert rows(first, "All", pipelineExecutionId=second) == []
    assert status(second) == "Failed" and len(rows(second, "All")) == 2
    assert status(third) == "InProgress"

    page = client.list_action_executions(
        pipelineName=pipeline, maxResults=1,
        filter={"latestInPipelineExecution": {"pipelineExecutionId": first, "startTimeRange": "All"}})
    try:
        client.list_action_executions(
            pipelineName=pipeline, maxResults=1, nextToken=page["nextToken"],
            filter={"pipelineExecutionId": first})
        raise AssertionError("a token of another filter was taken")
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "InternalFailure", error.response
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 500, error.response
    suite.refused(
        "InvalidNextTokenException", client.list_action_executions, pipelineName=pipeline,
        nextToken=page["nextToken"], filter={"pipelineExecutionId": second})
    suite.refused(
        "StageNotRetryableException", client.retry_stage_execution, pipelineName=pipeline,
        stageName="Deploy", pipelineExecutionId=third, retryMode="FAILED_ACTIONS")

    undone = client.rollback_stage(
        pipelineName=pipeline, stageName="Deploy", targetPipelineExecutionId=first)
    wait_for(undone["pipelineExecutionId"], "Succeeded")
    client.stop_pipeline_execution(
        pipelineName=pipeline, pipelineExecutionId=third, abandon=True)
    wait_for(third, "Stopped")


def boto_life(suite):
    """The whole life once more by boto3, with a rejected approval."""
    client = suite.client
    execution = client.start_pipeline_execution(
        name="life", clientRequestToken="once-1"
    )["pipelineExecutionId"]
    again = client.start_pipeline_execution(name="life", clientRequestToken="once-1")
    assert again["pipelineExecutionId"] == execution
    suite.wait("life", "Build", "Failed", execution)
    client.retry_stage_execution(pipelineName="life", stageName="Build",
                                 pipelineExecutionId=execution, retryMode="FAILED_ACTIONS")
    waiting = suite.wait("life", "Approve", "InProgress", execution)
    answer = {
        "pipelineName": "life", "stageName": "Approve", "actionName": "Review",
        "result": {"summary": "not today", "status": "Rejected"},
    }
    suite.refused("InvalidApprovalTokenException", client.put_approval_result,
                  token=UNKNOWN, **answer)
    token = waiting["actionStates"][0]["latestExecution"]["token"]
    approved = client.put_approval_result(token=token, **answer)["approvedAt"]
    assert isinstance(approved, datetime.datetime), approved
    suite.refused("ApprovalAlreadyCompletedException", client.put_approval_result,
                  token=token, **answer)
    rejected = suite.wait("life", "Approve", "Failed", execution)
    assert rejected["actionStates"][0]["latestExecution"]["summary"] == "not today", rejected
    pages = client.get_paginator("list_action_executions").paginate(
        pipelineName="life", filter={"pipelineExecutionId": execution},
        PaginationConfig={"PageSize": 1},
    )
    rows = [row for page in pages for row in page["actionExecutionDetails"]]
    assert len(rows) == 4, rows
    assert rows[0]["input"]["actionTypeId"]["category"] == "Approval", rows[0]
    latest = client.list_action_executions(
        pipelineName="life",
        filter={"latestInPipelineExecution": {
            "pipelineExecutionId": execution, "startTimeRange": "Latest"}},
    )["actionExecutionDetails"]
    assert len(latest) == 3, latest
    client.get_pipeline_execution(pipelineName="life", pipelineExecutionId=execution)
    suite.refused("PipelineExecutionNotFoundException", client.get_pipeline_execution,
                  pipelineName="life", pipelineExecutionId=UNKNOWN)
    suite.refused("PipelineExecutionNotStoppableException", client.stop_pipeline_execution,
                  pipelineName="life", pipelineExecutionId=execution)
    suite.refused("InvalidNextTokenException", client.list_action_executions,
                  pipelineName="life", nextToken="nonsense")


def boto_control(suite):
    """Stop, gates and update by boto3."""
    client = suite.client
    half = suite.wait("half", "Build", "InProgress")["latestExecution"]["pipelineExecutionId"]
    client.stop_pipeline_execution(pipelineName="half", pipelineExecutionId=half)
    suite.wait("half", "Build", "Stopping", half)
    suite.refused("DuplicatedStopRequestException", client.stop_pipeline_execution,
                  pipelineName="half", pipelineExecutionId=half)
    suite.refused("ConflictException", client.retry_stage_execution, pipelineName="half",
                  stageName="Build", pipelineExecutionId=half, retryMode="FAILED_ACTIONS")
    client.stop_pipeline_execution(pipelineName="half", pipelineExecutionId=half, abandon=True)
    suite.wait("half", "Build", "Stopped", half)
    client.disable_stage_transition(pipelineName="half", stageName="Build",
                                    transitionType="Inbound", reason="closed")
    waiting = client.start_pipeline_execution(name="half")["pipelineExecutionId"]
    deadline = time.monotonic() + 10
    while suite.stage("half", "Build").get("inboundExecution") is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert suite.stage("half", "Build")["inboundExecution"]["pipelineExecutionId"] == waiting
    client.enable_stage_transition(pipelineName="half", stageName="Build",
                                   transitionType="Inbound")
    suite.wait("half", "Build", "InProgress", waiting)
    declared = client.get_pipeline(name="half")["pipeline"]
    assert client.update_pipeline(pipeline=declared)["pipeline"]["version"] == 2
    assert client.get_pipeline(name="half", version=1)["pipeline"]["version"] == 1
    suite.refused("PipelineVersionNotFoundException", client.get_pipeline, name="half",
                  version=9)


def signatures(suite):
    """Who may not come in."""
    def listing(key, secret, token=None):
        return suite.make_client(key, secret, token).list_pipelines

    assert listing("ASIALIFECYCLE", "session-secret", "lifecycle-session-token")()["pipelines"]
    suite.refused("InvalidSignatureException", listing(KEY, "wrong"))
    suite.refused("UnrecognizedClientException", listing("AKIDNOBODY", SECRET))
    suite.refused("UnrecognizedClientException",
                  listing("ASIALIFECYCLE", "session-secret", "other-token"))
    suite.refused("ExpiredTokenException",
                  listing("ASIAEXPIRED", "expired-secret", "expired-session-token"))


def raw_signatures(suite):
    """Requests that boto3 would never send."""
    def send(change):
        request = botocore.awsrequest.AWSRequest(
            "POST", suite.url + "/", data=b"{}",
            headers={"Content-Type": "application/x-amz-json-1.1",
                     "X-Amz-Target": "CodePipeline_20150709.ListPipelines"})
        credentials = botocore.credentials.Credentials(KEY, SECRET)
        botocore.auth.SigV4Auth(credentials, "codepipeline", REGION).add_auth(request)
        headers = dict(request.headers)
        body = change(headers) or b"{}"
        plain = urllib.request.Request(suite.url + "/", data=body, headers=headers)
        try:
            with urllib.request.urlopen(plain, timeout=10) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            assert error.code == 400, error.code
            assert error.headers["x-amzn-RequestId"] and error.headers["Date"]
            return json.loads(error.read())

    assert send(lambda headers: None)["pipelines"]
    code = "__type"
    assert send(lambda headers: b'{"maxResults":1}')[code] == "InvalidSignatureException"
    assert send(lambda headers: headers.pop("Authorization") and None)[code] == (
        "MissingAuthenticationTokenException")

    def stale(headers):
        moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=6)
        headers["X-Amz-Date"] = moment.strftime("%Y%m%dT%H%M%SZ")
        headers["Authorization"] = headers["Authorization"].replace(
            datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d"),
            headers["X-Amz-Date"][:8])
    answer = send(stale)
    assert answer[code] == "InvalidSignatureException", answer
    assert answer["message"].startswith("Signature expired: "), answer


def conformance(suite):
    """What was received conforms, and the walk saw what matters."""
    assert not suite.conformance.faults, "\n".join(suite.conformance.faults[:20])
    assert suite.conformance.answers > 50, suite.conformance.answers
    wanted = {
        "StageState.retryStageMetadata", "StageState.inboundExecution",
        "StageState.beforeEntryConditionState", "ActionExecution.errorDetails",
        "ActionExecution.token", "TransitionState.disabledReason",
        "PipelineExecutionSummary.rollbackMetadata", "ActionExecutionDetail.output",
        "StageDeclaration.onFailure", "PipelineMetadata.pipelineArn",
    }
    missing = wanted - suite.conformance.seen
    assert not missing, f"never seen: {sorted(missing)}"


CHECKS = [
    cli_errors, cli_life, boto_retry_errors, boto_limit, boto_native, boto_unseen, boto_parallel,
    boto_life, cli_control, boto_control, signatures, raw_signatures, conformance,
]


def main():
    binary = os.environ.get("SIMULATOR_BIN")
    if not binary:
        print("SIMULATOR_BIN is not set: build codepipeline-simulator and name it there")
        return 1
    process = subprocess.Popen(
        [binary, "--scenario", SCENARIO, "--port", "0", "--quiet"],
        stdout=subprocess.PIPE, text=True,
    )
    passed = failed = 0
    try:
        line = process.stdout.readline().strip()
        assert line.startswith("listening on "), line
        suite = Suite(line.removeprefix("listening on "))
        for check in CHECKS:
            suite.check(check.__name__, lambda check=check: check(suite))
        passed, failed = suite.passed, suite.failed
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            rest, _ = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            rest, _ = process.communicate()
    ended = process.returncode == 0 and "retries took effect" in rest
    print(rest.strip())
    passed, failed = passed + ended, failed + (not ended)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
