"""The answers of the benchmark's CodePipeline: healthy pipelines in three sizes.

Each is valid against botocore's model, in AWS's compact form, and padded to its size in the
members that vary in length in real answers: the URL and the summary of an action.
"""

import json

# Name: (stages, actions, bytes).
SIZES = {"small": (3, 3, 2_500), "medium": (8, 20, 12_000), "large": (30, 100, 70_000)}
# Pipelines in PARALLEL mode, by the executions that a page lists: of a quiet one, and of one of
# which more than ten are open.
LISTED = {"parallel": 25, "parallel-open": 100}
BEGAN = 1_767_268_800
VERSION = 7
TARGET = "CodePipeline_20150709."
# What differs in every answer of the changed kind, and what stands there in the equal kind.
FIXED = {"@time@": f"{BEGAN}.125", "@execution@": "6a3c2d1e-0000-4000-8000-00000000a001"}
# The names of pipelines all have one length, so that bodies have their size.
NAMES = "pipeline-{:05}"
EXECUTION = "8f0c4d52-1111-4000-8000-00000000e001"


def shape(size):
    """The stages of a size with their actions: [(stage, [action])]."""
    stages, actions, _ = SIZES[size]
    counts = [actions // stages + (index < actions % stages) for index in range(stages)]
    return [
        (f"Stage-{stage:02}", [f"Action-{stage:02}-{action}" for action in range(count)])
        for stage, count in enumerate(counts)
    ]


def kind(stage):
    """Category and provider of a stage's actions."""
    if stage == 0:
        return "Source", "CodeStarSourceConnection"
    return ("Build", "CodeBuild") if stage % 2 else ("Deploy", "CloudFormation")


def action_state(stage, name, number, padding, moving):
    latest = {
        "actionExecutionId": f"6a3c2d1e-0000-4000-8000-{number:012x}",
        "externalExecutionId": f"{name}:{number:08x}-0000-4000-8000-00000000b001",
        "externalExecutionUrl": f"https://console.aws.amazon.com/codesuite/{name}/" + padding,
        "lastStatusChange": "@time@" if moving else float(f"{BEGAN + number}.125"),
        "status": "Succeeded",
    }
    if moving:
        latest["actionExecutionId"] = "@execution@"
    state = {"actionName": name}
    if kind(stage)[0] == "Source":
        latest["summary"] = "Bump the base image to the release of last week"
        state["currentRevision"] = {
            "created": float(f"{BEGAN}.5"),
            "revisionId": f"{number:040x}",
        }
    return {
        **state,
        "entityUrl": f"https://console.aws.amazon.com/codesuite/settings/{name}",
        "latestExecution": latest,
    }


def state(size, pipeline, padding):
    """A state as an object; the markers @time@ and @execution@ stand in its last action."""
    stages, number = [], 0
    total = sum(len(actions) for _, actions in shape(size))
    for index, (name, actions) in enumerate(shape(size)):
        rows = []
        for action in actions:
            number += 1
            rows.append(action_state(index, action, number, padding[number - 1], number == total))
        stages.append(
            {
                "actionStates": rows,
                "inboundTransitionState": {"enabled": True},
                "latestExecution": {
                    "pipelineExecutionId": EXECUTION,
                    "status": "Succeeded",
                    "type": "STANDARD",
                },
                "stageName": name,
            }
        )
    return {
        "created": float(f"{BEGAN}.25"),
        "pipelineName": pipeline,
        "pipelineVersion": VERSION,
        "stageStates": stages,
        "updated": float(f"{BEGAN}.25"),
    }


def path(length):
    """Text as the consoles' addresses have it."""
    words = "projects/deploy-service/build/deploy-service%3A9b1f8a77-2222-4000-8000-0d15ea5e/log/"
    return (words * (length // len(words) + 1))[:length]


def text(value):
    return json.dumps(value, separators=(",", ":"))


def filled(body, values):
    for marker, value in values.items():
        body = body.replace(marker, value)
    return body


def state_body(size, pipeline, values=None):
    """GetPipelineState's answer, of exactly the size's length with the fixed values.

    Values of None leave the markers in the text, for the server to fill in.
    """
    _, actions, wanted = SIZES[size]

    def made(padding):
        return text(state(size, pipeline, padding)).replace('"@time@"', "@time@")

    missing = wanted - len(filled(made([""] * actions), {**FIXED, "@name@": NAMES.format(0)}))
    if missing < 0:
        raise ValueError(f"{size}: {-missing} bytes over {wanted} without padding")
    shares = [missing // actions + (index < missing % actions) for index in range(actions)]
    return filled(made([path(share) for share in shares]), values or {})


def definition_body(size, pipeline):
    """GetPipeline's answer: the definition that the state of the same size belongs to."""
    stages = []
    for index, (name, actions) in enumerate(shape(size)):
        category, provider = kind(index)
        owner = "AWS"
        type_id = {"category": category, "owner": owner, "provider": provider, "version": "1"}
        rows = [
            {
                "actionTypeId": type_id,
                "configuration": {"ProjectName": action},
                "inputArtifacts": [],
                "name": action,
                "outputArtifacts": [],
                "runOrder": 1,
            }
            for action in actions
        ]
        stages.append({"actions": rows, "name": name})
    return text(
        {
            "metadata": {
                "created": BEGAN,
                "pipelineArn": f"arn:aws:codepipeline:eu-west-1:111122223333:{pipeline}",
                "updated": BEGAN,
            },
            "pipeline": {
                "artifactStore": {"location": "artifacts", "type": "S3"},
                "executionMode": "SUPERSEDED",
                "name": pipeline,
                "pipelineType": "V2",
                "roleArn": "arn:aws:iam::111122223333:role/pipeline",
                "stages": stages,
                "version": VERSION,
            },
        }
    )


def list_body(pipelines):
    """ListPipelines' answer."""
    return text({"pipelines": [{"name": name, "version": VERSION} for name in pipelines]})


def executions_body():
    """ListActionExecutions' answer; a healthy pipeline's is asked for by nobody."""
    return text({"actionExecutionDetails": []})


def summary(number):
    """An execution as a pipeline in PARALLEL mode lists it, the newest first."""
    ended = float(f"{BEGAN - 600 * number}.25")
    commit = f"{number:040x}"
    url = f"https://eu-west-1.console.aws.amazon.com/codesuite/settings/connections/{commit}"
    return {
        "executionMode": "PARALLEL",
        "lastUpdateTime": ended,
        "pipelineExecutionId": f"8f0c4d52-1111-4000-8000-{number:012x}",
        "sourceRevisions": [
            {
                "actionName": "Source",
                "revisionId": commit,
                "revisionSummary": "Bump the base image to the release of last week",
                "revisionUrl": url,
            }
        ],
        "startTime": ended - 480,
        "status": "Succeeded",
        "trigger": {
            "triggerDetail": "arn:aws:codestar-connections:eu-west-1:111122223333:connection/"
            "6a3c2d1e-0000-4000-8000-00000000c001",
            "triggerType": "WebhookV2",
        },
    }


def summaries_body(rows=0):
    """ListPipelineExecutions' answer with so many executions."""
    return text({"pipelineExecutionSummaries": [summary(number) for number in range(rows)]})


def check():
    """Holds every answer against botocore's model; raises on the first that does not fit."""
    from botocore.parsers import create_parser
    from botocore.session import get_session

    model = get_session().get_service_model("codepipeline")
    parser = create_parser("json")

    def unknown(value, shape_, path):
        # The parser passes over members that the model does not have; here they are a fault.
        if shape_.type_name == "structure":
            for name, member in value.items():
                if name not in shape_.members:
                    raise ValueError(f"{path}.{name} is not in the model")
                unknown(member, shape_.members[name], f"{path}.{name}")
        elif shape_.type_name == "list":
            for item in value:
                unknown(item, shape_.member, f"{path}[]")
        elif getattr(shape_, "enum", None) and value not in shape_.enum:
            raise ValueError(f"{path} is {value}, not one of {shape_.enum}")

    def parsed(operation, body):
        output = model.operation_model(operation).output_shape
        unknown(json.loads(body), output, operation)
        return parser.parse({"status_code": 200, "headers": {}, "body": body.encode()}, output)

    for size, (stages, actions, wanted) in SIZES.items():
        body = state_body(size, NAMES.format(7), FIXED)
        found = parsed("GetPipelineState", body)
        rows = [row for stage in found["stageStates"] for row in stage["actionStates"]]
        seen = (len(found["stageStates"]), len(rows), len(body))
        if seen != (stages, actions, wanted):
            raise ValueError(f"{size}: {seen} is not {(stages, actions, wanted)}")
        if any(row["latestExecution"]["status"] != "Succeeded" for row in rows):
            raise ValueError(f"{size}: an action has not succeeded")
        definition = parsed("GetPipeline", definition_body(size, NAMES.format(7)))
        declared = [
            (stage["name"], [action["name"] for action in stage["actions"]])
            for stage in definition["pipeline"]["stages"]
        ]
        if declared != shape(size):
            raise ValueError(f"{size}: the definition has other stages than the state")
    if len(parsed("ListPipelines", list_body([NAMES.format(7)]))["pipelines"]) != 1:
        raise ValueError("ListPipelines: not one pipeline")
    parsed("ListActionExecutions", executions_body())
    for rows in LISTED.values():
        listed = parsed("ListPipelineExecutions", summaries_body(rows))
        if len(listed["pipelineExecutionSummaries"]) != rows:
            raise ValueError(f"ListPipelineExecutions: not {rows} executions")


if __name__ == "__main__":
    check()
    print("every answer fits botocore's model")
